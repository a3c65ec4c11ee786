import { isMapping, isUnset, type Mapping } from './mapping';

/** What says who logs in: keystoneauth's names of the options of its plugins `password` and `v3applicationcredential`. */
export const AUTH_KEYS = [
  'auth_url',
  'username',
  'user_id',
  'password',
  'user_domain_name',
  'user_domain_id',
  'project_name',
  'project_id',
  'project_domain_name',
  'project_domain_id',
  'default_domain_name',
  'default_domain_id',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
] as const;
export type AuthKey = (typeof AUTH_KEYS)[number];

/** What says where Nova is, and whom to trust. */
export const PLACE_KEYS = ['region_name', 'interface', 'cacert', 'compute_endpoint_override'] as const;
export type PlaceKey = (typeof PLACE_KEYS)[number];

/** Older names, and those that may stand for it, by the name of today; of several that are set, the last one counts. */
const NAMES: Readonly<Partial<Record<AuthKey | PlaceKey, readonly string[]>>> = {
  username: ['user_name', 'username'],
  project_name: ['tenant_name', 'project_name'],
  project_id: ['tenant_id', 'project_id'],
  user_domain_name: ['domain_name', 'user_domain_name'],
  user_domain_id: ['domain_id', 'user_domain_id'],
  project_domain_name: ['domain_name', 'project_domain_name'],
  project_domain_id: ['domain_id', 'project_domain_id'],
  default_domain_id: ['default_domain', 'default_domain_id'],
  region_name: ['region_name', 'compute_region_name'],
  interface: ['interface', 'endpoint_type', 'compute_interface', 'compute_endpoint_type'],
  compute_endpoint_override: ['compute_endpoint', 'compute_endpoint_override'],
};

/** Every name that one of the values may have in `auth`, or beside it. */
export const namesInAuth = AUTH_KEYS.flatMap(namesOf);
export const namesOfPlace = PLACE_KEYS.flatMap(namesOf);

/** The values that one source sets, by the names of today. */
export type CloudValues = Readonly<Partial<Record<AuthKey | PlaceKey, string>>>;

/**
 * Takes the values out of an entry as openstacksdk does (`magic_fixes` of its `config/loader.py`): credentials stand in
 * `auth` or beside it, and `{key}` in a value stands for another value of the entry.
 * @param mistakes what is not a text, and what braces are not those of such a key
 */
export function cloudValues(entry: Mapping, place: string, mistakes: string[]): CloudValues {
  const auth = isUnset(entry['auth']) ? {} : entry['auth'];
  if (!isMapping(auth)) mistakes.push(`${place}.auth: must be a mapping.`);
  const values: Partial<Record<AuthKey | PlaceKey, string>> = {};
  const take = (key: AuthKey | PlaceKey, from: readonly (readonly [string, Mapping])[]): void => {
    for (const name of namesOf(key)) {
      for (const [where, mapping] of from) {
        const value = mapping[name];
        if (isUnset(value)) continue;
        if (typeof value === 'string') values[key] = value;
        else mistakes.push(`${place}${where}${name}: must be a text.`);
      }
    }
  };
  const inAuth = ['.auth.', isMapping(auth) ? auth : {}] as const;
  for (const key of AUTH_KEYS) take(key, [['.', entry], inAuth]);
  for (const key of PLACE_KEYS) take(key, [['.', entry]]);
  for (const key of ['auth_url', ...PLACE_KEYS] as const) {
    const value = values[key];
    if (value !== undefined) values[key] = fillIn(value, entry, `${place}: ${key}`, mistakes);
  }
  return values;
}

function namesOf(key: AuthKey | PlaceKey): readonly string[] {
  return NAMES[key] ?? [key];
}

/** As Python's `format`: profiles have it in URLs, like `https://{region_name}.example`. */
function fillIn(value: string, entry: Mapping, what: string, mistakes: string[]): string {
  const filled = value.replace(/\{(\w+)\}/g, (braces, key: string) => {
    const found = entry[key];
    return typeof found === 'string' ? found : braces;
  });
  if (/[{}]/.test(filled)) mistakes.push(`${what}: braces may only hold the name of another key of this cloud.`);
  return filled;
}
