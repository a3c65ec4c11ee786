import { ERROR_TITLES, type ErrorCode, type ErrorKind, RegisteredFlavorsError } from '../../src/errors';
import { HttpFault, type HttpFaultKind } from '../../src/http/http-fault';
import { describeFailure, renderError } from '../../src/http/problem';

const OPTIONS = { errorHelpUrl: 'https://docs.example/errors', wwwAuthenticateUri: 'https://keystone.example/v3' };
const REQUEST_ID = 'req-6c0f1d52-8a5e-4a57-9d0a-3b1f4d2e7c90';
const PROBLEM = { code: 'registered-flavors.flavor.not_found', detail: 'Nova has no flavor with the ID "7".' } as const;

const render = (error: unknown) => renderError(error, { requestId: REQUEST_ID, target: '/' }, OPTIONS);

/** The compiler sees to it that no kind is left out of these two. */
const STATUS_OF_KIND: Record<ErrorKind, number> = {
  'invalid input': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not found': 404,
  'precondition failed': 412,
  'precondition required': 428,
  'upstream answered badly': 502,
  unavailable: 503,
  'upstream timed out': 504,
};
const STATUS_OF_FAULT: Record<HttpFaultKind, number> = {
  malformed: 400,
  'path not found': 404,
  'method not allowed': 405,
  'version not acceptable': 406,
  'request timed out': 408,
  'body too large': 413,
  'uri too long': 414,
  'media type unsupported': 415,
  'headers too large': 431,
  stopping: 503,
  'not ready': 503,
  overloaded: 503,
};

const kinds = Object.entries(STATUS_OF_KIND) as [ErrorKind, number][];
const faults = Object.entries(STATUS_OF_FAULT) as [HttpFaultKind, number][];

it('a foreseen error has the details of all its problems in its text', () => {
  const problems = [PROBLEM, { ...PROBLEM, detail: 'Nor 8.' }];
  expect(String(new RegisteredFlavorsError('not found', problems))).toBe(
    'RegisteredFlavorsError: Nova has no flavor with the ID "7". Nor 8.',
  );
});

describe('renderError', () => {
  it.each(kinds)('answers "%s" with %i', (kind, status) => {
    const answer = render(new RegisteredFlavorsError(kind, PROBLEM));
    expect([answer.status, answer.body.errors[0]?.status]).toEqual([status, status]);
  });

  it.each(faults)('answers "%s", which HTTP refuses, with %i', (kind, status) => {
    const answer = render(new HttpFault(kind, PROBLEM));
    expect([answer.status, answer.body.errors[0]?.status]).toEqual([status, status]);
  });

  it('has one shape', () => {
    expect(render(new RegisteredFlavorsError('not found', PROBLEM))).toEqual({
      status: 404,
      headers: { 'Cache-Control': 'no-store' },
      body: {
        errors: [
          {
            request_id: REQUEST_ID,
            code: 'registered-flavors.flavor.not_found',
            status: 404,
            title: 'The flavor does not exist in Nova',
            detail: 'Nova has no flavor with the ID "7".',
            links: [{ rel: 'help', href: 'https://docs.example/errors#registered-flavorsflavornot_found' }],
          },
        ],
      },
    });
  });

  it('has one entry for each problem, in their order', () => {
    const problems = ['1', '2', '3'].map((detail) => ({ ...PROBLEM, detail }));
    const details = (error: unknown) => render(error).body.errors.map(({ detail }) => detail);
    expect([
      details(new RegisteredFlavorsError('not found', problems)),
      details(new HttpFault('malformed', problems)),
    ]).toEqual([
      ['1', '2', '3'],
      ['1', '2', '3'],
    ]);
  });

  it.each(Object.entries(ERROR_TITLES) as [ErrorCode, string][])('gives %s its title', (code, title) => {
    expect(render(new RegisteredFlavorsError('invalid input', { code, detail: 'x' })).body.errors[0]).toMatchObject({
      code,
      title,
    });
  });

  it('says with every 401 where tokens are to be had', () => {
    expect(render(new RegisteredFlavorsError('unauthenticated', PROBLEM)).headers).toEqual({
      'Cache-Control': 'no-store',
      'WWW-Authenticate': 'Keystone uri="https://keystone.example/v3"',
    });
  });

  it('says when another try makes sense, if anyone knows', () => {
    const headers = (retryAfterSeconds?: number) =>
      render(
        new RegisteredFlavorsError(
          'unavailable',
          PROBLEM,
          retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
        ),
      ).headers;
    expect([headers(7), headers(0), headers()]).toEqual([
      { 'Cache-Control': 'no-store', 'Retry-After': '7' },
      { 'Cache-Control': 'no-store', 'Retry-After': '0' },
      { 'Cache-Control': 'no-store' },
    ]);
  });

  it('carries the headers and members that come with a fault', () => {
    const extra = { headers: { Allow: 'GET, HEAD' }, members: { max_version: '1.0' } };
    const answer = render(new HttpFault('method not allowed', PROBLEM, extra));
    expect([answer.headers, answer.body.errors[0]]).toEqual([
      { 'Cache-Control': 'no-store', Allow: 'GET, HEAD' },
      expect.objectContaining({ code: PROBLEM.code, max_version: '1.0' }),
    ]);
  });

  it.each([
    ['an error', new Error('SELECT password FROM users')],
    ['an error that claims a status', Object.assign(new Error('password'), { status: 418, kind: 'forbidden' })],
    ['a text', 'password'],
    ['an object', { message: 'password' }],
    ['undefined', undefined],
    ['null', null],
  ])('keeps to itself what was not foreseen: %s', (_, thrown) => {
    const answer = render(thrown);
    expect({ status: answer.status, errors: answer.body.errors.length, code: answer.body.errors[0]?.code }).toEqual({
      status: 500,
      errors: 1,
      code: 'registered-flavors.internal.error',
    });
    expect(JSON.stringify(answer)).not.toContain('password');
  });

  it('says of what was not foreseen where its reason is to be found', () => {
    expect(render(new Error('x')).body.errors[0]?.detail).toBe(
      'The service failed in a way that it did not foresee. Its log has the reason under this request id.',
    );
  });

  it('does not tell the cause of a foreseen error', () => {
    const error = new RegisteredFlavorsError('unavailable', PROBLEM, { cause: new Error('password') });
    expect(JSON.stringify(render(error))).not.toContain('password');
  });
});

