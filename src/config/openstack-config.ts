import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ComputeEndpointChoice } from '../openstack/compute-endpoint';
import type { Credentials, Domain, NamedInKeystone } from '../openstack/credentials';
import { homeFolder } from './cloud-files';
import { chooseRegion } from './cloud-region';
import { type CloudValues, cloudValues, namesOfPlace } from './cloud-values';
import { readCloud } from './clouds-yaml';
import { ConfigError } from './config-error';
import type { Environment, Mapping } from './mapping';
import { oddSecret } from './odd-values';
import { readUrl } from './read-url';
import { unsupportedKeys } from './unsupported-cloud-keys';

/** Where OpenStack is and how the service logs in. */
export interface OpenStackConfig {
  /** Keystone v3, without a trailing slash. */
  readonly authUrl: string;
  /** Where callers get tokens: told in every 401. */
  readonly wwwAuthenticateUri: string;
  readonly credentials: Credentials;
  readonly endpoint: ComputeEndpointChoice;
  /** PEM */
  readonly ca: string | undefined;
}

const INTERFACES = ['public', 'internal', 'admin'] as const;

/** What a variable sets, even with OS_CLOUD: as openstackclient's options, whose defaults are these variables. */
const OVER_A_FILE: readonly string[] = [...namesOfPlace, 'verify', 'insecure'];

/**
 * Brings OS_* variables and `clouds.yaml` into one form. With OS_CLOUD the credentials come from the file; region,
 * interface, CA file and endpoint override may still be set by variable.
 * @param warnings gets what is set and has no effect
 * @throws ConfigError
 */
export function readOpenStackConfig(environment: Environment, warnings: string[]): OpenStackConfig {
  const mistakes: string[] = [];
  const values = readValues(environment, mistakes, warnings);
  const credentials = readCredentials(values, mistakes);
  const authUrl = readAuthUrl(values.auth_url, mistakes);
  const config = {
    authUrl,
    wwwAuthenticateUri:
      readOptionalUrl('WWW_AUTHENTICATE_URI', environment['WWW_AUTHENTICATE_URI'], mistakes) ?? authUrl,
    endpoint: {
      region: values.region_name,
      interface: readInterface(values.interface ?? 'public', mistakes),
      override: readOptionalUrl(
        'OS_COMPUTE_ENDPOINT_OVERRIDE (compute_endpoint_override)',
        values.compute_endpoint_override,
        mistakes,
      ),
    },
    ca: readCa(values.cacert, mistakes),
  };
  if (mistakes.length > 0 || credentials === undefined) throw new ConfigError(mistakes);
  return { ...config, credentials };
}

function readValues(environment: Environment, mistakes: string[], warnings: string[]): CloudValues {
  const { OS_CLOUD: name, OS_CLOUD_NAME: nameOfVariables = 'envvars' } = environment;
  const ofVariables = variablesAsEntry(environment);
  const variable = (key: string): string => `OS_${key.replace('auth.', '').toUpperCase()}`;
  const read = (entry: Mapping, place: string, nameOf: (key: string) => string): CloudValues => {
    const unsupported = unsupportedKeys(entry, nameOf);
    mistakes.push(...unsupported.mistakes);
    warnings.push(...unsupported.warnings);
    const values = cloudValues(entry, place, mistakes);
    if (mistakes.length > 0) throw new ConfigError(mistakes); // what is missing may be no more than a consequence
    return values;
  };
  if (name === undefined || name === nameOfVariables) {
    return read(chooseRegion(ofVariables, undefined, 'the environment'), 'the environment', variable);
  }
  const { place, entry } = readCloud(name, environment);
  const ofFile = read(entry, place, (key) => `${place}.${key}`);
  warnings.push(
    ...oddSecret(`${place}.auth.password`, ofFile.password),
    ...oddSecret(`${place}.auth.application_credential_secret`, ofFile.application_credential_secret),
  );
  const over = Object.entries(ofVariables).filter(([key]) => OVER_A_FILE.includes(key));
  return {
    ...ofFile,
    ...read(Object.fromEntries(over), 'the environment', variable),
  };
}

/** As openstacksdk takes them: `OS_AUTH_URL` is the key `auth_url`. Those of its test runners are none. */
function variablesAsEntry(environment: Environment): Mapping {
  const names = Object.keys(environment).filter((name) => /^OS_(?!TEST|STD|LOG)/.test(name));
  return Object.fromEntries(names.map((name) => [name.slice('OS_'.length).toLowerCase(), environment[name]]));
}

