import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { LogOutput, type LostLines } from '../../src/log-output';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A stdout that can fail as a disk does, and stall as a pipe does whose reader does not read. */
class Target extends Writable {
  text = '';
  fails: string | undefined;
  isRead = true;
  private goOn: (() => void) | undefined;

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(chunk: string, _encoding: string, done: (error?: Error) => void): void {
    const finish = () => {
      if (this.fails === undefined) this.text += chunk;
      done(this.fails === undefined ? undefined : Object.assign(new Error('cannot write'), { code: this.fails }));
    };
    if (this.isRead) finish();
    else this.goOn = finish;
  }

  /** Takes more after an error, as process.stdout does. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    done(error);
    (this as unknown as { _undestroy: () => void })._undestroy();
  }

  async isReadAgain(): Promise<void> {
    this.isRead = true;
    this.goOn?.();
    while (this.writableLength > 0) await turn();
    await turn();
  }
}

function outputTo(target: Target) {
  const told: LostLines[] = [];
  const output: LogOutput = new LogOutput(target, (lost) => {
    told.push(lost);
    output.write(`lost ${lost.lines}: ${lost.reason}\n`);
  });
  const log = async (...lines: string[]) => {
    for (const line of lines) output.write(`${line}\n`);
    await turn(); // they get out
    await turn(); // and so does what is said of them
  };
  return { output, told, log };
}

describe('the output of the log', () => {
  it('goes on after a failure, and says then how many lines are missing, in a line of its own', async () => {
    const target = new Target();
    const { output, told, log } = outputTo(target);
    await log('a');
    target.fails = 'ENOSPC';
    await log('b');
    await log('c');
    target.fails = undefined;
    await log('d');
    await log('e');
    expect(target.text).toBe('a\n\nd\nlost 2: ENOSPC\ne\n'); // the empty line ends what the disk took of "b"
    expect([output.lost, told]).toEqual([2, [{ lines: 2, reason: 'ENOSPC' }]]);
  });

  it('counts again what it could not say', async () => {
    const target = new Target();
    const { output, log } = outputTo(target);
    target.fails = 'ENOSPC';
    await log('a', 'b');
    target.fails = undefined;
    output.write('c\n');
    output.flush();
    target.fails = 'EIO'; // by the time that it says so
    await turn();
    target.fails = undefined;
    await log('d');
    expect(target.text).toBe('\nc\n\nd\nlost 3: EIO\n');
  });

  it('keeps little for a reader who does not read, and goes on when he does', async () => {
    const target = new Target();
    const { output, told, log } = outputTo(target);
    target.isRead = false;
    const line = 'x'.repeat(1023);
    await log(...Array<string>(5000).fill(line));
    expect(target.writableLength).toBeLessThan(1024 * 1024 + 2 * 1024);
    const { lost } = output;
    expect(lost).toBeGreaterThan(3900);
    await target.isReadAgain();
    await log('z');
    expect(target.text.slice(-50)).toMatch(/x\nlost \d+: nobody reads it\nz\n$/);
    expect([output.lost, told]).toEqual([lost, [{ lines: lost, reason: 'nobody reads it' }]]);
  });

  it('tries again when what was waiting has failed', async () => {
    const target = new Target();
    const { told, log } = outputTo(target);
    target.isRead = false;
    await log(...Array<string>(5000).fill('x'.repeat(1023)));
    target.fails = 'EPIPE';
    await target.isReadAgain();
    await log('y');
    target.fails = undefined;
    await log('z');
    expect([target.text, told]).toEqual([`\nz\nlost 5001: EPIPE\n`, [{ lines: 5001, reason: 'EPIPE' }]]);
  });

  it('hands on together what is logged in one iteration of the event loop, or at once at the end of the process', async () => {
    const target = new Target();
    const { output } = outputTo(target);
    output.write('a\n');
    output.write('b\n');
    expect(target.text).toBe('');
    await turn();
    expect(target.text).toBe('a\nb\n');
    output.write('c\n');
    output.flush();
    expect(target.text).toBe('a\nb\nc\n');
    await turn();
    expect(target.text).toBe('a\nb\nc\n');
  });

  it('loses nothing of very many lines in one iteration to somebody who reads', async () => {
    const target = new Target();
    const { output } = outputTo(target);
    for (let line = 0; line < 10_000; line += 1) output.write(`${'x'.repeat(200)}\n`);
    await turn();
    expect([output.lost, target.text.length]).toEqual([0, 2_010_000]);
  });
});

describe('the output of the log into a file', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'log-output-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The file may have 64 KiB; what does not fit is lost, and then there is room again. */
  const PROGRAM = `
    require('./tests/support/run-typescript.cjs');
    const { LogFile } = require('./src/log-file');
    const { LogOutput } = require('./src/log-output');
    const { ftruncateSync, readFileSync, openSync } = require('node:fs');
    const file = openSync(process.argv[1], 'a');
    const told = [];
    const output = new LogOutput(new LogFile(file), ({ lines }) => { told.push(lines); output.writeLine('lost ' + lines + '\\n'); });
    const write = (count) => { for (let at = 0; at < count; at += 1) output.writeLine('x'.repeat(99) + '\\n'); };
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    void (async () => {
      write(600); await turn(); write(600); await turn(); await turn();
      const first = readFileSync(process.argv[1], 'utf8');
      ftruncateSync(file);
      write(2); await turn(); await turn(); await turn();
      console.log(JSON.stringify({ whole: first.split('\\n').length - 1, lost: output.lost, told }));
    })();`;

  it('counts the lines of which a disk took only the beginning, and glues no other to that', () => {
    const file = path.join(folder, 'log');
    // Linux then takes what fits, as a disk does that is nearly full, and refuses the rest.
    const limited = `trap '' XFSZ; ulimit -f 64; exec "$0" -e "$1" "$2"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', limited, process.execPath, PROGRAM, file], {
      encoding: 'utf8',
    });
    const { whole, lost, told } = JSON.parse(stdout || stderr) as { whole: number; lost: number; told: number[] };

    expect([whole, lost, told]).toEqual([655, 1200 - 655, [1200 - 655]]); // 64 KiB are 655 lines of 100 bytes
    expect(readFileSync(file, 'utf8')).toBe(`\n${`${'x'.repeat(99)}\n`.repeat(2)}lost 545\n`);
  });
});