describe('describeFailure', () => {
  it.each(kinds)('of "%s", which is a %i', (kind, status) => {
    const failure = describeFailure(new RegisteredFlavorsError(kind, PROBLEM));
    const logged = { level: 'warn', fields: { code: PROBLEM.code, detail: PROBLEM.detail, cause: undefined } };
    expect(failure).toEqual(status < 500 ? undefined : logged);
  });

  it.each(faults)('leaves "%s" out of the log: it is the caller\'s', (kind) => {
    expect(describeFailure(new HttpFault(kind, PROBLEM))).toBeUndefined();
  });

  const logged = (kind: ErrorKind, cause: unknown) =>
    describeFailure(new RegisteredFlavorsError(kind, PROBLEM, { cause }));
  const withCode = Object.assign(new Error('INSERT a-secret'), { code: 'SQLITE_FULL', sql: 'a-secret' });

  it.each([
    ['an error with a code', withCode, 'SQLITE_FULL'],
    ['an error without one', new Error('a-secret'), undefined],
    [
      'an object with a code',
      { code: 'ECONNRESET', config: { headers: { 'X-Auth-Token': 'a-secret' } } },
      'ECONNRESET',
    ],
    ['a text', 'a-secret', undefined],
    ['null', null, undefined],
    ['undefined', undefined, undefined],
  ])('of a foreseen error has the code of its cause, and nothing else of it: %s', (_, cause, code) => {
    expect(logged('unavailable', cause)).toEqual({
      level: 'warn',
      fields: { code: PROBLEM.code, detail: PROBLEM.detail, cause: code },
    });
    expect(JSON.stringify(logged('unavailable', cause))).not.toContain('a-secret');
  });

  it("leaves a caller's mistake out of the log, whatever its cause", () => {
    expect(logged('invalid input', withCode)).toBeUndefined();
  });

  it('of something unforeseen is an error, with its text and where it came from', () => {
    const error = new TypeError('this is not a function');
    expect(describeFailure(error)).toEqual({
      level: 'error',
      fields: { error: 'TypeError: this is not a function', stack: error.stack },
    });
  });

  it.each([
    ['a text', 'oh', 'oh'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
  ])('of %s, which nobody should throw, is an error, too', (_, thrown, error) => {
    expect(describeFailure(thrown)).toEqual({ level: 'error', fields: { error, stack: undefined } });
  });
});
