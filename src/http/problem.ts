import { ERROR_TITLES, type ErrorKind, type Problem, RegisteredFlavorsError } from '../errors';
import { describeError } from '../logger';
import type { components } from './contract-types';
import { helpLinks } from './help-links';
import { HttpFault, type HttpFaultKind } from './http-fault';

/** THE table: which kind of failure is answered with which status. No other file chooses an error's status. */
const STATUS: Record<ErrorKind | HttpFaultKind | 'internal', number> = {
  'invalid input': 400,
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not found': 404,
  'path not found': 404,
  'method not allowed': 405,
  'version not acceptable': 406,
  'request timed out': 408,
  'precondition failed': 412,
  'body too large': 413,
  'uri too long': 414,
  'media type unsupported': 415,
  'precondition required': 428,
  'headers too large': 431,
  internal: 500,
  'upstream answered badly': 502,
  unavailable: 503,
  stopping: 503,
  'not ready': 503,
  overloaded: 503,
  'upstream timed out': 504,
};

const INTERNAL: Problem = {
  code: 'registered-flavors.internal.error',
  detail: 'The service failed in a way that it did not foresee. Its log has the reason under this request id.',
};

/** An error as it goes over the wire. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: components['schemas']['Errors'];
}

export interface ProblemOptions {
  /** Where docs/errors.md is published; undefined for the pages of this service. */
  readonly errorHelpUrl: string | undefined;
  readonly wwwAuthenticateUri: string;
}

/** The request that an error is the answer to. */
export interface Failed {
  readonly requestId: string;
  /** What was asked, in origin form; undefined where it came to no request. */
  readonly target: string | undefined;
}

/** Renders whatever was thrown in the one error shape (API-SIG, "Errors"). What was not foreseen keeps its text hidden. */
export function renderError(error: unknown, { requestId, target }: Failed, options: ProblemOptions): ErrorAnswer {
  const foreseen = error instanceof RegisteredFlavorsError || error instanceof HttpFault;
  const status = STATUS[foreseen ? error.kind : 'internal'];
  const problems = foreseen ? error.problems : [INTERNAL];
  const members = error instanceof HttpFault ? error.members : {};
  const helpFor = helpLinks(options.errorHelpUrl, target);
  return {
    status,
    headers: { 'Cache-Control': 'no-store', ...headersFor(error, status, options) },
    body: {
      errors: problems.map(({ code, detail }) => ({
        request_id: requestId,
        code,
        status,
        title: ERROR_TITLES[code],
        detail,
        links: [{ rel: 'help', href: helpFor(code) }],
        ...members,
      })),
    },
  };
}

/** The one log line that a failure of ours or of a service behind us gets; undefined for a caller's mistake, and for what is on purpose. */
export function describeFailure(error: unknown): { level: 'error' | 'warn'; fields: object } | undefined {
  if (error instanceof HttpFault) return undefined;
  if (!(error instanceof RegisteredFlavorsError)) return { level: 'error', fields: describeError(error) };
  if (STATUS[error.kind] < 500) return undefined;
  return {
    level: 'warn',
    fields: { code: error.problems[0]?.code, detail: error.message, cause: codeOf(error.cause) },
  };
}

/** SQLITE_IOERR_WRITE ...: says more than our own words, and cannot hold a secret. */
function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}

function headersFor(error: unknown, status: number, options: ProblemOptions): Record<string, string> {
  if (error instanceof HttpFault) return error.headers;
  if (status === 401) return { 'WWW-Authenticate': `Keystone uri="${options.wwwAuthenticateUri}"` };
  if (error instanceof RegisteredFlavorsError && error.retryAfterSeconds !== undefined) {
    return { 'Retry-After': String(error.retryAfterSeconds) };
  }
  return {};
}
