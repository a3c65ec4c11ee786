import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError } from './config-error';

/** Every scalar is read as the text that stands there: YAML would make 83 of 0123 and round long numbers. */
const scalar = z
  .string()
  .transform((value) => (isUnset(value) ? undefined : value))
  .optional();

/** keystoneauth's names of the two ways to log in that this service knows. */
const AUTH_TYPES = ['password', 'v3password', 'v3applicationcredential'];

const cloud = z.object({
  auth_type: scalar.refine((value) => value === undefined || AUTH_TYPES.includes(value), {
    error: `must be one of ${AUTH_TYPES.join(', ')}: this service logs in by password or application credential`,
  }),
  auth: z
    .object({
      auth_url: scalar,
      username: scalar,
      user_id: scalar,
      password: scalar,
      user_domain_name: scalar,
      user_domain_id: scalar,
      project_name: scalar,
      project_id: scalar,
      project_domain_name: scalar,
      project_domain_id: scalar,
      application_credential_id: scalar,
      application_credential_secret: scalar,
    })
    .default({}),
  region_name: scalar,
  interface: scalar,
  cacert: scalar,
  compute_endpoint_override: scalar,
  verify: scalar.transform((value) => !/^(false|no|off|0)$/i.test(value ?? '')),
});

/** One cloud of `clouds.yaml`, with openstacksdk's own key names. */
export type Cloud = z.infer<typeof cloud>;

/**
 * Reads one cloud as openstacksdk does: `clouds.yaml` from the named file, or else the first of `.`,
 * `~/.config/openstack` and `/etc/openstack` that has one, with the `secure.yaml` beside it merged over it.
 * @throws ConfigError when there is no such file or cloud, or it cannot be read
 */
export function readCloud(name: string, namedFile: string | undefined): Cloud {
  const file = namedFile ?? findCloudsYaml();
  if (file === undefined || !existsSync(file)) {
    throw new ConfigError([
      `OS_CLOUD is "${name}", but there is no ${file ?? 'clouds.yaml in ., ~/.config/openstack or /etc/openstack'}.`,
    ]);
  }
  const clouds = readYaml(file);
  if (!Object.hasOwn(clouds, name)) {
    throw new ConfigError([
      `OS_CLOUD is "${name}", but ${file} has no such cloud. It has: ${Object.keys(clouds).sort().join(', ') || 'none'}.`,
    ]);
  }
  const secure = path.join(path.dirname(file), 'secure.yaml');
  const secrets = existsSync(secure) ? readYaml(secure) : {};
  const merged = cloud.safeParse(merge(clouds[name], Object.hasOwn(secrets, name) ? secrets[name] : undefined));
  if (merged.success) return merged.data;
  throw new ConfigError(
    merged.error.issues.map(({ path: key, message }) => `${file}: cloud ${[name, ...key].join('.')}: ${message}.`),
  );
}

function findCloudsYaml(): string | undefined {
  const folders = ['.', path.join(os.homedir(), '.config', 'openstack'), '/etc/openstack'];
  return folders.map((folder) => path.join(folder, 'clouds.yaml')).find((file) => existsSync(file));
}

function readYaml(file: string): Record<string, unknown> {
  const document = z.object({ clouds: z.record(z.string(), z.unknown()) });
  try {
    // The parser's warnings would quote the line, and so a password: errors only.
    const options = { schema: 'failsafe', merge: true, logLevel: 'error', prettyErrors: false } as const;
    return document.parse(parse(readFileSync(file, 'utf8'), options)).clouds;
  } catch {
    // The parser's own text would quote the file, and so a password.
    throw new ConfigError([`${file} cannot be read as YAML with a "clouds" key.`]);
  }
}

function merge(base: unknown, over: unknown): unknown {
  if (isUnset(over)) return isUnset(base) ? undefined : base;
  if (!isObject(base) || !isObject(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(base[key], over[key])]));
}

/** What YAML calls null; as texts these are no names or passwords that anybody has. */
function isUnset(value: unknown): boolean {
  const unset: readonly unknown[] = [undefined, '', '~', 'null'];
  return unset.includes(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
