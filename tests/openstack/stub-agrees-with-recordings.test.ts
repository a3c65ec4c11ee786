import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { manyFlavors, type StubFlavor } from '../../src/stub/stub-flavors';

const recordingsFolder = join(__dirname, '../cloud/recordings');
const folders = readdirSync(recordingsFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

interface Recording {
  request: { method: string; target: string; headers: Record<string, string>; body: unknown };
  response: {
    status: number;
    headers: [string, string][];
    body: unknown;
    body_format: string;
    body_truncated_for_fixture?: { key: string; real_length: number; kept: number };
  };
}

interface Answer {
  status: number;
  headers: [string, string][];
  body: unknown;
}

/** Recordings whose error message is compared by its first line: Keystone appends its whole JSON schema. */
const firstLineOnly = new Set(['keystone/019-auth-schema-400.json']);

const recordedHosts: Record<string, 'keystone' | 'nova'> = {
  '127.0.0.1:15000': 'keystone',
  '127.0.0.1:18774': 'nova',
  '127.0.0.1:18784': 'nova',
};

/** What the recorded cloud had besides its bulk of flavors. */
function recordedSpecials(demoId: string): StubFlavor[] {
  const plain = (id: string, name: string, more: Partial<StubFlavor> = {}): StubFlavor => {
    return { id, name, ram: 2048, vcpus: 2, disk: 20, ...more };
  };
  const specs = (extra_specs: Record<string, string>, description: string | null = null) => ({
    extra_specs,
    description,
  });
  return [
    ...['1 m1.tiny', '2 m1.small', '3 m1.medium', '4 m1.large', '42 m1.nano', '0 zero', '007 bond'].map((pair) => {
      const [id = '', name = ''] = pair.split(' ');
      return plain(id, name);
    }),
    plain('db.redis.small', 'db.redis.small', specs({ service_type: 'redis' }, 'Redis, small')),
    plain('db-mysql-large', 'db-mysql-large', specs({ service_type: 'mysql', 'hw:cpu_policy': 'dedicated' }, 'MySQL')),
    plain('db_vertica_xl', 'db_vertica_xl', specs({ service_type: 'vertica' })),
    plain('db big memory', 'db big memory', { description: 'id with spaces' }),
    plain('a..b', 'dots inside'),
    plain('-', 'dash'),
    plain('_', 'underscore'),
    plain('...', 'three dots'),
    plain('MixedCase', 'MixedCase'),
    plain(
      '7d7cc973-b103-56e0-ae27-02750ddf837d',
      'uuid.one',
      specs({ 'trait:CUSTOM_SSD': 'required', 'quota:disk_read_bytes_sec': '1000000' }),
    ),
    plain('5ddfa212-2833-5ec2-be3f-5181b992ba5e', 'uuid.two', { description: '' }),
    plain('priv-none', 'priv-none', { is_public: false, description: 'private, no access' }),
    plain('priv-demo', 'priv-demo', {
      is_public: false,
      ...specs({ service_type: 'mysql' }, 'private, demo has access'),
      projects: [demoId],
    }),
    plain('b76eb12d-b54c-5c2f-aca3-785dbd147357', 'priv.uuid', {
      is_public: false,
      ...specs({ 'hw:mem_page_size': 'large' }),
    }),
    plain('x'.repeat(255), 'longest id'),
    plain('flavor with unicode name', 'größe-日本語-Ω', { description: 'unicode: 日本語 é' }),
    plain('swap-eph', 'swap-eph', { swap: 512, ephemeral: 10, rxtx_factor: 2 }),
    plain('.', 'trap dot'),
    plain('..', 'trap dotdot'),
    plain('detail', 'trap detail'),
  ];
}

async function startRecordedCloud(): Promise<StubCloud> {
  const cloud = await startStubCloud({ flavors: [] });
  const specials = recordedSpecials(cloud.keystone.projectId('demo'));
  cloud.nova.add(...specials, ...manyFlavors(1976));
  return cloud;
}

function readRecordings(folder: string): [string, Recording][] {
  return readdirSync(join(recordingsFolder, folder))
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(recordingsFolder, folder, file), 'utf8');
      return [`${folder}/${file}`, JSON.parse(text) as Recording];
    });
}

