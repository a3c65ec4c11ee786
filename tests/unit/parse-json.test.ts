import fc from 'fast-check';
import { HttpFault } from '../../src/http/http-fault';
import { parseJson } from '../../src/http/parse-json';

const refusalOf = (body: string | Buffer): string | undefined => {
  try {
    parseJson(Buffer.from(body));
    return undefined;
  } catch (error) {
    if (error instanceof HttpFault && error.kind === 'malformed') return error.problems[0]?.detail;
    throw error;
  }
};

describe('parseJson', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
        expect(parseJson(Buffer.from(JSON.stringify(value, null, 2)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps what has a special name in JavaScript as what it is', () => {
    const value = parseJson(Buffer.from('{"__proto__": {"a": 1}, "constructor": 2}')) as object;
    expect([Object.keys(value), Object.getPrototypeOf(value)]).toEqual([
      ['__proto__', 'constructor'],
      Object.getPrototypeOf(JSON.parse('{}')),
    ]);
  });

  it.each([
    ['{"a": 1,', 'The body is not JSON (line 1, column 9).'],
    ['{\n  "a": 1\n  "b": 2\n}', 'The body is not JSON (line 3, column 3).'],
    ['', 'The body is not JSON: it ends too early.'],
    ['{"a": ', 'The body is not JSON: it ends too early.'],
    ["{'a': 1}", 'The body is not JSON (line 1, column 2).'],
    ['oops', 'The body is not JSON: Unexpected token \'o\', "oops" is not valid JSON.'],
    ['{"a": ["1",]}', 'The body is not JSON: Unexpected token \']\', "{"a": ["1",]}" is not valid JSON.'],
    ['"x end of JSON at position 3', 'The body is not JSON (line 1, column 29).'],
    [Buffer.from([0x22, 0xff, 0x22]), 'The body is not in UTF-8.'],
    [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'The body is not in UTF-8.'],
  ])('says where %p is wrong', (body, detail) => {
    expect(refusalOf(body)).toBe(detail);
  });

  it.each([
    ['{"a": 1, "a": 2}', 'a'],
    ['{"a": {"b": [{"c": 1, "\\u0063" : 2}]}}', 'c'],
    ['{"__proto__": 1, "__proto__": 1}', '__proto__'],
    ['{"a\\"": 1, "a\\"": 2}', 'a"'],
    ['{"\\\\": 1, "\\\\": 2}', '\\'],
    ['{"z": 1, "y": {"z": 2}, "y": 3}', 'y'],
  ])('refuses %s: JSON.parse would drop one of the two', (body, name) => {
    expect(refusalOf(body)).toBe(`The body has an attribute "${name}" twice in one object.`);
  });

  it.each([
    '[{"a": 1}, {"a": 2}]',
    '{"a": {"a": "a"}}',
    '{"a": "\\"a\\": 1", "b": ["a", ":"]}',
    '{"a": "x\\\\", "b": "a"}',
  ])('takes %s: each is once in its object', (body) => {
    expect(refusalOf(body)).toBeUndefined();
  });

  it('reads past a byte order mark', () => {
    expect(parseJson(Buffer.from('\ufeff{"a": 1}'))).toEqual({ a: 1 });
  });

  it('reads what is nested as deep as a body is long', () => {
    expect(refusalOf('['.repeat(500_000) + ']'.repeat(500_000))).toBeUndefined();
    expect(refusalOf('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))).toBeUndefined();
  });
});
