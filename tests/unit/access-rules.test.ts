import fc from 'fast-check';
import { isAllowedBy as isAllowedInTurns } from '../../src/http/access-rules';
import type { AccessRule } from '../../src/registrations/caller';

const rule = (path: string, method = 'GET', service = 'registered-flavors'): AccessRule => ({ service, method, path });

const isAllowedBy = (rules: readonly AccessRule[], method: string, path: string): Promise<boolean> =>
  isAllowedInTurns(rules, { method, path }, () => undefined);

/** Whether a rule with this path pattern allows a GET of the path. */
const matches = (pattern: string, path: string): Promise<boolean> => isAllowedBy([rule(pattern)], 'GET', path);

describe('a path pattern', () => {
  it.each([
    // literals
    ['/RegisteredFlavors/dbaas', '/RegisteredFlavors/dbaas', true],
    ['/RegisteredFlavors/dbaas', '/RegisteredFlavors/dbaas/', false],
    ['/RegisteredFlavors/dbaas', '/RegisteredFlavors/dbaa', false],
    ['/RegisteredFlavors/dbaas', '/v1/RegisteredFlavors/dbaas', false],
    ['/RegisteredFlavors/dbaas', '/registeredflavors/dbaas', false],
    ['/', '/', true],
    ['/', '', false],
    ['', '', true],
    ['', '/', false],

    // * and {tag}: one part of a segment that is not empty
    ['/RegisteredFlavors/*', '/RegisteredFlavors/dbaas', true],
    ['/RegisteredFlavors/*', '/RegisteredFlavors/d', true],
    ['/RegisteredFlavors/*', '/RegisteredFlavors/', false],
    ['/RegisteredFlavors/*', '/RegisteredFlavors', false],
    ['/RegisteredFlavors/*', '/RegisteredFlavors/dbaas/1', false],
    ['/RegisteredFlavors/*', '/RegisteredFlavors/dbaas/', false],
    ['/RegisteredFlavors/*', '/RegisteredFlavors/dbaas,caching', true],
    ['/RegisteredFlavors/*', '/RegisteredFlavors/%2F', true],
    ['/RegisteredFlavors/*/1', '/RegisteredFlavors//1', false],
    ['/RegisteredFlavors/db*', '/RegisteredFlavors/dbaas', true],
    ['/RegisteredFlavors/db*', '/RegisteredFlavors/db', false],
    ['/RegisteredFlavors/*as', '/RegisteredFlavors/dbaas', true],
    ['/RegisteredFlavors/*as', '/RegisteredFlavors/as', false],
    ['/RegisteredFlavors/d*s/1', '/RegisteredFlavors/dbaas/1', true],
    ['/RegisteredFlavors/{serviceTypes}', '/RegisteredFlavors/dbaas', true],
    ['/RegisteredFlavors/{serviceTypes}', '/RegisteredFlavors/', false],
    ['/RegisteredFlavors/{serviceTypes}', '/RegisteredFlavors/dbaas/1', false],
    ['/RegisteredFlavors/{serviceTypes}/{flavorIDs}', '/RegisteredFlavors/dbaas/1', true],
    ['/RegisteredFlavors/{serviceTypes}/*', '/RegisteredFlavors/dbaas/1', true],
    ['/RegisteredFlavors/{serviceTypes}/*', '/RegisteredFlavors/dbaas', false],
    ['/RegisteredFlavors/{a}{b}', '/RegisteredFlavors/ab', true],
    ['/RegisteredFlavors/{a}{b}', '/RegisteredFlavors/a', false],
    ['/RegisteredFlavors/{}', '/RegisteredFlavors/dbaas', true],
    ['/RegisteredFlavors/{}', '/RegisteredFlavors/', false],
    ['/RegisteredFlavors/{a/b}', '/RegisteredFlavors/dbaas', true],
    ['/RegisteredFlavors/{a/b}', '/RegisteredFlavors/dbaas/1', false],
    ['/RegisteredFlavors/{**}', '/RegisteredFlavors/dbaas/1', false],
    ['/RegisteredFlavors/{a{b}', '/RegisteredFlavors/dbaas', true],

    // **: anything, slashes and nothing included
    ['/RegisteredFlavors/**', '/RegisteredFlavors/dbaas', true],
    ['/RegisteredFlavors/**', '/RegisteredFlavors/dbaas/1', true],
    ['/RegisteredFlavors/**', '/RegisteredFlavors/', true],
    ['/RegisteredFlavors/**', '/RegisteredFlavors', false],
    ['/RegisteredFlavors**', '/RegisteredFlavors', true],
    ['/**/1', '/RegisteredFlavors/dbaas/1', true],
    ['/**/1', '//1', true],
    ['/**/1', '/1', false],
    ['/**/1', '/RegisteredFlavors/dbaas/12', false],
    ['/**as/**', '/RegisteredFlavors/dbaas/1', true],
    ['**', '/RegisteredFlavors/dbaas/1', true],
    ['**', '', true],

    // one behind the other: pairs are taken from the left
    ['/***', '/', false],
    ['/***', '/a', true],
    ['/***', '/a/b/c', true],
    ['/***', '/a/b/', false],
    ['/****', '/', true],
    ['/****', '/a/b/', true],
    ['/*{a}', '/a', false],
    ['/*{a}', '/ab', true],
    ['/{a}**', '/a/b', true],
    ['/{a}**', '//b', false],
  ])('%j says of %j: %j', async (pattern, path, expected) => {
    expect(await matches(pattern, path)).toBe(expected);
  });

  it.each([...'.?+^$|()[]\\'])(
    'takes %s, which means something in a regular expression, for itself',
    async (character) => {
      expect({
        itself: await matches(`/a${character}b`, `/a${character}b`),
        another: await matches(`/a${character}b`, '/axb'),
        none: await matches(`/a${character}b`, '/ab'),
        repeated: await matches(`/a${character}b`, '/aab'),
        half: await matches(`/a${character}b`, '/a'),
      }).toEqual({ itself: true, another: false, none: false, repeated: false, half: false });
    },
  );

  it('takes pieces of regular expressions for themselves, too', async () => {
    expect([
      await matches('/[a-z]', '/b'),
      await matches('/(a|b)', '/b'),
      await matches('/a|/b', '/b'),
      await matches('/\\d', '/7'),
      await matches('/b1.small', '/b1xsmall'),
      await matches('/b1.small', '/b1.small'),
    ]).toEqual([false, false, false, false, false, true]);
  });

  it('takes a brace that has no partner for itself', async () => {
    expect([
      await matches('/a{', '/a{'),
      await matches('/a{', '/a'),
      await matches('/a}', '/a}'),
      await matches('/a}', '/ab'),
    ]).toEqual([true, false, true, false]);
  });

  it.each([
    ['/RegisteredFlavors/dbaas/a,b', '/RegisteredFlavors/dbaas/a%2Cb', false],
    ['/RegisteredFlavors/dbaas/a%2Cb', '/RegisteredFlavors/dbaas/a%2Cb', true],
    ['/RegisteredFlavors/dbaas/a%2Cb', '/RegisteredFlavors/dbaas/a,b', false],
    ['/RegisteredFlavors/dbaas/a%2Cb', '/RegisteredFlavors/dbaas/a%2cb', false],
    ['/RegisteredFlavors/dbaas', '/RegisteredFlavors/d%62aas', false],
    ['/RegisteredFlavors/%2A', '/RegisteredFlavors/dbaas', false],
    ['/RegisteredFlavors/*', '/RegisteredFlavors/dbaas%2F1', true],
    ['/RegisteredFlavors/*/1', '/RegisteredFlavors/dbaas%2F1', false],
  ])(
    'is compared with the path as it was sent, percent-encoded or not: %j with %j is %j',
    async (pattern, path, expected) => {
      expect(await matches(pattern, path)).toBe(expected);
    },
  );
});