function readCredentials(values: CloudValues, mistakes: string[]): Credentials | undefined {
  const { application_credential_id: id, application_credential_name: name } = values;
  if (id === undefined && name === undefined) return readPassword(values, mistakes);
  const secret = values.application_credential_secret;
  const user = readNamed(values, 'user');
  if (secret === undefined) {
    mistakes.push('OS_APPLICATION_CREDENTIAL_SECRET (application_credential_secret) is missing.');
  }
  if (id === undefined && user === undefined) {
    mistakes.push(
      'OS_USERNAME (username) or OS_USER_ID (user_id) is missing: an application credential is named by its id, or by ' +
        'its name and its user.',
    );
  }
  if (secret === undefined) return undefined;
  if (id !== undefined) return { method: 'application_credential', id, secret };
  return user && { method: 'application_credential', name: name!, user, secret };
}

function readPassword(values: CloudValues, mistakes: string[]): Credentials | undefined {
  const user = readNamed(values, 'user');
  const project = readNamed(values, 'project');
  const { password } = values;
  if (user === undefined) {
    mistakes.push('OS_USERNAME (username) or OS_USER_ID (user_id) is missing, or OS_APPLICATION_CREDENTIAL_ID.');
  }
  if (password === undefined) mistakes.push('OS_PASSWORD (password) is missing.');
  if (project === undefined) {
    mistakes.push(
      "OS_PROJECT_NAME (project_name) or OS_PROJECT_ID (project_id) is missing: the service user's project.",
    );
  }
  if (user === undefined || password === undefined || project === undefined) return undefined;
  return { method: 'password', user, password, project };
}

function readNamed(values: CloudValues, of: 'user' | 'project'): NamedInKeystone | undefined {
  const id = values[`${of}_id`];
  const name = of === 'user' ? values.username : values.project_name;
  if (id !== undefined) return { id };
  return name === undefined ? undefined : { name, domain: domainOf(values, of) };
}

/** An id wins over a name, as keystoneauth has it. Without a domain the one with the id `default`, as openstackclient does. */
function domainOf(values: CloudValues, of: 'user' | 'project'): Domain {
  const id = values[`${of}_domain_id`] ?? values.default_domain_id;
  const name = values[`${of}_domain_name`] ?? values.default_domain_name;
  if (id !== undefined) return { id };
  return name === undefined ? { id: 'default' } : { name };
}

/** OS_AUTH_URL is written with and without `/v3`. */
function readAuthUrl(value: string | undefined, mistakes: string[]): string {
  if (value === undefined) {
    mistakes.push("OS_AUTH_URL (auth_url) is missing: Keystone's URL, such as https://keystone.example:5000/v3.");
    return '';
  }
  const url = readUrl('OS_AUTH_URL (auth_url)', value, mistakes);
  if (/\/v2(\.0)?$/.test(url)) mistakes.push('OS_AUTH_URL (auth_url) names the v2 API; this service needs v3.');
  return url.endsWith('/v3') ? url : `${url}/v3`;
}

function readOptionalUrl(name: string, value: string | undefined, mistakes: string[]): string | undefined {
  return value === undefined ? undefined : readUrl(name, value, mistakes);
}

/** Both `public` and the older `publicURL` are about. */
function readInterface(value: string, mistakes: string[]): ComputeEndpointChoice['interface'] {
  const found = INTERFACES.find((name) => value === name || value === `${name}URL`);
  if (found === undefined)
    mistakes.push(`OS_INTERFACE (interface) must be one of ${INTERFACES.join(', ')}, not "${value}".`);
  return found ?? 'public';
}

function readCa(named: string | undefined, mistakes: string[]): string | undefined {
  if (named === undefined) return undefined;
  const file = named.replace(/^~(?=\/)/, homeFolder() ?? '~'); // as openstacksdk does
  try {
    const pem = readFileSync(file, 'utf8');
    void new X509Certificate(pem); // of several certificates it reads the first
    return pem;
  } catch {
    mistakes.push(`OS_CACERT (cacert) names ${file}, which cannot be read as a certificate in PEM.`);
    return undefined;
  }
}
