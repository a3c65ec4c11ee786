import fc from 'fast-check';

/** Text that has broken programs before: ours, or others. */
const NASTY_TEXTS = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  ',',
  'a,,b',
  '%',
  '%zz',
  '%00',
  '%2e%2e%2f',
  '%C3%28',
  '+',
  '&',
  '=',
  '?',
  '#',
  '"',
  "'; DROP TABLE registrations; --",
  '<script>alert(1)</script>',
  '{"a":1}',
  '[]',
  'null',
  'true',
  'NaN',
  '-1',
  '1.5',
  '1e309',
  '0x10',
  '9'.repeat(40),
  '9007199254740993',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  'é',
  'größe-日本語',
  '\u0000',
  '\u202e',
  '\ufeff',
  '\ud800',
  'a'.repeat(256),
  'a'.repeat(5000),
  '*'.repeat(40) + 'b',
  '*a'.repeat(60),
  '2026-13-45T99:99:99Z',
  'W/"*"',
  'registered-flavors 1.1',
  'compute 2.1, registered-flavors latest',
  '100-continue',
] as const;

/** More list items than any list may have, and more pairs than one request may name. */
const longLists = fc
  .tuple(fc.constantFrom(100, 101, 1000, 1001, 20_000), fc.constantFrom('a', 'redis', '1'))
  .map(([length, item]) => Array.from({ length }, (_, index) => `${item}${index}`));

/** Any text, nasty ones first. */
export const hostileTexts: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...NASTY_TEXTS), weight: 6 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 2 },
  { arbitrary: longLists.map((items) => items.join()), weight: 1 },
);

/** A part of a URL: encoded as it should be, or as it comes. */
export const hostileParts: fc.Arbitrary<string> = fc
  .tuple(hostileTexts, fc.boolean())
  .map(([text, isEncoded]) => (isEncoded ? encodeURIComponent(Buffer.from(text).toString()) : withoutLineEnds(text)));

/** A header's value: any bytes but those that would end it. */
export const hostileHeaders: fc.Arbitrary<string> = hostileTexts.map(withoutLineEnds);

/** Any JSON value, or one of those that parsers and validators fall over. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
  hostileTexts.map((text) => JSON.stringify(text)),
  longLists.map((items) => JSON.stringify(items)),
  fc.constantFrom(
    '1e400',
    '-0',
    '12345678901234567890',
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":{"a":1}}}',
    '[null,null]',
    '{"a":1,"a":2}',
    '"\\ud800"',
    '"\\u0000"',
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
    `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`,
    `"${'a'.repeat(1024 * 1024)}"`,
  ),
);

function withoutLineEnds(text: string): string {
  return text.replaceAll(/[\r\n]/g, '');
}
