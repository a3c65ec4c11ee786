import { Declaration, type Standards } from '../../src/registrations/declaration';
import type { AcceptedFlavor } from '../../src/registrations/flavor';
import type { Provenance, RegisteredFlavor, Registration } from '../../src/registrations/registration';
import type { RegistrationsPiece, RegistrationStore } from '../../src/registrations/registration-store';

/** A flavor of that id; what else it is matters only where a test says so. */
export function flavor(id: string, but: Partial<AcceptedFlavor> = {}): AcceptedFlavor {
  return { id, name: `name of ${id}`, ram: 4096, vcpus: 2, disk: 20, ephemeral: 0, swap: 0, isPublic: true, ...but };
}

export function flavors(...ids: string[]): AcceptedFlavor[] {
  return ids.map((id) => flavor(id));
}

/** A registered flavor as the store finds it, of those that `flavors` makes. */
export function registered(flavorId: string, serviceTypes: readonly string[]): RegisteredFlavor {
  return { flavorId, serviceTypes, accepted: flavor(flavorId) };
}

export function provenance(but: Partial<Provenance> = {}): Provenance {
  return {
    userId: 'a-user',
    projectId: 'a-project',
    requestId: 'req-1',
    globalRequestId: undefined,
    at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    ...but,
  };
}

/** `pairs('redis 1', 'redis 2')`: a type, a space and the rest is the id. */
export function pairs(...texts: string[]): Registration[] {
  return texts.map((text) => {
    const space = text.indexOf(' ');
    return { serviceType: text.slice(0, space), flavorId: text.slice(space + 1) };
  });
}

/** `prefix000`, `prefix001` ...: in byte order. */
export function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => prefix + String(index).padStart(3, '0'));
}

/** All that comes in pieces. */
export async function listOf<T>(pieces: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const piece of pieces) items.push(...piece);
  return items;
}

/** Everything that is registered: each service type with its ids. */
export function documentOf(store: RegistrationStore): Promise<Record<string, string[]>> {
  return gathered(store.findAll());
}

/** All registrations of the pieces: each service type with its ids. */
export async function gathered(pieces: AsyncIterable<RegistrationsPiece>): Promise<Record<string, string[]>> {
  const document = new Map<string, string[]>();
  for (const [type, ids] of await listOf(pieces)) document.set(type, [...(document.get(type) ?? []), ...ids]);
  return Object.fromEntries(document);
}

/** So much that no list is read in one piece: 60 types with the same 100 flavors. */
export const MANY = { types: numbered('type-', 60), ids: numbered('id-', 100) };

/** A declaration of a document, as if so much stood. */
export function declared(
  document: Readonly<Record<string, readonly string[]>>,
  standing: Standards = { registrations: 0, serviceTypes: 0 },
): Declaration {
  const declaration = new Declaration(standing);
  for (const [serviceType, ids] of Object.entries(document)) {
    declaration.name(serviceType);
    for (const id of ids) declaration.add(serviceType, id);
  }
  return declaration;
}