/** The tokens the recordings name, each made once so that it means the same in every request. */
function tokensOf({ keystone }: StubCloud): Map<string, string> {
  return new Map([
    ['<TOKEN:svc>', keystone.tokenFor('flavorsvc')],
    ['<TOKEN:admin>', keystone.tokenFor('admin')],
    ['<TOKEN:member-demo>', keystone.tokenFor('alice')],
    ['<TOKEN:reader-demo>', keystone.tokenFor('bob')],
    ['<TOKEN:member-other>', keystone.tokenFor('carol')],
    ['<TOKEN:unscoped>', keystone.tokenFor('alice', { scope: 'unscoped' })],
    ['<TOKEN:expired>', keystone.tokenFor('alice', { lifetimeSeconds: -1 })],
    ['<TOKEN:revoked>', keystone.tokenFor('alice')],
    ['<TOKEN:never-seen-by-nova>', keystone.tokenFor('alice')],
  ]);
}

/** The request's body with the secrets the recordings leave out. */
function bodyToSend(name: string, body: unknown, cloud: StubCloud): string | undefined {
  if (body === null) return undefined;
  if (typeof body === 'string') return body;
  const username = /"name":\s*"(\w+)",\s*"domain"/.exec(JSON.stringify(body))?.[1] ?? '';
  const isKnown = ['flavorsvc', 'alice', 'bob'].includes(username);
  const password = isKnown && !name.includes('wrong') ? cloud.keystone.credentials(username).password : 'wrong';
  const secret = name.includes('wrong') ? 'wrong' : cloud.keystone.applicationCredential.secret;
  return JSON.stringify(body).replace('<PASSWORD>', password).replace('<SECRET>', secret);
}

/** Sends over bare HTTP, because a client library would tidy the path; a connection closed without an answer is status 0. */
function send(
  port: number,
  method: string,
  target: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method, path: target, headers, agent: false },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const flat = incoming.rawHeaders;
          const pairs = flat.flatMap((key, at): [string, string][] => (at % 2 ? [] : [[key, flat[at + 1] ?? '']]));
          const isJson = incoming.headers['content-type']?.startsWith('application/json') === true && text !== '';
          const parsed: unknown = isJson ? JSON.parse(text) : text === '' ? null : text;
          resolve({ status: incoming.statusCode ?? 0, headers: pairs, body: parsed });
        });
      },
    );
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve({ status: 0, headers: [], body: null }) : reject(error),
    );
    outgoing.end(body);
  });
}

/** Names by what differs from run to run: tokens, ports, times and made-up ids. */
function comparable(answer: Answer, cloud: StubCloud): Answer {
  let text = JSON.stringify(answer)
    .replaceAll(`127.0.0.1:${cloud.keystone.port}`, '127.0.0.1:15000')
    .replaceAll(`127.0.0.1:${cloud.nova.port}`, '127.0.0.1:18774')
    .replace(/"(\w+_at)":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z"/g, '"$1":"<TIME>"')
    .replace(/"audit_ids":\["[\w-]{22}"\]/g, '"audit_ids":["<AUDIT>"]')
    .replace(/req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'req-<UUID>');
  for (const [placeholder, token] of tokens) text = text.replaceAll(token, placeholder);
  text = text.replace(/gAAAAA[\w-]{100,}/g, '<TOKEN>');
  return JSON.parse(text) as Answer;
}

/** Takes out of the recorded catalog what the stub has no use for: Trove. */
function withoutTrove(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    key === 'catalog' && Array.isArray(value)
      ? value.filter((service: { type?: string }) => service.type !== 'database')
      : value,
  );
}

