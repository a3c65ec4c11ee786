/**
 * What can go wrong, in the domain's words. HTTP knows how each kind is answered (`http/problem.ts`); nobody else
 * names a status number. Foreign errors become one of these where they enter: SQL in `store`, axios in `openstack`.
 */
export type ErrorKind =
  | 'invalid input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not found'
  | 'precondition failed'
  | 'precondition required'
  | 'upstream answered badly'
  | 'unavailable'
  | 'upstream timed out';

/**
 * Every code this service gives, with its title. A code is a promise: once released it is never renamed or reused
 * (API-SIG, "Errors"). The contract, `docs/errors.md` and this table are held equal by a test.
 */
export const ERROR_TITLES = {
  'registered-flavors.request.invalid': 'The request is malformed',
  'registered-flavors.request.timeout': 'The request did not arrive in time',
  'registered-flavors.service_type.invalid': 'Not a service type',
  'registered-flavors.service_type.not_offered': 'The service type is not one of those in use here',
  'registered-flavors.service_type.too_many': 'Too many service types in one request',
  'registered-flavors.flavor_id.invalid': 'Not a flavor ID',
  'registered-flavors.flavor_id.too_many': 'Too many flavor IDs in one request',
  'registered-flavors.pair.too_many': 'Too many pairs in one request',
  'registered-flavors.query.unknown': 'Unknown query parameter',
  'registered-flavors.query.conflict': 'Query parameters that do not go together',
  'registered-flavors.body.invalid': 'The body is malformed',
  'registered-flavors.attribute.unknown': 'Unknown attribute',
  'registered-flavors.flavor.unknown': 'A flavor in the body does not exist in Nova',
  'registered-flavors.selector.no_match': 'No flavor in Nova is as wanted',
  'registered-flavors.version.invalid': 'The API version is malformed',
  'registered-flavors.version.not_acceptable': 'The API version is not offered',
  'registered-flavors.response.too_large': 'The response would be too large',
  'registered-flavors.token.missing': 'No token',
  'registered-flavors.token.invalid': 'The token is not valid',
  'registered-flavors.token.not_allowed': 'The token is not made for this request',
  'registered-flavors.scope.project_required': 'A project-scoped token is required',
  'registered-flavors.role.required': 'A role is missing',
  'registered-flavors.path.not_found': 'No such path',
  'registered-flavors.method.not_allowed': 'The method is not allowed here',
  'registered-flavors.flavor.not_found': 'The flavor does not exist in Nova',
  'registered-flavors.registration.not_found': 'Nothing of this is registered',
  'registered-flavors.precondition.failed': 'The registrations have changed meanwhile',
  'registered-flavors.body.too_large': 'The body is too large',
  'registered-flavors.uri.too_long': 'The URL is too long',
  'registered-flavors.media_type.unsupported': 'The body is not of a kind that is taken here',
  'registered-flavors.precondition.required': 'If-Match is required',
  'registered-flavors.headers.too_large': 'The request line and headers are too large',
  'registered-flavors.service.overloaded': 'The service has too much to do',
  'registered-flavors.internal.error': 'Something went wrong here',
  'registered-flavors.nova.bad_answer': 'Nova answered badly',
  'registered-flavors.nova.unavailable': 'Nova cannot be reached',
  'registered-flavors.nova.not_admin': "Nova does not take the service's user for an admin",
  'registered-flavors.nova.extra_specs_withheld': 'Nova does not tell the extra specs of flavors',
  'registered-flavors.nova.timeout': 'Nova did not answer in time',
  'registered-flavors.keystone.unavailable': 'Keystone cannot be reached',
  'registered-flavors.registry.unavailable': 'The registry cannot be used',
  'registered-flavors.registry.not_current': 'The registry is not that of this version',
  'registered-flavors.service.stopping': 'This process is stopping',
  'registered-flavors.service.disabled': 'This process was taken out of service',
} as const;

export type ErrorCode = keyof typeof ERROR_TITLES;

/** One thing that is wrong, for a person to read. */
export interface Problem {
  readonly code: ErrorCode;
  /** What was wrong, and what would be right. Never holds a token, a password or a stack trace. */
  readonly detail: string;
}

/** A failure that we foresaw and can explain. Whatever else is thrown is a defect and answered as internal. */
export class RegisteredFlavorsError extends Error {
  readonly kind: ErrorKind;
  readonly problems: readonly Problem[];
  /** For `unavailable`: after how many seconds another try makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    kind: ErrorKind,
    problems: Problem | readonly Problem[],
    options: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    const list = 'code' in problems ? [problems] : problems;
    super(list.map((problem) => problem.detail).join(' '), { cause: options.cause });
    this.name = 'RegisteredFlavorsError';
    this.kind = kind;
    this.problems = list;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
