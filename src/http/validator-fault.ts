import type { Request } from 'express';
import { error as openApiError } from 'express-openapi-validator';
import type { OpenApiRequest } from 'express-openapi-validator/dist/framework/types';
import { type Problem, RegisteredFlavorsError } from '../errors';
import { FLAVOR_ID_RULE } from '../registrations/flavor-id';
import { nearestName } from '../registrations/nearest-name';
import { abridge, describeBadLists, quote } from './bad-items';
import { describeBody, type ValidatorError } from './body-fault';
import { type Contract, queryParametersOf } from './contract';
import { HttpFault } from './http-fault';

/**
 * What the contract's validator throws, in our own words: which item, what it was, what would be right.
 * Anything else is returned as it came.
 */
export function translateValidatorError(error: unknown, request: Request, contract: Contract): unknown {
  if (error instanceof openApiError.NotFound) return pathNotFound(request);
  if (error instanceof openApiError.MethodNotAllowed) return methodNotAllowed(error, request);
  if (error instanceof openApiError.Unauthorized) return tokenMissing();
  if (error instanceof openApiError.BadRequest) return badRequest(error, request, contract);
  if (error instanceof URIError) return malformedUrl();
  return error;
}

/** 404 for a path that the contract does not have. */
export function pathNotFound(request: Request): HttpFault {
  const hint = request.path.includes('//')
    ? 'It has two slashes in a row: take the slash off the end of the endpoint before you put a path behind it.'
    : 'Paths are case-sensitive and have no trailing slash.';
  return new HttpFault('path not found', {
    code: 'registered-flavors.path.not_found',
    detail: `There is nothing at "${quote(request.path)}". ${hint}`,
  });
}

function methodNotAllowed(error: InstanceType<typeof openApiError.MethodNotAllowed>, request: Request): HttpFault {
  const allowed = (error.headers?.Allow ?? '').replace(/\bGET\b/, 'GET, HEAD');
  return new HttpFault(
    'method not allowed',
    {
      code: 'registered-flavors.method.not_allowed',
      detail: `${request.method} is not allowed here. Allowed: ${allowed}.`,
    },
    { headers: { Allow: allowed } },
  );
}

/** The validator itself refuses a request without the header; every other 401 is the authenticator's own. */
function tokenMissing(): RegisteredFlavorsError {
  return new RegisteredFlavorsError('unauthenticated', {
    code: 'registered-flavors.token.missing',
    detail: 'X-Auth-Token is missing. Ask Keystone for a token that is scoped to a project.',
  });
}

function badRequest(
  error: InstanceType<typeof openApiError.BadRequest>,
  request: Request,
  contract: Contract,
): HttpFault {
  const [first] = error.errors;
  if (first !== undefined && /^Unknown query parameter/.test(first.message)) {
    return new HttpFault('malformed', abridge(unknownQueries(request, contract)));
  }
  if (/malformed uri/i.test(error.message)) return malformedUrl();
  return new HttpFault('malformed', abridge(describeAll(error.errors, request, contract)));
}

function* describeAll(errors: readonly ValidatorError[], request: Request, contract: Contract): Iterable<Problem> {
  const values = {
    ...Object.fromEntries(Object.entries(request.query).map(([name, value]) => [name, splitList(value)])),
    ...(request as OpenApiRequest).openapi?.pathParams, // Express has forgotten request.params by now
  };
  let isDescribed = false;
  for (const problem of describeBadLists(values)) {
    isDescribed = true;
    yield problem;
  }
  if (!isDescribed) yield* errors.filter((each) => !isInBody(each)).map(describe);
  const inBody = errors.filter(isInBody);
  if (inBody.length > 0) yield* describeBody(request, contract, inBody);
}

function isInBody({ path }: ValidatorError): boolean {
  return /^\/body(\/|$)/.test(path);
}

function splitList(value: unknown): unknown {
  return typeof value === 'string' && value !== '' ? value.split(',') : value;
}

/** 400 for a query parameter that no operation has. */
export function queryUnknown(name: string): HttpFault {
  return new HttpFault('malformed', describeUnknownQuery(name, []));
}

/** The validator names the first one only. */
function unknownQueries(request: Request, contract: Contract): Problem[] {
  const route = (request as OpenApiRequest).openapi?.openApiRoute ?? '';
  const known = queryParametersOf(contract, route, request.method);
  return Object.keys(request.query)
    .filter((name) => !known.includes(name))
    .map((name) => describeUnknownQuery(name, known));
}

function describeUnknownQuery(name: string, known: readonly string[]): Problem {
  const meant = nearestName(name, known);
  const hint =
    meant === undefined ? (known.length > 0 ? ` It takes: ${known.join(', ')}.` : '') : ` Did you mean "${meant}"?`;
  return {
    code: 'registered-flavors.query.unknown',
    detail: `This operation takes no query parameter "${quote(name)}".${hint}`,
  };
}

function malformedUrl(): HttpFault {
  return new HttpFault('malformed', {
    code: 'registered-flavors.request.invalid',
    detail: 'The URL is not well-formed: "%" must be followed by two hexadecimal digits, and all of it must be UTF-8.',
  });
}

/** What the validator says of a parameter, in words that go on from its name. */
const WORDS: readonly [RegExp, string][] = [
  [/^must be string$/, 'must be given once'],
  [/^must match pattern "\^\[\^:\]\+:.*/, 'must be key:value'],
  [/^must match pattern "\^\(\?!.*/, `must be a flavor ID. ${FLAVOR_ID_RULE}`],
  [/^must match pattern "\^\[a-zA-Z0-9_-\].*/, 'must be an ID of Keystone: 1 to 64 letters, digits, "_" and "-"'],
  [/^must match pattern "\^\[0-9\].*/, 'must be a time like 2026-11-24T22:37:46Z; a plus is written %2B'],
  [/^must be integer$/, 'must be one whole number'],
  [/^must be boolean$/, 'must be true or false, once'],
  [/^must be >= /, 'must be at least '],
  [/^must be <= /, 'must be at most '],
  [/^Empty value.*/, 'must not be empty'],
  [/.*must be url encoded.*/, 'has characters that must be percent-encoded'],
];

function describe(error: ValidatorError): Problem {
  const what = error.path.replace(/^\/query\//, 'the query parameter ').replace(/^\//, '');
  const known = WORDS.find(([pattern]) => pattern.test(error.message));
  const wanted = known === undefined ? error.message : error.message.replace(...known);
  return { code: 'registered-flavors.request.invalid', detail: `${capitalized(what)} ${wanted.replace(/\.$/, '')}.` };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
