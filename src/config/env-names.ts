import { nearestName } from '../registrations/nearest-name';
import { namesInAuth, namesOfPlace } from './cloud-values';
import type { EnvSetting } from './env-lines';
import { OPENSTACK_SETTINGS, serviceSettings } from './settings';
import { isNameOfOpenStackSdk } from './unsupported-cloud-keys';

export const SETTING_NAMES: readonly string[] = [...OPENSTACK_SETTINGS, ...Object.keys(serviceSettings.shape)];

/** Older names of settings, and those that may stand for one. */
export const OLDER_NAMES: readonly string[] = [...namesInAuth, ...namesOfPlace]
  .map((key) => `OS_${key.toUpperCase()}`)
  .filter((name) => !SETTING_NAMES.includes(name));

const PROXY = /^(https?|all|no)_proxy$/i;
/** What Node.js, OpenSSL and the system's library read from the process's own environment. */
const OF_THE_PROCESS =
  /^(NODE_\w+|SSL_CERT_(FILE|DIR)|OPENSSL_CONF|UV_THREADPOOL_SIZE|TZ|LANG|LC_\w+|HOME|PATH|TMPDIR|LD_\w+|MALLOC_\w+)$/;
/** Text that is certainly a name: of a line that is a piece of a secret, what stands before its "=" has no "_" in capitals. */
const CERTAINLY_A_NAME = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;

/** Beyond this many letters it is a name that somebody chose: DATABASE_USER is no slip of DATABASE_URL. */
const MOST_CHANGES = 2;
const MAX_NAMED = 10;

/**
 * What is to be said of names in `.env` that are no settings of this service.
 * A slip of one is a mistake, unless that one is given as well: the file may be shared with other services, as compose does.
 * @param isGiven whether a setting is given, in the file or in the environment
 */
export function judgeNames(
  settings: readonly EnvSetting[],
  isGiven: (name: string) => boolean,
): { mistakes: string[]; warnings: string[] } {
  const mistakes: string[] = [];
  const withoutEffect: string[] = [];
  const unknown: string[] = [];
  for (const { name, line } of settings) {
    if (SETTING_NAMES.includes(name) || isSpokenOfElsewhere(name)) continue;
    const meant = meantBy(name, MOST_CHANGES);
    if (PROXY.test(name) || OF_THE_PROCESS.test(name)) withoutEffect.push(`${name} (line ${line})`);
    else if (meant !== undefined && !isGiven(meant)) {
      mistakes.push(`${name} in .env line ${line} is no setting: did you mean ${meant}?`);
    } else if (!name.startsWith('OS_') || isGiven('OS_CLOUD')) unknown.push(describeUnknown(name, line));
  }
  return { mistakes, warnings: [...warnOfEffect(withoutEffect), ...warnOfUnknown(unknown)] };
}

/** `openstack-config.ts` names what it cannot obey (without OS_CLOUD, also what nobody knows), and `config.ts` that of Node.js. */
function isSpokenOfElsewhere(name: string): boolean {
  if (name === 'NODE_TLS_REJECT_UNAUTHORIZED') return true;
  return name.startsWith('OS_') && isNameOfOpenStackSdk(name.slice('OS_'.length).toLowerCase());
}

/** Upper and lower case, "-", "." and "_" alike: a slip of the shift key is none of the name. */
function meantBy(name: string, atMost?: number): string | undefined {
  return nearestName(asWritten(name), SETTING_NAMES, atMost);
}

function asWritten(name: string): string {
  return name.toUpperCase().replace(/[-.]/g, '_');
}

function describeUnknown(name: string, line: number): string {
  const longer = SETTING_NAMES.find((setting) => setting.startsWith(`${asWritten(name)}_`)); // NOVA_TIMEOUT, OS_REGION
  const meant = longer ?? meantBy(name, MOST_CHANGES + 1);
  if (meant !== undefined) return `${name} (line ${line}; ${meant} is one)`;
  return CERTAINLY_A_NAME.test(name) ? `${name} (line ${line})` : `the one in line ${line}`;
}

function warnOfEffect(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [
    `.env has names without an effect: ${list(names)}. They count in the environment only, and proxies not at all.`,
  ];
}

function warnOfUnknown(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`.env has names that are no settings of this service: ${list(names)}.`];
}

function list(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return [...names.slice(0, MAX_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
