import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_TITLES, type ErrorCode } from '../../src/errors';
import { startStubWorld, type StubWorld } from '../support/stub-world';
import { sendOnTheWire } from '../support/wire';

const CODES = Object.keys(ERROR_TITLES) as ErrorCode[];
const DOCS = readFileSync(path.join(__dirname, '../../docs/errors.md'), 'utf8');

/** What stands in docs/errors.md from one heading to the next. */
function sectionOf(heading: string): string {
  const [, behind = ''] = DOCS.split(`\n${heading}\n`);
  return behind.split(/^#/m)[0]!.trim();
}

/** The heading of the status under which docs/errors.md has a code. */
function statusOf(code: string): string {
  const before = DOCS.slice(0, DOCS.indexOf(`\n### ${code}\n`));
  return [...before.matchAll(/^## (.+)$/gm)].at(-1)![1]!;
}

describe('the pages of the error codes', () => {
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld();
  });
  afterAll(() => here.world.close());

  const get = (target: string) => here.world.anonymous.get(target);

  it.each(CODES)('say what docs/errors.md says of %s', async (code) => {
    const page = await get(`/errors/${code}`).expect(200);
    const chapter = sectionOf(`## ${statusOf(code)}`);
    const parts = [`${statusOf(code)}\n${code}: ${ERROR_TITLES[code]}`, chapter, sectionOf(`### ${code}`)];
    const text = parts.filter((part) => part !== '').join('\n\n');
    expect(page.text).toBe(
      `${text.replace("[operator's guide](operators-guide.md#let-long-urls-through-the-proxy)", "operator's guide")}\n`,
    );
    expect(sectionOf(`### ${code}`)).not.toBe('');
  });

  it('are listed, a line each, with status and title', async () => {
    const { text } = await get('/errors').expect(200);
    const lines = CODES.map((code) => `${code}: ${statusOf(code)}. ${ERROR_TITLES[code]}.`);
    expect(text.trimEnd().split('\n').toSorted()).toEqual(lines.toSorted());
    expect(text.endsWith('\n')).toBe(true);
  });

  it.each(['/errors', '/errors/registered-flavors.uri.too_long'])('are text that may be kept: %s', async (target) => {
    const page = await get(target).expect(200);
    const { etag = '', 'content-length': length, 'content-type': type, 'cache-control': cache } = page.headers;
    expect([type, cache]).toEqual(['text/plain; charset=utf-8', 'no-cache']);
    expect(etag).toMatch(/^"[\w-]{43}"$/);

    const head = await here.world.anonymous.head(target).expect(200);
    expect([head.headers['etag'], head.headers['content-length'], head.text]).toEqual([etag, length, undefined]);
    const same = await get(target).set('If-None-Match', etag).expect(304);
    expect([same.headers['etag'], same.text]).toEqual([etag, '']);
    await get(target).set('If-None-Match', '"another"').expect(200);
  });

  it.each([
    ...['__proto__', 'constructor', '..', '.', '%2e%2e', '..%2f', '..%2f..%2fpackage.json', '..%5c', '%00', '*'],
    ...['registered-flavors.path.not_found%00', 'registered-flavors.path.not_found%2f', 'registered-flavors', '<b>'],
    ...['Registered-Flavors.path.not_found', 'registered-flavors.path.not_found/', 'x'.repeat(40_000), '%F0%9F%98%80'],
  ])('are none of another name: %.40s', async (code) => {
    const answer = await sendOnTheWire(here.world.service.url, { path: `/errors/${code}` });
    const { errors } = JSON.parse(answer.body) as { errors: { code: string; detail: string }[] };
    expect([answer.status, errors[0]?.code]).toEqual([404, 'registered-flavors.path.not_found']);
    expect(answer.body.length).toBeLessThan(1000);
  });

  it('do not repeat what was asked', async () => {
    const { body } = await get('/errors/Send-your-token-to-evil.example').expect(404);
    expect(body.errors[0].detail).toBe('There is no error with this code. GET /errors lists those that there are.');
  });

  it('stand in the log and in the metrics as any other operation', async () => {
    const before = here.world.service.log.length;
    const page = await get('/errors/registered-flavors.path.not_found').expect(200);
    const id = String(page.headers['x-openstack-request-id']);
    const lines = here.world.service.log.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find((line) => line['request_id'] === id)).toMatchObject({ route: '/errors/{code}', status: 200 });
  });
});
