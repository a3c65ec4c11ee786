import { jsonList, jsonRegistrations } from '../../src/http/json-pieces';

async function textOf(pieces: Iterable<string> | AsyncIterable<string>): Promise<{ text: string; pieces: number }> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return { text: all.join(''), pieces: all.length };
}

describe('a list as JSON in pieces', () => {
  const items = Array.from({ length: 7 }, (_, id) => ({ id, of: ['a', '"'] }));
  const writer = (weight: number) => ({ render: (item: object) => item, weigh: () => weight });

  it.each([
    [0, 1, 1],
    [7, 1, 1],
    [7, 2500, 4],
    [6, 2500, 4],
    [7, 10_000, 8],
  ])('is one text, however it is cut: %d items of weight %d', async (count, weight, pieces) => {
    const list = items.slice(0, count);
    const links = [{ rel: 'self' }];
    expect(await textOf(jsonList('items', list, writer(weight), { links }))).toEqual({
      text: JSON.stringify({ items: list, links }),
      pieces,
    });
    expect((await textOf(jsonList('items', list, writer(weight), {}))).text).toBe(JSON.stringify({ items: list }));
  });
});

describe('all registrations as JSON in pieces', () => {
  async function* cut(...pieces: [string, string[]][][]) {
    yield* pieces;
  }

  it.each([
    [[], '{"registrations":{}}'],
    [[[]], '{"registrations":{}}'],
    [[[['a', ['1']]]], '{"registrations":{"a":["1"]}}'],
    [[[['a', ['1', '2']]], [['a', ['3']]]], '{"registrations":{"a":["1","2","3"]}}'],
    [
      [
        [
          ['a', ['1']],
          ['b', ['1']],
        ],
        [
          ['b', ['2']],
          ['constructor', ['x y']],
        ],
        [],
      ],
      '{"registrations":{"a":["1"],"b":["1","2"],"constructor":["x y"]}}',
    ],
  ] as [[string, string[]][][], string][])('are one text, however they are cut: %j', async (pieces, text) => {
    expect((await textOf(jsonRegistrations(cut(...pieces)))).text).toBe(text);
  });
});
