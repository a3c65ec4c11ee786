import type { Response } from 'supertest';
import type { components } from '../../src/http/contract-types';

/** The pairs of every type with every id, in the order in which answers list them. */
export function pairs(serviceTypes: readonly string[], flavorIds: readonly string[]) {
  const inByteOrder = (list: readonly string[]) => [...list].sort((a, b) => Buffer.from(a).compare(Buffer.from(b)));
  return inByteOrder(serviceTypes).flatMap((service_type) =>
    inByteOrder(flavorIds).map((flavor_id) => ({ service_type, flavor_id })),
  );
}

/** What of a refusal a story tells: its status and the code of each entry. */
export function refusal(response: Response): { status: number; codes: string[] } {
  const { errors } = response.body as components['schemas']['Errors'];
  return { status: response.status, codes: errors.map(({ code }) => code) };
}

/** The registered flavors of an answer with what Nova says of them. */
export function hydrated(response: Response): components['schemas']['RegisteredFlavor'][] {
  return (response.body as { registered_flavors: components['schemas']['RegisteredFlavor'][] }).registered_flavors;
}

/** The registered flavors of an answer, in short. */
export function listed(response: Response): { id: string; types: string[]; status: string }[] {
  return hydrated(response).map(({ flavor_id, service_types, status }) => ({
    id: flavor_id,
    types: service_types,
    status,
  }));
}
