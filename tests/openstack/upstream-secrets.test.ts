import { createServer } from 'node:https';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keystoneErrors } from '../../src/openstack/upstream-errors';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { anAsker, aCall, connect, createUpstream, passwordOf } from './support/clients';
import { everythingSaidBy, failureOf, outcomeOf } from './support/expectations';
import { listenOnLoopback, startPlainServer, type PlainServer } from './support/plain-server';

const MiB = 1024 * 1024;

describe('the failure of a request', () => {
  let cloud: StubCloud;

  beforeEach(async () => {
    cloud = await startStubCloud();
  });

  afterEach(async () => {
    await cloud.close();
  });

  const ways: [string, (stub: StubCloud['nova'] | StubCloud['keystone']) => unknown][] = [
    ['is down', (stub) => stub.stops()],
    ['drops connections', (stub) => stub.dropsConnections()],
    ['hangs', (stub) => stub.hangs()],
    ['drips', (stub) => stub.drips({ bytesPerSecond: 20 })],
    ['answers 500', (stub) => stub.fails(500)],
    ['answers 503', (stub) => stub.fails(503, { retryAfter: 60 })],
    ['answers 502', (stub) => stub.fails(502, { retryAfter: 60 })],
    ['answers 401', (stub) => stub.fails(401)],
    ['answers 403', (stub) => stub.fails(403)],
    ['answers half', (stub) => stub.truncates()],
    ['answers garbage', (stub) => stub.answersGarbage()],
    ['answers too much', (stub) => stub.answersHuge(2 * MiB)],
    ['sends a bomb', (stub) => stub.answersGzipBomb(2 * MiB)],
    ['redirects', (stub) => stub.redirectsTo('http://127.0.0.1:1/')],
    ['answers nothing of use', (stub) => stub.answersEmptyObject()],
  ];

  it.each(ways)('holds no token when Nova %s', async (_, goWrong) => {
    const { nova, serviceToken, lines } = connect(cloud, { attemptTimeoutMs: 800 });
    const { token } = await serviceToken.get(aCall().globalRequestId);
    await nova.discover(aCall());
    await goWrong(cloud.nova);

    const said = everythingSaidBy(await failureOf(nova.getFlavor('1', aCall()))) + lines.join('');

    expect(said).toContain('registered-flavors.nova.');
    expect(said).not.toContain(token);
  });

  it.each(ways)('holds neither token nor password when Keystone %s', async (_, goWrong) => {
    const { serviceToken, keystone, validator } = connect(cloud, { attemptTimeoutMs: 800 });
    const { token } = await serviceToken.get(aCall().globalRequestId);
    const subject = cloud.keystone.tokenFor('alice');
    await goWrong(cloud.keystone);

    const errors = await Promise.all([
      failureOf(validator.validate(subject, anAsker())),
      failureOf(keystone.issueToken(passwordOf(cloud), aCall())),
    ]);

    const said = errors.map(everythingSaidBy).join('\n');
    expect(said).toContain('registered-flavors.keystone.unavailable');
    for (const secret of [token, subject, passwordOf(cloud).password]) expect(said).not.toContain(secret);
  });

  it.each([
    ['a header that cannot be sent', { url: 'http://127.0.0.1:1/', token: 's3cr3t\u0000t0k3n' }],
    ['a URL that is none', { url: 'http://', token: 's3cr3t-t0k3n' }],
    ['a scheme that is unknown', { url: 'gopher://127.0.0.1/', token: 's3cr3t-t0k3n' }],
  ])('holds no token either when we ask wrongly: %s', async (_, { url, token }) => {
    const asking = createUpstream().request({ method: 'GET', url, headers: { 'X-Auth-Token': token }, ...aCall() });
    const error: unknown = await asking.then(
      () => undefined,
      (reason: unknown) => reason,
    );

    expect(error).toBeInstanceOf(Error);
    expect(everythingSaidBy(error)).not.toContain('s3cr3t');
  });
});

