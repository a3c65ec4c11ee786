import { existsSync } from 'node:fs';
import path from 'node:path';
import { findCloudFile, readCloudFile } from './cloud-files';
import { chooseRegion } from './cloud-region';
import { ConfigError } from './config-error';
import { type Environment, isMapping, isUnset, type Mapping, merge } from './mapping';

const FOLDERS = '., ~/.config/openstack or /etc/openstack';

/** One cloud of `clouds.yaml`, with openstacksdk's own keys. */
export interface NamedCloud {
  /** Where it stands, for messages. */
  readonly place: string;
  readonly entry: Mapping;
}

/**
 * Reads one cloud as openstacksdk does: what `clouds-public.yaml` has for its `profile`, over it the cloud of `clouds.yaml`,
 * over it that of `secure.yaml`, over it the values of its region. Each file is the one that the environment names, or else
 * the first that the folders have; `secure.yaml` is also looked for beside a `clouds.yaml` that the environment names.
 * @throws ConfigError when there is no such file, cloud, profile or region, or it cannot be read
 */
export function readCloud(name: string, environment: Environment): NamedCloud {
  const file = environment['OS_CLIENT_CONFIG_FILE'] ?? findCloudFile('clouds', environment);
  if (file === undefined || !existsSync(file)) {
    throw new ConfigError([`OS_CLOUD is "${name}", but there is no ${file ?? `clouds.yaml in ${FOLDERS}`}.`]);
  }
  const place = `${file}: cloud ${name}`;
  const clouds = merge(readCloudFile(file, 'clouds'), readSecure(environment)) as Mapping;
  if (!Object.hasOwn(clouds, name)) {
    const known = Object.keys(clouds).sort().join(', ') || 'none';
    throw new ConfigError([`OS_CLOUD is "${name}", but ${file} has no such cloud. It has: ${known}.`]);
  }
  const cloud = isUnset(clouds[name]) ? {} : clouds[name];
  if (!isMapping(cloud)) throw new ConfigError([`${place}: must be a mapping.`]);
  const whole = withUnderscores(merge(readProfile(cloud, place, environment), cloud)) as Mapping;
  return { place, entry: chooseRegion(whole, environment['OS_REGION_NAME'], place) };
}

function readSecure(environment: Environment): Mapping {
  const { OS_CLIENT_SECURE_FILE: named, OS_CLIENT_CONFIG_FILE: clouds } = environment;
  if (named !== undefined && !existsSync(named)) {
    throw new ConfigError([`OS_CLIENT_SECURE_FILE is "${named}", but there is no such file.`]);
  }
  const beside = clouds === undefined ? undefined : path.join(path.dirname(clouds), 'secure.yaml');
  const file = named ?? (beside && existsSync(beside) ? beside : findCloudFile('secure', environment));
  return file === undefined ? {} : readCloudFile(file, 'clouds');
}

/** openstacksdk brings profiles of some public clouds along; those are not known here. `cloud` is the older word. */
function readProfile(cloud: Mapping, place: string, environment: Environment): unknown {
  const name = isUnset(cloud['profile']) ? cloud['cloud'] : cloud['profile'];
  if (isUnset(name)) return {};
  const file = findCloudFile('clouds-public', environment);
  const profiles = file === undefined ? {} : readCloudFile(file, 'public-clouds');
  if (typeof name === 'string' && Object.hasOwn(profiles, name)) return profiles[name];
  throw new ConfigError([
    `${place}: profile: there is no such profile in ${file ?? `a clouds-public.yaml in ${FOLDERS}`}. ` +
      'Profiles that openstacksdk brings along, and those at a URL, are not supported: write their keys here.',
  ]);
}

/** openstacksdk takes `project-name` for `project_name`. */
function withUnderscores(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnderscores);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.replaceAll('-', '_'), withUnderscores(each)]),
  );
}