describe('access rules', () => {
  const PATH = '/RegisteredFlavors/dbaas/1';

  it('that are none allow nothing', async () => {
    const refused = ['/', PATH, ''].map((path) => isAllowedBy([], 'GET', path));
    expect(await Promise.all(refused)).toEqual([false, false, false]);
  });

  it.each(['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH'])(
    'for %s allow that method and no other',
    async (method) => {
      const allowed: string[] = [];
      for (const each of ['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH', 'get', 'head', '']) {
        if (await isAllowedBy([rule('/**', method)], each, PATH)) allowed.push(each);
      }
      expect(allowed).toEqual([method]);
    },
  );

  it.each(['compute', 'registered-flavors-2', 'registered', 'Registered-Flavors', '*', '**', '{service}', ''])(
    'for the service type "%s" are about something else',
    async (service) => {
      expect(await isAllowedBy([rule('/**', 'GET', service)], 'GET', PATH)).toBe(false);
    },
  );

  it('allow what one of them allows, wherever it stands', async () => {
    const right = rule('/RegisteredFlavors/*/1');
    const wrong = [rule('/RegisteredFlavors/*'), rule('/**', 'POST'), rule('/**', 'GET', 'compute')];
    expect([
      await isAllowedBy(wrong, 'GET', PATH),
      await isAllowedBy([right, ...wrong], 'GET', PATH),
      await isAllowedBy([...wrong, right], 'GET', PATH),
    ]).toEqual([false, true, true]);
  });

  it('are each taken as a whole: method of one, path of another is not allowed', async () => {
    const rules = [rule('/RegisteredFlavors/*', 'GET'), rule('/RegisteredFlavors/*/*', 'POST')];
    expect(
      await Promise.all([
        isAllowedBy(rules, 'GET', PATH),
        isAllowedBy(rules, 'POST', PATH),
        isAllowedBy(rules, 'POST', '/RegisteredFlavors/dbaas'),
      ]),
    ).toEqual([false, true, false]);
  });
});

