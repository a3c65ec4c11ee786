import { nearestName } from '../registrations/nearest-name';
import { namesInAuth, namesOfPlace } from './cloud-values';
import { isMapping, isUnset, type Mapping } from './mapping';

/** keystoneauth's names of the ways to log in that this service knows. */
const AUTH_TYPES = ['password', 'v3password', 'v3applicationcredential'];
const LOGIN = 'the service logs in by itself, with a password or an application credential';
const SCOPE = "the service works in the project of its own user, with this user's own roles";
const COMPUTE = 'Nova is the service of the type compute in the catalog, or at compute_endpoint_override';
const CA = 'name the CA file with cacert or OS_CACERT';

/** What openstacksdk obeys and this service would have to ignore, and why it stops the start. */
const REFUSED: Readonly<Record<string, string>> = {
  trust_id: SCOPE,
  system_scope: SCOPE,
  token: LOGIN,
  auth_token: LOGIN,
  passcode: LOGIN,
  cert: 'the service shows no client certificate',
  key: 'the service shows no client certificate',
  service_type: COMPUTE,
  service_name: COMPUTE,
  compute_service_type: COMPUTE,
  compute_service_name: COMPUTE,
};

/** What openstacksdk obeys and does without harm otherwise here, and what says it here. */
const NOT_USED: readonly (readonly [RegExp, string])[] = [
  [/timeout$/, 'KEYSTONE_TIMEOUT_MS and NOVA_TIMEOUT_MS set it'],
  [/_retries$|^retriable_status_codes$/, 'this service retries by its own rules'],
  [/^(force_ipv4|prefer_ipv6|broken_ipv6)$/, 'every address of a name is tried'],
  [/^identity_(endpoint|endpoint_override|interface|endpoint_type|region_name)$/, 'Keystone is asked at auth_url'],
];

/** What says nothing to a service that only asks Keystone and Nova. */
const OF_OTHERS = [
  /_(api_version|interface|endpoint_type|endpoint_override|endpoint|region_name|service_type|service_name)$/,
  /_(default_microversion|min_version|max_version|status_code|source|use_tasks|format|prefix|port|host)$/,
  /^(networks|external_network|internal_network|nat_source|nat_destination|disable_vendor_agent|vendor_hook|status)$/,
  /^(message|requires_floating_ip|use_direct_get|split_loggers|additional_user_agent|app_name|app_version|rate_limit)$/,
  /^(metrics|cache|client|statsd|influxdb|profile|cloud|cloud_name|client_config_file|client_secure_file|user_agent)$/,
  /^(auth|auth_type|auth_plugin|verify|insecure|identity_api_version|debug|verbose_level)$/,
];

/** What is said of keys that are not taken. */
export interface Unsupported {
  /** They stop the start. */
  readonly mistakes: string[];
  readonly warnings: string[];
}

/**
 * Names the keys of an entry that openstacksdk obeys and this service does not, and those that nobody knows. Never a value.
 * @param nameOf how a key is called to whoever wrote it
 */
export function unsupportedKeys(entry: Mapping, nameOf: (key: string) => string): Unsupported {
  const auth = isMapping(entry['auth']) ? entry['auth'] : {};
  const found: Unsupported = { mistakes: refusedValues(entry, nameOf), warnings: [] };
  for (const [key] of Object.entries(auth).filter(isSet)) {
    if (namesInAuth.includes(key)) continue;
    const nearest = nearestName(key, namesInAuth);
    const why = REFUSED[key] ?? (nearest === undefined ? `it is no key of auth` : `did you mean ${nearest}?`);
    found.mistakes.push(sentence(nameOf(`auth.${key}`), why));
  }
  for (const [key] of Object.entries(entry).filter(isSet)) {
    const why = REFUSED[key];
    if (why !== undefined) found.mistakes.push(sentence(nameOf(key), why));
    else found.warnings.push(...warningOf(key, nameOf));
  }
  return found;
}

/** Whether openstacksdk obeys a key beside `auth`, or in it, also where this service does not. */
export function isNameOfOpenStackSdk(key: string): boolean {
  const patterns = [...NOT_USED.map(([pattern]) => pattern), ...OF_OTHERS];
  return (
    [...namesInAuth, ...namesOfPlace].includes(key) ||
    Object.hasOwn(REFUSED, key) ||
    patterns.some((each) => each.test(key))
  );
}

function warningOf(key: string, nameOf: (key: string) => string): string[] {
  if ([...namesInAuth, ...namesOfPlace].includes(key)) return [];
  const why = NOT_USED.find(([pattern]) => pattern.test(key))?.[1];
  if (why !== undefined) return [`${nameOf(key)} is not used: ${why}.`];
  if (OF_OTHERS.some((pattern) => pattern.test(key))) return [];
  const nearest = nearestName(key, [...namesInAuth, ...namesOfPlace]);
  return [`${nameOf(key)} is not known, and not used.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`];
}

function refusedValues(entry: Mapping, nameOf: (key: string) => string): string[] {
  const is = (key: string, pattern: RegExp): boolean => pattern.test(typeof entry[key] === 'string' ? entry[key] : '');
  const mistakes: string[] = [];
  for (const key of ['auth_type', 'auth_plugin', 'verify', 'insecure']) {
    const value = entry[key];
    if (!isUnset(value) && typeof value !== 'string') mistakes.push(`${nameOf(key)}: must be a text.`);
  }
  for (const key of ['auth_type', 'auth_plugin']) {
    const value = entry[key];
    if (isUnset(value) || typeof value !== 'string' || AUTH_TYPES.includes(value)) continue;
    mistakes.push(`${nameOf(key)} must be one of ${AUTH_TYPES.join(', ')}: ${LOGIN}.`);
  }
  if (is('verify', /^(false|no|off|0)$/i)) mistakes.push(`${nameOf('verify')}: false is not supported: ${CA}.`);
  if (is('insecure', /^(true|yes|on|1)$/i)) mistakes.push(`${nameOf('insecure')}: true is not supported: ${CA}.`);
  if (is('identity_api_version', /^v?2/)) mistakes.push(sentence(nameOf('identity_api_version'), 'Keystone v3 it is'));
  return mistakes;
}

function isSet([, value]: [string, unknown]): boolean {
  return !isUnset(value);
}

function sentence(name: string, why: string): string {
  return `${name} is not supported: ${why}.`;
}
