import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { type createLogger, describeError } from '../../src/logger';

const RUN_TYPESCRIPT = join(__dirname, '../support/run-typescript.cjs');
const LOGGER = join(__dirname, '../../src/logger.ts');
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/;

/** What a process of its own writes that makes a logger with these options and runs these statements. */
function output(options: Parameters<typeof createLogger>[0], statements: string): { lines: string[]; stderr: string } {
  const script = `
    const { createLogger, describeError } = require(process.argv[1]);
    const logger = createLogger(${JSON.stringify(options)});
    ${statements}`;
  const child = spawnSync(process.execPath, ['--require', RUN_TYPESCRIPT, '--eval', script, LOGGER], {
    encoding: 'utf8',
  });
  return { lines: child.stdout.split('\n').filter((line) => line !== ''), stderr: child.stderr };
}

const json = { level: 'info', format: 'json' } as const;
const text = { level: 'info', format: 'text' } as const;

describe('a JSON log', () => {
  it('has one object a line, on stdout, with the time', () => {
    const { lines, stderr } = output(
      json,
      `logger.info('listening', { url: 'http://x', port: 1 }); logger.warn('oh');`,
    );
    expect({ stderr, logged: lines.map((line) => JSON.parse(line) as unknown) }).toEqual({
      stderr: '',
      logged: [
        { level: 'info', message: 'listening', url: 'http://x', port: 1, timestamp: expect.stringMatching(TIMESTAMP) },
        { level: 'warn', message: 'oh', timestamp: expect.stringMatching(TIMESTAMP) },
      ],
    });
  });

  it.each(['process.exit(3)', 'throw new Error("a defect")'])('has the last line before %s', (end) => {
    const { lines } = output(json, `logger.info('last words'); ${end};`);
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['last words']);
  });

  it('keeps a line one line, whatever is in the fields', () => {
    const { lines } = output(json, `logger.info('asked', { path: '/a\\nb\\r"\\u2028' });`);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ message: 'asked', path: '/a\nb\r"\u2028' }),
    ]);
  });

  it('has the text and the stack of an error', () => {
    const { lines } = output(json, `logger.error('failed', describeError(new RangeError('too far')));`);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      message: 'failed',
      error: 'RangeError: too far',
      stack: expect.stringMatching(/^RangeError: too far\n {4}at /),
    });
  });

  it('carries the fields of a child logger', () => {
    const { lines } = output(json, `logger.child({ request_id: 'req-1' }).info('request', { status: 200 });`);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'request', request_id: 'req-1', status: 200 });
  });
});

describe('a text log', () => {
  it('has time, level, message and fields on a line', () => {
    const { lines, stderr } = output(
      text,
      `logger.info('listening', { url: 'http://x', port: 1, roles: ['a'], none: undefined }); logger.error('oh');`,
    );
    expect({ stderr, logged: lines.map((line) => line.replace(TIMESTAMP, 'TIME')) }).toEqual({
      stderr: '',
      logged: ['TIME INFO  listening url=http://x port=1 roles=["a"]', 'TIME ERROR oh'],
    });
  });
});

describe('a value in a text log', () => {
  /** The fields as they are written, for values that are the same in JSON and JavaScript. */
  function written(...values: unknown[]): string[] {
    const calls = values.map((value) => `logger.info('m', { f: ${JSON.stringify(value)} });`);
    return output(text, calls.join('\n')).lines.map((line) => line.replace(/^.* INFO {2}m /, ''));
  }

  it('is bare when nothing in it could be taken for something else', () => {
    const plain = ['req-1', 'http://[::1]:8788/v1/a?b=c&d', '/a%20b', "it's", 'a=b', '~!#$%^&*()', '\\'];
    expect(written(...plain)).toEqual(plain.map((value) => `f=${value}`));
  });

  it('is quoted as JSON when it is empty or has spaces, quotes, control characters or letters beyond ASCII', () => {
    const others = ['', 'two words', ' ', 'a"b', '"', 'a\tb', 'a\nb', 'a\r\nb', 'a\0b', '\u001b[2J', '\u007f'];
    const beyond = ['ä', 'a\u00a0b', '\u0085', '\u009b2J', '\u2028', '\u202e', '😀', '\ufeff'];
    const lines = written(...others, ...beyond);
    expect(lines.filter((line) => !/^f=".*"$/s.test(line))).toEqual([]);
    expect(lines.map((line) => JSON.parse(line.slice('f='.length)) as unknown)).toEqual([...others, ...beyond]);
  });

  it('is JSON when it is no text', () => {
    expect(written(1, true, null, ['a b', 'c'], { d: 'e f' })).toEqual([
      'f=1',
      'f=true',
      'f=null',
      'f=["a b","c"]',
      'f={"d":"e f"}',
    ]);
  });

  it('cannot forge another field or another line', () => {
    const forged = ['x status=200', '"x" status=200', 'x\n2026-01-01T00:00:00.000Z INFO  listening', 'x\rlistening'];
    const lines = written(...forged);
    expect(lines).toHaveLength(forged.length);
    expect(lines.map((line) => JSON.parse(line.replace(/^f=/, '')) as unknown)).toEqual(forged);
  });

  it('is one field of one line, whatever the text is', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...' "=\\\n\r\tf\u2028') }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 50, maxLength: 100 }), (values) => {
        const lines = written(...values);
        const read = lines.map((line) => {
          const said = line.slice('f='.length);
          return said.startsWith('"') ? (JSON.parse(said) as unknown) : said;
        });
        expect(read).toEqual(values);
        expect(lines.filter((line) => !line.startsWith('f="') && /[^\x21-\x7e]/.test(line))).toEqual([]);
      }),
      { numRuns: 5 },
    );
  });
});

describe('the level', () => {
  it.each([
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ])('%s lets through %s', (level, expected) => {
    const calls = `for (const level of ['error', 'warn', 'info', 'debug']) logger[level](level);`;
    const messages = output({ level, format: 'json' }, calls).lines.map(
      (line) => (JSON.parse(line) as { message: string }).message,
    );
    expect(messages).toEqual(expected);
  });
});

describe('describeError', () => {
  it.each([
    ['a text', 'oh', 'oh'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
  ])('also describes %s, which has no stack', (_, thrown, error) => {
    expect(describeError(thrown)).toEqual({ error, stack: undefined });
  });

  it('takes nothing of an error but name, text and stack: what else hangs on it may be a token', () => {
    const error = Object.assign(new Error('answered 401'), { config: { headers: { 'X-Auth-Token': 'a-token' } } });
    expect(JSON.stringify(describeError(error))).not.toContain('a-token');
  });
});
