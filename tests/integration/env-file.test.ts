import { readdirSync, writeFileSync } from 'node:fs';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { temporaryFolder } from '../store/temporary-folder';
import { runCommand } from '../support/command-line';
import { ServingProcess } from '../support/serving-process';
import { stubEnvironment } from '../support/stub-world';

describe('the file .env', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let stub: StubCloud;
  beforeAll(async () => (stub = await startStubCloud()));
  afterAll(() => stub.close());
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => folder.remove());
  const write = (content: string | Buffer) => writeFileSync(folder.in('.env'), content);
  const run = (...args: string[]) => runCommand(args, {}, folder.path);

  it('stops every command that reads it when a line would be lost, and its content is repeated nowhere', async () => {
    write('s3cret\nDATABSE_URL=file:s3cret.db\nOS_PASSWORD="s3cret\nOS_USERNAME=s3#cret\nPORT=1\nPORT=2\n');
    const said = [
      '.env line 1 is not NAME=value. A comment begins with #.',
      '.env line 3 (OS_PASSWORD) has a quote that nothing closes.',
      '.env line 4 (OS_USERNAME) has a # without a blank before it',
      'PORT stands in .env more than once: in lines 5, 6. Leave one.',
      'DATABSE_URL in .env line 2 is no setting: did you mean DATABASE_URL?',
    ];
    const commands = [
      ...[['serve'], ['doctor'], ['migrate'], ['migrate', '--check'], ['backup', 'b'], ['restore', 'b']],
      ['events:prune', '--before', '2026-01-31'],
    ];
    for (const args of commands) {
      const { code, stdout, stderr } = await run(...args);
      expect([args, code]).toEqual([args, args[0] === 'doctor' ? 1 : 78]);
      for (const sentence of said) expect(stdout + stderr).toContain(sentence);
      expect(stdout + stderr).not.toMatch(/s3|\n +at /);
    }
    expect(readdirSync(folder.path)).toEqual(['.env']);
  });

  it('does not keep from the registry whoever says in the environment where that is', async () => {
    write('registry\n');
    expect(await runCommand(['migrate'], { DATABASE_URL: 'file:a.db' }, folder.path)).toMatchObject({ code: 0 });
    expect(readdirSync(folder.path)).toContain('a.db');
  });

  const lines = 'DATABASE_URL=file:a.db\r\n   \r\n\t\r\n\tPORT= \r\nHOST=::1\r\n';
  it('may have a byte order mark, ends of lines of Windows, and lines of blanks', async () => {
    write(`\ufeff${lines}`);
    expect(await run('migrate')).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(folder.path)).toContain('a.db');
  });

  it.each([
    ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${lines}`, 'utf16le'), 'has NUL bytes in it, as UTF-16 has'],
    ['a NUL', Buffer.from(`${lines}A=\0`), 'has NUL bytes in it, as UTF-16 has'],
    ['Latin-1', Buffer.from(`${lines}OS_PASSWORD=pä`, 'latin1'), '.env line 6 is not UTF-8: save the file as UTF-8.'],
  ])('must be UTF-8, and not %s', async (_what, bytes, sentence) => {
    write(bytes);
    const { code, stderr } = await run('migrate');
    expect([code, stderr]).toEqual([78, expect.stringContaining(sentence)]);
    expect(stderr).not.toMatch(/\n +at /);
    expect(readdirSync(folder.path)).toEqual(['.env']);
  });

  const OF_OTHERS = [
    'POSTGRES_PASSWORD=s3cret',
    'NODE_EXTRA_CA_CERTS=/ca.pem',
    'OS_APPLICATION_CREDENTIAL_SECRET=\'"s3cret"\'',
  ];
  const WARNINGS = [
    '.env has names without an effect: NODE_EXTRA_CA_CERTS (line 2).',
    '.env has names that are no settings of this service: POSTGRES_PASSWORD (line 1).',
    'OS_APPLICATION_CREDENTIAL_SECRET begins and ends with a quote, which is taken for a part of it',
  ];

  it('may have names of others: the start and the doctor say so', async () => {
    write(OF_OTHERS.join('\n'));
    const serving = new ServingProcess(folder.path, stubEnvironment(stub));
    await serving.prints('OpenStack is there');
    serving.kill('SIGTERM');
    expect(await serving.exit).toBe(0);
    const doctor = await runCommand(['doctor'], stubEnvironment(stub), folder.path);
    expect(doctor.code).toBe(0);
    for (const warning of WARNINGS) {
      expect(serving.output.split(warning)).toHaveLength(2); // once
      expect(doctor.stdout).toContain(`WARN  settings  ${warning}`);
    }
    expect(serving.output + doctor.stdout).not.toContain('s3cret');
  });
});

describe('the environment', () => {
  it('must not have what --env-file of a container or Kubernetes put there', async () => {
    const environment = {
      OS_AUTH_URL: 'http://127.0.0.1:9/v3',
      OS_USERNAME: 'u',
      OS_PROJECT_NAME: 'service',
      OS_PASSWORD: "'pa#ss word'",
      ADMIN_ROLES: '"admin,flavor-keeper"',
      METRICS_PORT: 'tcp://10.0.0.1:9090',
    };
    const { code, stderr } = await runCommand(['serve'], environment);
    expect([code, stderr.split('\n').filter((line) => line.startsWith('  - '))]).toEqual([
      78,
      [
        expect.stringMatching(/METRICS_PORT .* Kubernetes .* Service has the name "metrics"/),
        expect.stringMatching(/ADMIN_ROLES begins with a quote .* --env-file/),
        expect.stringMatching(/OS_PASSWORD begins and ends with a quote.* --env-file/),
      ],
    ]);
    expect(stderr).not.toContain('ss word');
  });
});
