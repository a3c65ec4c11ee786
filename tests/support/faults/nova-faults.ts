import { setTimeout as sleep } from 'node:timers/promises';
import { manyFlavors, type StubFlavor } from '../../../src/stub/stub-flavors';
import type { Fault, Told } from './fault';
import type { Scene } from './fault-setting';

const MiB = 1024 * 1024;

const UNAVAILABLE = '503 nova.unavailable, Retry-After 5';
const AS_NOVA_SAYS = '503 nova.unavailable, Retry-After 7';
/** Only an operator can mend it. */
const NOT_ADMIN = '503 nova.not_admin, Retry-After 60';
/** How long we take its word for it: a token made later may have the role. */
const PAUSE_AS_NO_ADMIN_SECONDS = 10;
const BAD_ANSWER = '502 nova.bad_answer';
const TIMEOUT = '504 nova.timeout';

/** No path can carry `detail`: whoever wants it has to walk, and to the very end for the other one. */
const ENDS: StubFlavor[] = ['detail', 'zz-last'].map((id) => ({ id, name: id, ram: 1024, vcpus: 1, disk: 10 }));
const WALK: Scene = {
  flavors: [...manyFlavors(60), ...ENDS],
  maxLimit: 10,
  flavorIds: ENDS.map(({ id }) => id),
};
const LONG_WALK: Scene = { ...WALK, flavors: [...manyFlavors(10_000), ...ENDS], maxLimit: 1000 };
const EMPTY_PAGE_WITH_NEXT = { flavors: [], flavors_links: [{ rel: 'next', href: 'http://nova/next' }] };
/** All but the version document. */
const FLAVORS = /\/flavors/;
const PAGE = /flavors\/detail.*limit=1000/;

const STALE = '200, stale';

/** GET of details unknown, POST, DELETE; GET of those that are stale. Those that are known need no Nova. */
function answers(...told: Parameters<typeof answersSinceStart>): Fault['answers'] {
  return { 'GET, details known': '200', ...answersSinceStart(...told) };
}

/** After a start details are as old as the file says: it is written again only when they differ, or after an hour. */
function answersSinceStart(
  get: Told,
  post: Told,
  deletion: Told,
  stale = get === '200' ? '200' : STALE,
): Fault['answers'] {
  return { 'GET, details stale': stale, 'GET, details unknown': get, POST: post, DELETE: deletion };
}

