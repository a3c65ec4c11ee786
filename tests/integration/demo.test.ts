import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const RUN_TYPESCRIPT = path.join(ROOT, 'tests', 'support', 'run-typescript.cjs');
const CHAPTERS = [
  '1. What is there',
  '2. The admin registers flavors',
  '3. Who wants a database asks which flavors fit',
  '4. Nova loses a registered flavor',
  '5. What wrong input gets',
  '6. Nova goes down',
  '7. In the end',
];

/** The command line in a process of its own. */
class CommandLine {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown[]>;

  constructor(argv: readonly string[], options: { tmp: string; preload?: readonly string[] }) {
    const preload = [RUN_TYPESCRIPT, ...(options.preload ?? [])].flatMap((file) => ['--require', file]);
    this.#child = spawn(process.execPath, [...preload, path.join(ROOT, 'src', 'main.ts'), ...argv], {
      cwd: options.tmp,
      env: { ...process.env, TMPDIR: options.tmp },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#gone = once(this.#child, 'close');
  }

  /** @returns the exit code, or the signal that ended it */
  async ended(): Promise<unknown> {
    const [code, signal] = await this.#gone;
    return code ?? signal;
  }

  async prints(text: string): Promise<void> {
    const isOver = this.#gone.then(() => 'over');
    while (!this.stdout.includes(text)) {
      const more = await Promise.race([once(this.#child.stdout!, 'data'), isOver]);
      if (more === 'over') throw new Error(`it ended without printing "${text}":\n${this.stdout}\n${this.stderr}`);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#gone;
  }
}

/** The shell's part: sets what `export` lines set, and sends what `curl` lines ask for. */
async function runAsPrinted(lines: readonly string[]): Promise<{ line: string; status: number; body: string }[]> {
  const exported = lines.flatMap((line) => /^export (\w+)=(\S+)$/.exec(line)?.slice(1, 3) ?? []);
  const valueOf = (variable: string) => exported[exported.indexOf(variable) + 1]!;
  const answers = [];
  for (const curl of lines.filter((line) => line.startsWith('curl '))) {
    const { method, header, variable, url } = readCurl(curl);
    const headers = header === undefined ? {} : { [header]: valueOf(variable!) };
    const response = await fetch(url, { method, headers: { ...headers, Connection: 'close' } });
    const line = `${method} ${variable ?? '-'} ${new URL(url).pathname}`;
    answers.push({ line, status: response.status, body: await response.text() });
  }
  return answers;
}

function readCurl(line: string): { method: string; url: string; header?: string; variable?: string } {
  const form =
    /^curl -iw '\\n'( -X (?<method>[A-Z]+))?( -H "(?<header>[\w-]+): \$(?<variable>\w+)")? (?<url>http:\S+)$/;
  const { method = 'GET', url, ...header } = form.exec(line)?.groups ?? {};
  if (url === undefined) throw new Error(`not a curl line that this test understands: ${line}`);
  return { method, url, ...header };
}

function originIn(output: string): string {
  const url = /^ +service +(http:\S+)/m.exec(output)?.[1];
  if (url === undefined) throw new Error('the demo does not say where the service is');
  return url;
}

/** Listens on the port, unless somebody does already. */
async function occupy(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve());
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return server;
}

// Each case starts a process that first translates all of the source.
describe('the command line', () => {
  let tmp: string;
  let started: CommandLine[];

  function start(argv: readonly string[], preload: readonly string[] = []): CommandLine {
    const command = new CommandLine(argv, { tmp, preload });
    started.push(command);
    return command;
  }

  beforeEach(() => {
    tmp = mkdtempSync(path.join(os.tmpdir(), 'demo-test-'));
    started = [];
  });

  afterEach(async () => {
    await Promise.all(started.map((command) => command.kill()));
    rmSync(tmp, { recursive: true, force: true });
  });

  describe('demo --once', () => {
    it('plays every chapter, ends with 0 and leaves nothing behind', async () => {
      const demo = start(['demo', '--once']);
      expect({ code: await demo.ended(), stderr: demo.stderr }).toEqual({ code: 0, stderr: '' });
      const lines = demo.stdout.split('\n');
      expect({
        chapters: lines.filter((line) => /^\d\. /.test(line)),
        colors: demo.stdout.includes('\u001B'),
        tooWide: lines.filter((line) => line.length > 80),
        left: readdirSync(tmp),
      }).toEqual({ chapters: CHAPTERS, colors: false, tooWide: [], left: [] });
      expect(demo.stdout).toMatch(/All 21 answers were as they should be\./);
    });

    it('takes a free port when the usual one is taken', async () => {
      const other = await occupy(8788);
      try {
        const demo = start(['demo', '--once']);
        expect(await demo.ended()).toBe(0);
        expect(new URL(originIn(demo.stdout)).port).not.toBe('8788');
        expect(demo.stdout).toContain('(port 8788 is taken)');
      } finally {
        other.close();
      }
    });

    it.each([
      ['another status', '403', "new Response('{}', { status: 200 })", 'the status is wrong'],
      ['another content', '404', "new Response('{}', { status: 404 })", 'the answer is wrong'],
    ])('says so and ends with 1 when the service gives %s', async (_what, status, instead, complaint) => {
      const liar = path.join(tmp, 'liar.cjs');
      writeFileSync(
        liar,
        `const real = fetch;
         globalThis.fetch = async (...call) => {
           const response = await real(...call);
           return response.status === ${status} ? ${instead} : response;
         };`,
      );
      const demo = start(['demo', '--once'], [liar]);
      expect(await demo.ended()).toBe(1);
      expect(demo.stderr).toContain('The demo stops: the service did something else than told.');
      expect(demo.stderr).toContain(complaint);
      expect(readdirSync(tmp)).toEqual(['liar.cjs']);
    });
  });

  describe('demo', () => {
    it.each(['SIGINT', 'SIGTERM'] as const)('stays up for its curl lines until %s', async (signal) => {
      const demo = start(['demo']);
      await demo.prints('Ctrl-C ends it.');
      const answers = await runAsPrinted(demo.stdout.split('\n'));
      expect(answers.map(({ line, status }) => `${status} ${line}`)).toEqual([
        '200 GET TENANT_TOKEN /RegisteredFlavors/redis,mysql',
        '200 GET ADMIN_TOKEN /RegisteredFlavors/redis,mysql',
        '201 POST ADMIN_TOKEN /RegisteredFlavors/redis/db.redis.medium',
        '200 DELETE ADMIN_TOKEN /RegisteredFlavors/redis/db.redis.medium',
        '200 GET - /healthcheck',
        '200 GET - /openapi.json',
      ]);
      expect(answers.map(({ body }) => body.includes('priv-none'))).toEqual([false, true, false, false, false, false]);
      demo.signal(signal);
      expect({
        code: await demo.ended(),
        stderr: demo.stderr,
        left: readdirSync(tmp),
      }).toEqual({ code: 0, stderr: '', left: [] });
    });

    it('ends just as well in the middle of the story', async () => {
      const demo = start(['demo']);
      await demo.prints(CHAPTERS[0]!);
      demo.signal('SIGINT');
      expect({ code: await demo.ended(), left: readdirSync(tmp) }).toEqual({ code: 0, left: [] });
      expect(demo.stdout).not.toContain('curl');
    });
  });

  it.each([[['dance']], [['demo', '--twice']], [['serve', 'now']]])(
    'does not know %j and says what it knows',
    async (argv) => {
      const command = start(argv);
      expect(await command.ended()).toBe(2);
      expect(command.stdout).toBe('');
      const known = command.stderr
        .trimEnd()
        .split('\n')
        .slice(1) // what is not known
        .map((line) => /registered-flavors (\S+)/.exec(line)?.[1]);
      expect(known).toEqual([
        ...['[serve]', 'doctor', 'migrate', 'migrate', 'backup', 'restore', 'events:prune', 'demo', 'demo', '--help,'],
      ]);
    },
  );
});
