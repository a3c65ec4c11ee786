import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ComputeEndpointChoice } from '../openstack/compute-endpoint';
import type { Credentials, Domain } from '../openstack/credentials';
import { type Cloud, readCloud } from './clouds-yaml';
import { ConfigError } from './config-error';
import { readUrl } from './read-url';
import type { OpenStackSettings } from './settings';

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

/**
 * Brings OS_* variables and `clouds.yaml` into one form. With OS_CLOUD the credentials come from the file; region,
 * interface, CA file and endpoint override may still be set by variable.
 * @throws ConfigError
 */
export function readOpenStackConfig(settings: OpenStackSettings): OpenStackConfig {
  const cloud = settings.OS_CLOUD === undefined ? cloudOfVariables(settings) : cloudOfFile(settings, settings.OS_CLOUD);
  const mistakes: string[] = [];
  const credentials = readCredentials(cloud.auth, mistakes);
  const authUrl = readAuthUrl(cloud.auth.auth_url, mistakes);
  const config = {
    authUrl,
    wwwAuthenticateUri: readOptionalUrl('WWW_AUTHENTICATE_URI', settings.WWW_AUTHENTICATE_URI, mistakes) ?? authUrl,
    endpoint: {
      region: settings.OS_REGION_NAME ?? cloud.region_name,
      interface: readInterface(settings.OS_INTERFACE ?? cloud.interface ?? 'public', mistakes),
      override: readOptionalUrl(
        'OS_COMPUTE_ENDPOINT_OVERRIDE (compute_endpoint_override)',
        settings.OS_COMPUTE_ENDPOINT_OVERRIDE ?? cloud.compute_endpoint_override,
        mistakes,
      ),
    },
    ca: readCa(settings.OS_CACERT ?? cloud.cacert, mistakes),
  };
  if (!cloud.verify) mistakes.push('verify: false is not supported: name the CA file with cacert or OS_CACERT.');
  if (mistakes.length > 0 || credentials === undefined) throw new ConfigError(mistakes);
  return { ...config, credentials };
}

function cloudOfFile(settings: OpenStackSettings, name: string): Cloud {
  return readCloud(name, settings.OS_CLIENT_CONFIG_FILE);
}

function cloudOfVariables(settings: OpenStackSettings): Cloud {
  return {
    auth: {
      auth_url: settings.OS_AUTH_URL,
      username: settings.OS_USERNAME,
      user_id: settings.OS_USER_ID,
      password: settings.OS_PASSWORD,
      user_domain_name: settings.OS_USER_DOMAIN_NAME,
      user_domain_id: settings.OS_USER_DOMAIN_ID,
      project_name: settings.OS_PROJECT_NAME,
      project_id: settings.OS_PROJECT_ID,
      project_domain_name: settings.OS_PROJECT_DOMAIN_NAME,
      project_domain_id: settings.OS_PROJECT_DOMAIN_ID,
      application_credential_id: settings.OS_APPLICATION_CREDENTIAL_ID,
      application_credential_secret: settings.OS_APPLICATION_CREDENTIAL_SECRET,
    },
    verify: true,
  };
}

function readCredentials(auth: Cloud['auth'], mistakes: string[]): Credentials | undefined {
  const { application_credential_id: id, application_credential_secret: secret } = auth;
  if (id !== undefined && secret !== undefined) return { method: 'application_credential', id, secret };
  if (id !== undefined) {
    mistakes.push('OS_APPLICATION_CREDENTIAL_SECRET (application_credential_secret) is missing.');
    return undefined;
  }
  return readPassword(auth, mistakes);
}

function readPassword(auth: Cloud['auth'], mistakes: string[]): Credentials | undefined {
  const user = readNamed(auth, 'user', auth.user_id, auth.username);
  const project = readNamed(auth, 'project', auth.project_id, auth.project_name);
  const { password } = auth;
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

function readNamed(
  auth: Cloud['auth'],
  of: 'user' | 'project',
  id: string | undefined,
  name: string | undefined,
): { id: string } | { name: string; domain: Domain } | undefined {
  if (id !== undefined) return { id };
  return name === undefined ? undefined : { name, domain: domainOf(auth, of) };
}

/** Without a domain the one with the id `default`, as the openstack client does. */
function domainOf(auth: Cloud['auth'], of: 'user' | 'project'): Domain {
  const id = auth[`${of}_domain_id`];
  const name = auth[`${of}_domain_name`];
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

function readCa(file: string | undefined, mistakes: string[]): string | undefined {
  if (file === undefined) return undefined;
  try {
    const pem = readFileSync(file, 'utf8');
    void new X509Certificate(pem); // of several certificates it reads the first
    return pem;
  } catch {
    mistakes.push(`OS_CACERT (cacert) names ${file}, which cannot be read as a certificate in PEM.`);
    return undefined;
  }
}
