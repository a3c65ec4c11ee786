import { balancerAnswer } from './balancer-answer';
import type { Onlooker, ShelvedFlavor } from './flavor-shelf';
import type { NovaPolicy } from './nova-faults';
import { lowest, renderMicroversion, type Microversion } from './nova-version';
import { requestIdHeaders } from './router-answers';
import type { StubAnswer } from './stub-http';

/** Whom it refuses, finds no extra specs in a flavor; nothing else changes. */
const EXTRA_SPECS_POLICY: NovaPolicy = 'os_compute_api:os-flavor-extra-specs:index';

/** What a handler needs to know of the call. */
export interface NovaCall {
  /** `v2.1`, or `v2`: the same flavors, always as of 2.1 and without version headers. */
  prefix: string;
  host: string;
  version: Microversion;
  caller: Onlooker;
  /** The project named in the path, if any. */
  pathProject: string | undefined;
}

type Versioned = Pick<NovaCall, 'prefix' | 'version'>;

const faultNames: Record<number, string> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

/** A good answer of Nova's. */
export function novaJson(call: Versioned, body: object, status = 200): StubAnswer {
  return {
    status,
    headers: [['Content-Type', 'application/json'], ...versionHeaders(call), ...requestIdHeaders()],
    body: JSON.stringify(body),
  };
}

/** A good answer with nothing in it. */
export function novaEmpty(call: Versioned, status: number): StubAnswer {
  return { status, headers: [['Content-Type', 'application/json'], ...versionHeaders(call), ...requestIdHeaders()] };
}

/** Nova's error under its name; without a call it has no version headers. */
export function novaFault(call: Versioned | undefined, status: number, message: string): StubAnswer {
  const name = faultNames[status] ?? 'computeFault';
  return {
    status,
    headers: [
      ...(call === undefined ? [] : versionHeaders(call)),
      ['Content-Type', 'application/json; charset=UTF-8'],
      ...requestIdHeaders(),
    ],
    body: JSON.stringify({ [name]: { code: status, message } }),
  };
}

/** The fault for a flavor that is not there, or not for this caller. */
export function flavorNotFound(call: NovaCall, id: string): StubAnswer {
  return novaFault(call, 404, `Flavor ${id} could not be found.`);
}

/** The refusal of the auth middleware in front of Nova. */
export function middlewareUnauthorized(authUrl: string): StubAnswer {
  const message = 'The request you have made requires authentication.';
  return {
    status: 401,
    headers: [
      ['Content-Type', 'application/json'],
      ['WWW-Authenticate', `Keystone uri="${authUrl}"`],
      ...requestIdHeaders(),
    ],
    body: JSON.stringify({ error: { code: 401, title: 'Unauthorized', message } }),
  };
}

/** What `nova.fails(status)` answers. */
export function brokenNova(status: number, authUrl: string): StubAnswer {
  if (status === 401) return middlewareUnauthorized(authUrl);
  if (status === 502 || status === 504) return balancerAnswer(status);
  const message =
    status >= 500
      ? "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.\n<class 'oslo_db.exception.DBConnectionError'>"
      : 'The request was refused.';
  return novaFault(undefined, status, message);
}

/** The versions Nova offers at `/`, and its own document at `/v2.1/`; both for anybody. */
export function versionDocuments(host: string, highest: Microversion): { root: StubAnswer; own: StubAnswer } {
  const link = (prefix: string) => ({ rel: 'self', href: `http://${host}/${prefix}/` });
  const v21 = {
    id: 'v2.1',
    status: 'CURRENT',
    version: renderMicroversion(highest),
    min_version: renderMicroversion(lowest),
    updated: '2013-07-23T11:33:21Z',
  };
  const v20 = { id: 'v2.0', status: 'SUPPORTED', version: '', min_version: '', updated: '2011-01-21T11:33:21Z' };
  const versions = [
    { ...v20, links: [link('v2')] },
    { ...v21, links: [link('v2.1')] },
  ];
  const describedBy = { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' };
  const mediaType = { base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' };
  const version = { ...v21, links: [link('v2.1'), describedBy], 'media-types': [mediaType] };
  return {
    root: { status: 200, headers: [['Content-Type', 'application/json']], body: JSON.stringify({ versions }) },
    own: novaJson({ prefix: 'v2.1', version: lowest }, { version }),
  };
}

/** One flavor as this microversion writes it. */
export function renderFlavor(flavor: ShelvedFlavor, call: NovaCall): object {
  const { minor } = call.version;
  const isTrimmed = minor >= 102;
  return {
    id: flavor.id,
    name: flavor.name,
    ram: flavor.ram,
    disk: flavor.disk,
    swap: flavor.swap === 0 && minor < 75 ? '' : flavor.swap,
    'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeral,
    ...(isTrimmed ? {} : { 'OS-FLV-DISABLED:disabled': flavor.is_disabled }),
    vcpus: flavor.vcpus,
    'os-flavor-access:is_public': flavor.is_public,
    ...(isTrimmed ? {} : { rxtx_factor: flavor.rxtx_factor }),
    links: flavorLinks(flavor, call),
    ...(minor >= 55 ? { description: flavor.description } : {}),
    ...(minor >= 61 && !call.caller.refusedPolicies.has(EXTRA_SPECS_POLICY) ? { extra_specs: flavor.extra_specs } : {}),
  };
}

/** One flavor as the brief list writes it. */
export function renderBriefFlavor(flavor: ShelvedFlavor, call: NovaCall): object {
  const description = call.version.minor >= 55 ? { description: flavor.description } : {};
  return { id: flavor.id, name: flavor.name, links: flavorLinks(flavor, call), ...description };
}

/** Where the flavors are, as the caller reached them. */
export function flavorsUrl(call: NovaCall): string {
  return `http://${call.host}/${call.prefix}${inProject(call)}/flavors`;
}

function flavorLinks({ id }: ShelvedFlavor, call: NovaCall): object[] {
  return [
    { rel: 'self', href: `${flavorsUrl(call)}/${id}` },
    { rel: 'bookmark', href: `http://${call.host}${inProject(call)}/flavors/${id}` },
  ];
}

function inProject({ pathProject }: NovaCall): string {
  return pathProject === undefined ? '' : `/${pathProject}`;
}

function versionHeaders({ prefix, version }: Versioned): [string, string][] {
  if (prefix === 'v2') return [];
  const text = renderMicroversion(version);
  return [
    ['OpenStack-API-Version', `compute ${text}`],
    ['X-OpenStack-Nova-API-Version', text],
    ['Vary', 'OpenStack-API-Version'],
    ['Vary', 'X-OpenStack-Nova-API-Version'],
  ];
}