describe('compared with keystonemiddleware', () => {
  /** Its `_path_matches` (auth_token/__init__.py), with the same regular expressions. */
  function pathMatches(requestPath: string, pathPattern: string): boolean {
    const tokens = /(\{[^}]*\})|(\*(?=$|[^*]))|(\*\*)|([^{}*])/g;
    const source = [...pathPattern.matchAll(tokens)].map(([, tag, wild, recursive, literal = '']) => {
      if (tag !== undefined || wild !== undefined) return '[^/]+';
      return recursive !== undefined ? '.*' : literal;
    });
    return new RegExp(`^${source.join('')}$`).test(requestPath);
  }

  const literal = fc.constantFrom('/', '/', 'a', 'a', 'b', '-', '_', ',', '7', '%2F');
  const wildcard = fc.constantFrom('*', '*', '**', '{a}', '{}', '{a/b}', '{*}');
  const text = fc.array(literal, { maxLength: 4 }).map((parts) => parts.join(''));
  /** A path that was made along a pattern: a piece of text for each wildcard, which may or may not fit. */
  const pieces = fc.array(
    fc.oneof(
      { weight: 2, arbitrary: literal.map((same) => ({ pattern: same, path: same })) },
      { weight: 1, arbitrary: fc.record({ pattern: wildcard, path: text }) },
    ),
    { maxLength: 8 },
  );
  const along = pieces.map((parts) => ({
    pattern: parts.map(({ pattern }) => pattern).join(''),
    path: parts.map(({ path }) => path).join(''),
  }));
  const unrelated = fc.record({
    pattern: fc.array(fc.oneof(literal, wildcard), { maxLength: 8 }).map((parts) => parts.join('')),
    path: text,
  });

  it('means the same by a pattern without characters that are special in a regular expression', async () => {
    const seen = { allowed: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.oneof(along, unrelated), async ({ pattern, path }) => {
        const expected = pathMatches(path, pattern);
        seen[expected ? 'allowed' : 'refused'] += 1;
        expect(await matches(pattern, path)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
    // both answers were asked for often enough to mean something
    expect(Math.min(seen.allowed, seen.refused)).toBeGreaterThan(200);
  });
});

describe('a pattern made to take for ever', () => {
  const PATH = `/${'a'.repeat(48_000)}`;

  /** Processor time of this process, so that others on the machine do not count. */
  async function millisecondsOf(act: () => Promise<void>): Promise<number> {
    const before = process.cpuUsage();
    await act();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }

  it.each([
    ['** with letters in between', `/${'**a'.repeat(60)}b`],
    ['** alone', `/${'**'.repeat(60)}b`],
    ['* with letters in between', `/${'*a'.repeat(60)}b`],
    ['tags', `/${[...'abcdefghijklmnopqrstuvwxyz'].map((name) => `{${name}}`).join('')}/`],
    ['tags and ** in turn', `/${'{a}**'.repeat(37)}/b`],
  ])('comes back soon, with no: %s', async (_, pattern) => {
    const took = await millisecondsOf(async () => expect(await matches(pattern, PATH)).toBe(false));
    expect(took).toBeLessThan(2000);
  });

  it('comes back soon, with yes', async () => {
    const took = await millisecondsOf(async () => expect(await matches(`/${'**a'.repeat(60)}`, PATH)).toBe(true));
    expect(took).toBeLessThan(2000);
  });

  it('comes back soon also when there are a thousand of it', async () => {
    const path = `/${'*a'.repeat(111)}b`;
    const rules = Array.from({ length: 1000 }, () => ({ service: 'registered-flavors', method: 'GET', path }));
    const took = await millisecondsOf(async () => expect(await isAllowedBy(rules, 'GET', PATH)).toBe(false));
    expect(took).toBeLessThan(2000);
  });

  it('lets others have their turn meanwhile', async () => {
    let turns = 0;
    const nextTurn = (): undefined => void (turns += 1);
    await isAllowedInTurns([rule(`/${'**a'.repeat(60)}b`)], { method: 'GET', path: PATH }, nextTurn);
    expect(turns).toBeGreaterThan(25);
  });
});
