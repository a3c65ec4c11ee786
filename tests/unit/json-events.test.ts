import fc from 'fast-check';
import { HttpFault } from '../../src/http/http-fault';
import { type JsonEvents, JsonReader } from '../../src/http/json-events';

/** Puts together what the events tell of. */
class Value implements JsonEvents {
  whole: unknown;
  readonly #open: unknown[][] = [];
  readonly #kinds: string[] = [];
  readonly #names: string[] = [];

  open(kind: 'object' | 'list'): void {
    this.#open.push([]);
    this.#kinds.push(kind);
    this.#names.push('');
  }
  close(): void {
    const [items, kind] = [this.#open.pop()!, this.#kinds.pop()];
    this.#names.pop();
    this.value(kind === 'list' ? items : Object.fromEntries(items as [string, unknown][]));
  }
  name(name: string): void {
    this.#names[this.#names.length - 1] = name;
  }
  value(value: unknown): void {
    const items = this.#open.at(-1);
    if (items === undefined) this.whole = value;
    else items.push(this.#kinds.at(-1) === 'list' ? value : [this.#names.at(-1), value]);
  }
}

function read(bytes: Buffer, cuts: readonly number[] = []): unknown {
  const value = new Value();
  const reader = new JsonReader(value);
  let from = 0;
  for (const cut of [...cuts.filter((each) => each <= bytes.length).sort((a, b) => a - b), bytes.length]) {
    reader.write(bytes.subarray(from, cut));
    from = cut;
  }
  reader.end();
  return value.whole;
}

function refusal(text: string | Buffer, cuts?: readonly number[]): string | undefined {
  try {
    read(Buffer.from(text), cuts);
    return undefined;
  } catch (error) {
    if (error instanceof HttpFault) return error.problems[0]?.detail;
    throw error;
  }
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

const cuts = fc.array(fc.nat(80), { maxLength: 20 });
const jsonText = fc.oneof(
  fc.json(),
  fc.jsonValue().map((value) => JSON.stringify(value, null, 2)),
  fc.json({ stringUnit: 'binary' }),
);

describe('the events of a JSON text', () => {
  it('tell of all that it says, in whatever parts it comes', () => {
    fc.assert(
      fc.property(jsonText, cuts, (text, at) => {
        expect(read(Buffer.from(text), at)).toEqual(parsed(text)?.value);
      }),
      { numRuns: 500 },
    );
  });

  it('come of JSON only', () => {
    const characters = [...'{}[]:,"\\0123456789.eE+-truefalsn \n\t\u0000\u001fü\ufeff'];
    const edited = fc
      .tuple(jsonText, fc.array(fc.tuple(fc.nat(60), fc.nat(2), fc.constantFrom(...characters)), { maxLength: 3 }))
      .map(([text, edits]) =>
        edits.reduce((each, [at, drop, put]) => each.slice(0, at) + put + each.slice(at + drop), text),
      );
    const junk = fc.array(fc.constantFrom(...characters, 'true', '"a"', '1')).map((tokens) => tokens.join(''));
    fc.assert(
      fc.property(fc.oneof(edited, junk), cuts, (text, at) => {
        const bytes = Buffer.from(text); // a lone surrogate is no UTF-8
        const expected = parsed(bytes.toString().replace(/^\ufeff/, ''));
        if (expected === undefined) expect(refusal(bytes, at)).toMatch(/^The body is not JSON( \(line |: it ends)/);
        else expect(read(bytes, at)).toEqual(expected.value);
      }),
      { numRuns: 3000 },
    );
  });

  it.each<[string, string]>([
    ['', 'The body is not JSON: it ends too early.'],
    ['{"a": [1, 2', 'The body is not JSON: it ends too early.'],
    ['"no end', 'The body is not JSON: it ends too early.'],
    ['{"a": [1,]}', 'The body is not JSON (line 1, column 10).'],
    ['{\n  "a": 1\n  "b": 2\n}', 'The body is not JSON (line 3, column 3).'],
    ['[1]\n\n 7', 'The body is not JSON (line 3, column 2).'],
    ['["a\nb"]', 'The body is not JSON (line 1, column 4).'],
    ['[1, nul]', 'The body is not JSON (line 1, column 8).'],
    ['{\n\n"a": "long enough to be cut" "b"}', 'The body is not JSON (line 3, column 30).'],
  ])('of %j do not come to an end: %s', (text, detail) => {
    for (let size = 1; size <= text.length + 1; size += 1) {
      const at = Array.from({ length: Math.floor(text.length / size) }, (_, index) => (index + 1) * size);
      expect([size, refusal(text, at)]).toEqual([size, detail]);
    }
  });

  it('come behind a byte order mark, and of UTF-8 only', () => {
    expect(read(Buffer.from('\ufeff{"a": "ü"}'), [1, 2, 5, 11])).toEqual({ a: 'ü' });
    const wrong = '{\n"a": [1]\n,}';
    for (const text of [wrong, '[1, nul]']) {
      for (const at of [[], [1], [1, 2, 3, 4]]) expect(refusal(`\ufeff${text}`, at)).toBe(refusal(text));
    }
    expect(refusal(Buffer.from('["\xff"]', 'latin1'))).toBe('The body is not in UTF-8.');
    expect(refusal(Buffer.from('["\xc3', 'latin1'))).toBe('The body is not in UTF-8.');
  });

  it('leave no character out of a string: U+FEFF is one like any other', () => {
    const text = '["\ufeffa", "\\ufeffb", "a\ufeff", {"\ufeff": "\ufeff\ufeff"}]';
    for (const at of [[], [2], [3], [4], [2, 3, 4, 5, 6]])
      expect(read(Buffer.from(text), at)).toEqual(JSON.parse(text));
  });

  it('are bounded in what has to be held for them', () => {
    expect(refusal('['.repeat(1001))).toBe('The body has more than 1000 levels.');
    expect(refusal(`${'['.repeat(1000)}${']'.repeat(1000)}`)).toBeUndefined();
    const many = (text: string) => Array.from({ length: 40 }, (_, index) => (index + 1) * Math.floor(text.length / 40));
    for (const text of [`["${'x'.repeat(1_500_000)}`, ' '.repeat(1_500_000)]) {
      expect(refusal(text, many(text))).toBe('The body has a string, or white space, of more than 1048576 bytes.');
    }
    const long = `["${'x'.repeat(1_000_000)}"]`;
    expect(read(Buffer.from(long), many(long))).toEqual(['x'.repeat(1_000_000)]);
  });
});
