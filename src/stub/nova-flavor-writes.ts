import { randomUUID } from 'node:crypto';
import type { FlavorShelf, ShelvedFlavor } from './flavor-shelf';
import { flavorNotFound, novaEmpty, novaFault, novaJson, renderFlavor, type NovaCall } from './nova-answers';
import { asRecord, parseJson, type StubAnswer, type StubRequest } from './stub-http';

type Fields = Record<string, unknown>;

const idPattern = '^(?! )[a-zA-Z0-9. _-]+(?<! )$';

/** Who may do what, as Nova's default policy says, and what of it was changed. */
export function refusedByPolicy(call: NovaCall, action: string): StubAnswer | undefined {
  const policy = `os_compute_api:${action}`;
  if (call.caller.isAdmin && !call.caller.refusedPolicies.has(policy)) return undefined;
  return novaFault(call, 403, `Policy doesn't allow ${policy} to be performed.`);
}

/** `POST /flavors`. */
export function createFlavor(shelf: FlavorShelf, call: NovaCall, request: StubRequest): StubAnswer {
  const refused = refusedByPolicy(call, 'os-flavor-manage:create');
  if (refused) return refused;
  const body = asRecord(asRecord(parseJson(request.body))?.['flavor']);
  if (body === undefined) return novaFault(call, 400, "'flavor' is a required property");
  const complaint = complainOf(body);
  if (complaint !== undefined) return novaFault(call, 400, complaint);
  const id = chosenId(body['id']);
  const name = text(body['name']);
  if (shelf.find(id)) return novaFault(call, 409, `Flavor with ID ${id} already exists.`);
  if (shelf.hasName(name)) return novaFault(call, 409, `Flavor with name ${name} already exists.`);
  const flavor = shelf.add({
    id,
    name,
    ram: Number(body['ram']),
    vcpus: Number(body['vcpus']),
    disk: Number(body['disk']),
    ephemeral: Number(body['OS-FLV-EXT-DATA:ephemeral'] ?? 0),
    swap: Number(body['swap'] ?? 0),
    rxtx_factor: Number(body['rxtx_factor'] ?? 1),
    is_public: body['os-flavor-access:is_public'] !== false,
    description: typeof body['description'] === 'string' ? body['description'] : null,
  });
  return novaJson(call, { flavor: renderFlavor(flavor, call) });
}

/** `DELETE /flavors/{id}`. */
export function deleteFlavor(shelf: FlavorShelf, call: NovaCall, id: string): StubAnswer {
  const refused = refusedByPolicy(call, 'os-flavor-manage:delete');
  if (refused) return refused;
  return shelf.remove(id) ? novaEmpty(call, 202) : flavorNotFound(call, id);
}

/** `PUT /flavors/{id}`: the description is all that can change. */
export function updateFlavor(shelf: FlavorShelf, call: NovaCall, id: string, request: StubRequest): StubAnswer {
  const refused = refusedByPolicy(call, 'os-flavor-manage:update');
  if (refused) return refused;
  const flavor = shelf.find(id);
  if (flavor === undefined) return flavorNotFound(call, id);
  const description = asRecord(asRecord(parseJson(request.body))?.['flavor'])?.['description'];
  flavor.description = typeof description === 'string' ? description : null;
  return novaJson(call, { flavor: renderFlavor(flavor, call) });
}

/** `POST /flavors/{id}/os-extra_specs`. */
export function createExtraSpecs(shelf: FlavorShelf, call: NovaCall, id: string, request: StubRequest): StubAnswer {
  const refused = refusedByPolicy(call, 'os-flavor-extra-specs:create');
  if (refused) return refused;
  const flavor = shelf.find(id);
  if (flavor === undefined) return flavorNotFound(call, id);
  const specs = asRecord(asRecord(parseJson(request.body))?.['extra_specs']) ?? {};
  const added = Object.fromEntries(Object.entries(specs).map(([key, value]) => [key, String(value)]));
  Object.assign(flavor.extra_specs, added);
  return novaJson(call, { extra_specs: added });
}

/** `GET /flavors/{id}/os-flavor-access`. */
export function showAccess(shelf: FlavorShelf, call: NovaCall, id: string): StubAnswer {
  const refused = refusedByPolicy(call, 'os-flavor-access');
  if (refused) return refused;
  const flavor = shelf.find(id);
  if (flavor === undefined) return flavorNotFound(call, id);
  if (flavor.is_public) return novaFault(call, 404, 'Access list not available for public flavors.');
  return renderAccess(flavor, call);
}

/** `POST /flavors/{id}/action`: addTenantAccess and removeTenantAccess. */
export function changeAccess(shelf: FlavorShelf, call: NovaCall, id: string, request: StubRequest): StubAnswer {
  const body = asRecord(parseJson(request.body)) ?? {};
  const isAddition = body['addTenantAccess'] !== undefined;
  const action = isAddition ? 'add_tenant_access' : 'remove_tenant_access';
  const refused = refusedByPolicy(call, `os-flavor-access:${action}`);
  if (refused) return refused;
  const wish = asRecord(isAddition ? body['addTenantAccess'] : body['removeTenantAccess']);
  if (wish === undefined) return novaFault(call, 400, 'There is no such action.');
  const flavor = shelf.find(id);
  if (flavor === undefined) return flavorNotFound(call, id);
  const project = text(wish['tenant']);
  const complaint = isAddition ? grant(flavor, project, call) : withdraw(flavor, project, call);
  return complaint ?? renderAccess(flavor, call);
}

function grant(flavor: ShelvedFlavor, project: string, call: NovaCall): StubAnswer | undefined {
  if (flavor.is_public) return novaFault(call, 409, 'Can not add access to a public flavor.');
  if (flavor.projects.includes(project)) {
    const message = `Flavor access already exists for flavor ${flavor.id} and project ${project} combination.`;
    return novaFault(call, 409, message);
  }
  flavor.projects.push(project);
  return undefined;
}

function withdraw(flavor: ShelvedFlavor, project: string, call: NovaCall): StubAnswer | undefined {
  if (!flavor.projects.includes(project)) {
    return novaFault(call, 404, `Flavor access not found for ${flavor.id} / ${project} combination.`);
  }
  flavor.projects = flavor.projects.filter((other) => other !== project);
  return undefined;
}

function renderAccess({ id, projects }: ShelvedFlavor, call: NovaCall): StubAnswer {
  return novaJson(call, { flavor_access: projects.map((project) => ({ flavor_id: id, tenant_id: project })) });
}

function complainOf(body: Fields): string | undefined {
  const missing = ['name', 'ram', 'vcpus', 'disk'].find((key) => body[key] === undefined);
  if (missing !== undefined) return `Invalid input for field/attribute flavor. '${missing}' is a required property`;
  const id = body['id'];
  if (typeof id !== 'string') return undefined;
  const start = `Invalid input for field/attribute id. Value: ${id}. '${id}'`;
  if (id === '') return `${start} is too short`;
  if (id.length > 255) return `${start} is too long`;
  return new RegExp(idPattern).test(id) ? undefined : `${start} does not match '${idPattern}'`;
}

/** A number becomes its text, but 0 counts as none in Python, so Nova makes up a UUID for it. */
function chosenId(id: unknown): string {
  return id === undefined || id === null || id === 0 || id === 'auto' ? randomUUID() : text(id);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
