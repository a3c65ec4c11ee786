import { STATUS_CODES } from 'node:http';
import { createRequestId, hostOf, type StubAnswer, type StubRequest } from './stub-http';

const unauthorizedMessage = 'The request you have made requires authentication.';

/** An answer of Keystone with a JSON body; `extra` headers stand where Keystone puts them. */
export function keystoneJson(status: number, body: object, extra: [string, string][] = []): StubAnswer {
  return {
    status,
    headers: [['Content-Type', 'application/json'], ...extra, ...closingHeaders()],
    body: JSON.stringify(body),
  };
}

/** An answer without a body. */
export function keystoneEmpty(status: number): StubAnswer {
  return { status, headers: closingHeaders() };
}

/** Keystone's error; a 401 names where to log in. */
export function keystoneError(status: number, message: string, request: StubRequest, identity?: object): StubAnswer {
  const error = { code: status, ...(identity && { identity }), message, title: STATUS_CODES[status] ?? 'Error' };
  const login: [string, string][] =
    status === 401 ? [['WWW-Authenticate', `Keystone uri="http://${hostOf(request)}/v3"`]] : [];
  return keystoneJson(status, { error }, login);
}

/** Keystone's way of saying no without saying why. */
export function keystoneUnauthorized(request: StubRequest): StubAnswer {
  return keystoneError(401, unauthorizedMessage, request);
}

/** Keystone's only version. */
export function keystoneVersion(host: string): object {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `http://${host}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

function closingHeaders(): [string, string][] {
  return [
    ['Vary', 'X-Auth-Token'],
    ['x-openstack-request-id', createRequestId()],
  ];
}