/** What can go wrong with Nova. Reads of registered flavors and registrations need it, deregistrations do not. */
export const NOVA_FAULTS: readonly Fault[] = [
  {
    name: 'refuses connections',
    begin: ({ nova }) => nova.stops(),
    answers: answers(UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'refuses connections since our start',
    begin: ({ nova, restart }) => nova.stops().then(restart),
    answers: answersSinceStart(UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'hangs',
    begin: ({ nova }) => nova.hangs(),
    takesLong: true,
    answers: answers(TIMEOUT, TIMEOUT, '200'),
  },
  {
    name: 'hangs since our start',
    begin: ({ nova, restart }) => {
      nova.hangs();
      return restart();
    },
    takesLong: true,
    answers: answersSinceStart(TIMEOUT, TIMEOUT, '200'),
  },
  {
    name: 'drips a byte a second',
    begin: ({ nova }) => nova.drips({ bytesPerSecond: 1 }),
    takesLong: true,
    answers: answers(TIMEOUT, TIMEOUT, '200'),
  },
  {
    name: 'gives each page in time, all pages not',
    scene: WALK,
    begin: ({ nova }) => nova.isSlow(450, { path: PAGE }),
    takesLong: true,
    answers: answers(TIMEOUT, TIMEOUT, '200'),
  },
  {
    name: 'drops the connection once',
    begin: ({ nova }) => nova.dropsConnections({ times: 1 }),
    answers: answers('200', '201', '200'),
  },
  {
    name: 'drops every connection',
    begin: ({ nova }) => nova.dropsConnections(),
    answers: answers(UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'ends before the announced length',
    begin: ({ nova, replace }) => replace(nova, 'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"flavor":'),
    answers: answers(UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'does not speak HTTP',
    begin: ({ nova, replace }) => replace(nova, 'SSH-2.0-OpenSSH_9.6\r\n'),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: '401 once',
    begin: ({ nova }) => nova.rejectsTokens({ times: 1 }),
    answers: answers('200', '201', '200'),
  },
  {
    name: '401 always',
    begin: ({ nova }) => nova.rejectsTokens(),
    answers: answers(UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '403',
    begin: ({ nova }) => nova.fails(403),
    answers: answers(UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '403 since our start',
    begin: ({ nova, restart }) => {
      nova.fails(403, { path: FLAVORS });
      return restart();
    },
    answers: answersSinceStart(UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: 'takes us for an ordinary user since our start',
    pauseSeconds: PAUSE_AS_NO_ADMIN_SECONDS,
    begin: ({ nova, restart }) => {
      nova.callerIsNotAdmin();
      return restart();
    },
    answers: answersSinceStart(NOT_ADMIN, NOT_ADMIN, '200', NOT_ADMIN),
  },
  {
    name: "404 that is not Nova's own",
    begin: ({ nova }) => nova.fails(404, { body: '<html>not found</html>' }),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: '429',
    begin: ({ nova }) => nova.fails(429),
    answers: answers(UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '429 with Retry-After: 7',
    begin: ({ nova }) => nova.fails(429, { retryAfter: 7 }),
    answers: answers(AS_NOVA_SAYS, AS_NOVA_SAYS, '200'),
  },
  {
    name: '503',
    begin: ({ nova }) => nova.fails(503),
    answers: answers(UNAVAILABLE, UNAVAILABLE, '200'),
  },
  {
    name: '503 with Retry-After: 7',
    begin: ({ nova }) => nova.fails(503, { retryAfter: 7 }),
    answers: answers(AS_NOVA_SAYS, AS_NOVA_SAYS, '200'),
  },
  {
    name: '500',
    begin: ({ nova }) => nova.fails(500),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: '500 that repeats our token',
    begin: ({ nova, ownToken }) => nova.fails(500, { body: `X-Auth-Token: ${ownToken()}` }),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: '200 with HTML',
    begin: ({ nova }) => nova.answersGarbage({ contentType: 'text/html' }),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'truncated JSON once',
    begin: ({ nova }) => nova.truncates({ times: 1 }),
    answers: answers('200', '201', '200'),
  },
  {
    name: 'truncated JSON always',
    begin: ({ nova }) => nova.truncates(),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: '200 with an empty body',
    begin: ({ nova }) => nova.fails(200, { body: '' }),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: '200 with an empty object',
    begin: ({ nova }) => nova.answersEmptyObject(),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: '200 with an empty object since our start',
    begin: ({ nova, restart }) => {
      nova.answersEmptyObject({ path: FLAVORS });
      return restart();
    },
    answers: answersSinceStart(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'the wrong flavor',
    begin: ({ nova }) => nova.answersWrongId('5'),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'a flavor with nothing but its id',
    begin: ({ nova }) => nova.fails(200, { body: { flavor: { id: '2' } }, path: /flavors\/2$/ }),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'an endless loop of pages',
    scene: WALK,
    begin: ({ nova }) => nova.loopsNextLink(),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'an empty page that leads on',
    scene: WALK,
    begin: ({ nova }) => nova.fails(200, { body: EMPTY_PAGE_WITH_NEXT, path: PAGE }),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'the marker of a page lost once',
    scene: WALK,
    begin: ({ nova }) => nova.losesMarker({ times: 1 }),
    answers: answers('200', '201', '200'),
  },
  {
    name: 'the marker of every page lost',
    scene: WALK,
    begin: ({ nova }) => nova.losesMarker(),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'a redirect to another host',
    begin: ({ nova, elsewhere }) => nova.redirectsTo(elsewhere.url),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'broken gzip',
    begin: ({ nova, replace }) => replace(nova, 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nthis is no gzip'),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'broken brotli',
    begin: ({ nova, replace }) => replace(nova, 'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nthis is no brotli'),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'a gzip bomb of 200 MiB',
    isHeavy: true,
    begin: ({ nova }) => nova.answersGzipBomb(200 * MiB),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'a plain answer of 200 MiB',
    isHeavy: true,
    begin: ({ nova }) => nova.answersHuge(200 * MiB),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'headers of 1 MiB',
    isHeavy: true,
    begin: ({ nova, replace }) => replace(nova, `HTTP/1.1 200 OK\r\nX-Filler: ${'x'.repeat(MiB)}\r\n\r\n{}`),
    answers: answers(BAD_ANSWER, BAD_ANSWER, '200'),
  },
  {
    name: 'a walk past 10,000 flavors',
    scene: LONG_WALK,
    isHeavy: true,
    begin: () => undefined,
    answers: answers('200', '201', '200'),
  },
  {
    name: 'our token expires in the middle of a walk',
    scene: WALK,
    begin: ({ nova }) => nova.isSlow(150, { times: 1, path: PAGE }),
    meanwhile: async ({ nova, keystone }, isAnswered) => {
      const before = nova.requests.length;
      const hasBegun = () => nova.requests.slice(before).some(({ target }) => PAGE.test(target));
      while (!hasBegun() && !isAnswered()) await sleep(5);
      if (!isAnswered()) keystone.expiresTokens();
    },
    answers: answers('200', '201', '200'),
  },
];