/** Ids that Nova made up: only their form can be compared. */
function withoutMadeUpIds(name: string, body: unknown): unknown {
  if (!/create-(ok-null|zero-number)/.test(name)) return body;
  return JSON.parse(JSON.stringify(body).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<UUID>'));
}

function withFirstLine(name: string, body: unknown): unknown {
  if (!firstLineOnly.has(name)) return body;
  return JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    key === 'message' && typeof value === 'string' ? value.split('\n', 1)[0] : value,
  );
}

/** Cuts the answer as the recording was cut, after checking how much there was. */
function cutLike(response: Recording['response'], body: unknown): unknown {
  const cut = response.body_truncated_for_fixture;
  if (cut === undefined) return body;
  const whole = body as Record<string, unknown[]>;
  expect(whole[cut.key]).toHaveLength(cut.real_length);
  return { ...whole, [cut.key]: whole[cut.key]?.slice(0, cut.kept) };
}

/** What had been done to the recorded cloud right before a recording. */
async function prepare(name: string, cloud: StubCloud): Promise<void> {
  if (name === 'nova/101-revoked-token-still-200.json') {
    const revoked = tokens.get('<TOKEN:revoked>') ?? '';
    await send(cloud.nova.port, 'GET', '/v2.1/flavors/1', { 'X-Auth-Token': revoked });
    cloud.keystone.revoke(revoked);
  }
  if (name === 'nova/119-keystone-down-cached-token.json') await cloud.keystone.stops();
}

let cloud: StubCloud;
let tokens: Map<string, string>;

describe.each(folders)('the stub agrees with the recordings of %s', (folder) => {
  beforeAll(async () => {
    cloud = await startRecordedCloud();
    tokens = tokensOf(cloud);
    if (folder === 'nova-mariadb') cloud.nova.matchesIdsLikeMariaDb();
    if (folder === 'nova-policies') {
      for (const trap of ['.', '..', 'detail']) cloud.nova.remove(trap); // recorded without LAB_TRAPS
      cloud.nova.policyRefuses('os_compute_api:os-flavor-extra-specs:index');
      cloud.nova.policyRefuses('os_compute_api:os-flavor-access');
    }
  });

  afterAll(async () => {
    await cloud.close();
  });

  // In the order they were recorded: flavors are created on the way, and Keystone goes down near the end.
  it.each(readRecordings(folder))('%s', async (name, { request, response }) => {
    await prepare(name, cloud);
    const host = request.headers['Host'] ?? '';
    const port = cloud[recordedHosts[host] ?? 'nova'].port;
    const headers = Object.fromEntries(
      Object.entries(request.headers)
        .filter(([key]) => key !== 'Content-Length')
        .map(([key, value]) => [key, tokens.get(value) ?? value]),
    );

    const answer = await send(port, request.method, request.target, headers, bodyToSend(name, request.body, cloud));

    const actual = comparable({ ...answer, body: cutLike(response, answer.body) }, cloud);
    const recorded = comparable({ ...response, body: withoutTrove(response.body) }, cloud);
    expect({ ...actual, body: withoutMadeUpIds(name, actual.body) }).toEqual({
      status: response.status,
      headers: recorded.headers,
      body: withoutMadeUpIds(name, withFirstLine(name, recorded.body)),
    });
  });
});

describe('the recordings', () => {
  it('are all replayed: every one the index lists is there, in a folder that is replayed', () => {
    const index = readFileSync(join(recordingsFolder, 'INDEX.md'), 'utf8');
    const listed = [...index.matchAll(/^\| (\S+\.json) \|/gm)].map(([, name]) => name);

    const replayed = folders.flatMap((folder) => readRecordings(folder).map(([name]) => name));

    expect(replayed.length).toBeGreaterThan(0);
    expect(listed.sort()).toEqual(replayed.sort());
  });
});