describe('a proxy that the environment names', () => {
  const names = ['http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY'];
  const before = names.map((name) => [name, process.env[name]] as const);

  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('never sees a request, nor the token in it', async () => {
    const seen: unknown[] = [];
    const answer = (name: string) =>
      startPlainServer((request, response) => {
        seen.push([name, request.headers['x-auth-token']]);
        response.end('{}');
      });
    const [proxy, service] = await Promise.all([answer('proxy'), answer('service')]);
    for (const name of names) delete process.env[name];
    process.env['http_proxy'] = proxy.url;

    const url = `${service.url}/`;
    await createUpstream().request({ method: 'GET', url, headers: { 'X-Auth-Token': 's3cr3t' }, ...aCall() });
    await Promise.all([proxy.close(), service.close()]);

    expect(seen).toEqual([['service', 's3cr3t']]);
  });
});

describe('HTTPS', () => {
  let folder: string;
  let server: PlainServer;
  let ca: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'].concat([
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        key,
        '-out',
        cert,
      ]),
      { stdio: 'ignore' },
    );
    ca = readFileSync(cert, 'utf8');
    const https = createServer({ key: readFileSync(key), cert: ca }, (_, response) => {
      response.end('{"safe": true}');
    });
    server = await listenOnLoopback(https, 'https');
  });

  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  function ask(options: { ca?: string } = {}) {
    const upstream = createUpstream({ errors: keystoneErrors, ...options });
    return upstream.request({ method: 'GET', url: `${server.url}/`, headers: {}, ...aCall() });
  }

  it('works with a CA of one’s own', async () => {
    expect((await ask({ ca })).json).toEqual({ safe: true });
  });

  it('trusts an intermediate authority that the file has, as curl does', async () => {
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
    const signed = (name: string, by: string, extension: string) => {
      writeFileSync(join(folder, 'extension'), extension);
      openssl(
        'req',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-subj',
        `/CN=${name}`,
        '-keyout',
        `${name}.key`,
        '-out',
        'request',
      );
      const authority = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-extfile', 'extension'];
      openssl('x509', '-req', '-in', 'request', ...authority, '-days', '1', '-out', `${name}.pem`);
      return readFileSync(join(folder, `${name}.pem`), 'utf8');
    };
    const self = ['-subj', '/CN=root', '-keyout', 'root.key', '-out', 'root.pem', '-days', '1'];
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...self);
    const issuing = signed('issuing', 'root', 'basicConstraints=CA:TRUE');
    const cert = signed('leaf', 'issuing', 'subjectAltName=IP:127.0.0.1');
    const key = readFileSync(join(folder, 'leaf.key'));
    const https = createServer({ key, cert: cert + issuing }, (_, response) => void response.end('{"safe": true}'));
    const behind = await listenOnLoopback(https, 'https');
    const upstream = createUpstream({ errors: keystoneErrors, ca: issuing });
    const asked = upstream.request({ method: 'GET', url: `${behind.url}/`, headers: {}, ...aCall() });
    expect((await asked.finally(() => behind.close())).json).toEqual({ safe: true });
  });

  it.each([
    ['to trust everybody', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
    ['to go by a proxy', { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'http://127.0.0.1:1' }],
    ['to write its keys down', { SSLKEYLOGFILE: 'keys.log' }],
  ])('cannot be told by the environment %s', async (_, environment) => {
    const script = join(__dirname, 'support/ask-once.script.ts');
    const runTypeScript = join(__dirname, '../support/run-typescript.cjs');
    const { stdout } = await promisify(execFile)(process.execPath, ['-r', runTypeScript, script, `${server.url}/`], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...environment },
    });

    expect(stdout).toContain('Keystone cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)');
    expect(existsSync(join(folder, 'keys.log'))).toBe(false);
  });

  it('fails without it, and says why', async () => {
    expect(await outcomeOf(ask())).toEqual({
      kind: 'unavailable',
      code: 'registered-flavors.keystone.unavailable',
      detail: expect.stringContaining('Keystone cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)'),
    });
  });
});
