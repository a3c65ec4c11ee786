import type { Fault, Told } from './fault';

const MiB = 1024 * 1024;

const UNAVAILABLE = '503 keystone.unavailable, Retry-After 5';
const AS_KEYSTONE_SAYS = '503 keystone.unavailable, Retry-After 7';
/** Only an operator can mend it. */
const LOGIN_REFUSED = '503 keystone.unavailable, Retry-After 60';
/** How long no login is tried after a refused one. */
const PAUSE_AFTER_REFUSAL_SECONDS = 5;

const STALE = '200, stale';

const LOGIN = /auth\/tokens$/;
const VALIDATION = /auth\/tokens\?nocatalog$/;

/**
 * GET, POST and DELETE with a token that our service sees for the first time; GET with one that it remembers, of details
 * unknown, stale and known.
 */
function answers(
  get: Told,
  post: Told,
  deletion: Told,
  unknown: Told,
  stale = unknown,
  known = stale,
): Fault['answers'] {
  return {
    ...{ GET: get, POST: post, DELETE: deletion },
    'GET, token and details known': known,
    'GET, token known, details stale': stale,
    'GET, token known': unknown,
  };
}

/** What can go wrong with Keystone. It is asked about a token that is not remembered, and for tokens of our own. */
export const KEYSTONE_FAULTS: readonly Fault[] = [
  {
    name: 'refuses connections',
    begin: ({ keystone }) => keystone.stops(),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'refuses connections since our start',
    begin: ({ keystone, restart }) => keystone.stops().then(restart),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE),
  },
  {
    name: 'hangs',
    takesLong: true,
    begin: ({ keystone }) => keystone.hangs(),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'drips a byte a second',
    takesLong: true,
    begin: ({ keystone }) => keystone.drips({ bytesPerSecond: 1 }),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'drops the connection once',
    begin: ({ keystone }) => keystone.dropsConnections({ times: 1 }),
    answers: answers('200', '201', '200', '200'),
  },
  {
    name: 'drops every connection',
    begin: ({ keystone }) => keystone.dropsConnections(),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'does not speak HTTP',
    begin: ({ keystone, replace }) => replace(keystone, 'SSH-2.0-OpenSSH_9.6\r\n'),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '401 once',
    begin: ({ keystone }) => keystone.fails(401, { times: 1 }),
    answers: answers('200', '201', '200', '200'),
  },
  {
    name: '401 to every validation',
    begin: ({ keystone }) => keystone.fails(401, { path: VALIDATION }),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '401 always',
    pauseSeconds: PAUSE_AFTER_REFUSAL_SECONDS,
    begin: ({ keystone }) => keystone.fails(401),
    answers: answers(LOGIN_REFUSED, LOGIN_REFUSED, LOGIN_REFUSED, '200'),
  },
  {
    name: '403 to validations',
    begin: ({ keystone }) => keystone.fails(403, { path: VALIDATION }),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: "404 that is not Keystone's own",
    begin: ({ keystone }) => keystone.fails(404, { body: '<html>not found</html>' }),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '429',
    begin: ({ keystone }) => keystone.fails(429),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '429 with Retry-After: 7',
    begin: ({ keystone }) => keystone.fails(429, { retryAfter: 7 }),
    answers: answers(AS_KEYSTONE_SAYS, AS_KEYSTONE_SAYS, AS_KEYSTONE_SAYS, '200'),
  },
  {
    name: '503',
    begin: ({ keystone }) => keystone.fails(503),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '503 with Retry-After: 7',
    begin: ({ keystone }) => keystone.fails(503, { retryAfter: 7 }),
    answers: answers(AS_KEYSTONE_SAYS, AS_KEYSTONE_SAYS, AS_KEYSTONE_SAYS, '200'),
  },
  {
    name: '500',
    begin: ({ keystone }) => keystone.fails(500),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '500 that repeats our token',
    begin: ({ keystone, ownToken }) => keystone.fails(500, { body: `X-Auth-Token: ${ownToken()}` }),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '200 with HTML',
    begin: ({ keystone }) => keystone.answersGarbage({ contentType: 'text/html' }),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'truncated JSON once',
    begin: ({ keystone }) => keystone.truncates({ times: 1 }),
    answers: answers('200', '201', '200', '200'),
  },
  {
    name: 'truncated JSON always',
    begin: ({ keystone }) => keystone.truncates(),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '200 with an empty body',
    begin: ({ keystone }) => keystone.fails(200, { body: '' }),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '200 with an empty object',
    begin: ({ keystone }) => keystone.answersEmptyObject(),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'a redirect to another host',
    begin: ({ keystone, elsewhere }) => keystone.redirectsTo(elsewhere.url),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'a gzip bomb of 200 MiB',
    isHeavy: true,
    begin: ({ keystone }) => keystone.answersGzipBomb(200 * MiB),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'a plain answer of 200 MiB',
    isHeavy: true,
    begin: ({ keystone }) => keystone.answersHuge(200 * MiB),
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'our token is revoked',
    begin: ({ keystone, ownToken }) => keystone.revoke(ownToken()),
    answers: answers('200', '201', '200', '200'),
  },
  {
    name: 'our token expires',
    begin: ({ keystone }) => keystone.expiresTokens(),
    answers: answers('200', '201', '200', '200'),
  },
  {
    name: 'our token expires, then connections are refused',
    begin: ({ keystone }) => {
      keystone.expiresTokens();
      return keystone.stops();
    },
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, STALE, '200'),
  },
  {
    name: 'our token expires, then our login hangs',
    takesLong: true,
    begin: ({ keystone }) => {
      keystone.expiresTokens();
      keystone.hangs({ path: LOGIN });
    },
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, STALE, '200'),
  },
  {
    name: 'our token expires, then our login gets an empty object',
    begin: ({ keystone }) => {
      keystone.expiresTokens();
      keystone.fails(201, { body: {}, path: LOGIN });
    },
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, STALE, '200'),
  },
  {
    name: 'our token expires, then our password is refused',
    pauseSeconds: PAUSE_AFTER_REFUSAL_SECONDS,
    begin: ({ keystone }) => {
      keystone.expiresTokens();
      keystone.fails(401, { path: LOGIN });
    },
    answers: answers(LOGIN_REFUSED, LOGIN_REFUSED, LOGIN_REFUSED, LOGIN_REFUSED, STALE, '200'),
  },
  {
    name: 'each answer in time, all we need not',
    takesLong: true,
    settings: { KEYSTONE_DEADLINE_MS: '1200', NOVA_DEADLINE_MS: '1200' },
    begin: ({ keystone, ownToken }) => {
      keystone.revoke(ownToken());
      keystone.isSlow(500);
    },
    answers: answers(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, '200'),
  },
];
