import { MAX_PAIRS } from '../../src/registrations/pair-limit';
import { numbered, pairs, provenance, flavors as acceptedFlavors } from '../store/examples';
import { callOf, type Domain, inNova, MEMBER, openDomain, refusalOf } from './support/registry';

let domain: Domain;
beforeEach(async () => {
  domain = await openDomain(['1', '2', '3'].map((id) => inNova(id)));
  await domain.declare({ redis: ['1', '2'], mysql: ['1'] });
});
afterEach(() => domain.close());

const EVERYTHING = { isEverything: true, expected: 'any' } as const;
/** The client expects what stands at this moment. */
const asItIs = (): (() => Promise<number | undefined>) => {
  const { store } = domain.ports;
  const seen = domain.pairs().join();
  return async () => (domain.pairs().join() === seen ? store.version() : undefined);
};

describe('a declaration', () => {
  it('of some service types leaves the others as they are', async () => {
    expect(await domain.declare({ redis: ['3', '2', '3'] })).toMatchObject({
      ...{ registered: pairs('redis 3'), deregistered: pairs('redis 1'), unchanged: 1 },
    });
    expect(domain.pairs()).toEqual(['mysql 1', 'redis 2', 'redis 3']);
  });

  it('of everything empties what it does not name', async () => {
    expect(await domain.declare({ redis: ['1'], vertica: ['2'] }, EVERYTHING)).toMatchObject({
      ...{ registered: pairs('vertica 2'), deregistered: pairs('mysql 1', 'redis 2'), unchanged: 1 },
    });
    expect(domain.pairs()).toEqual(['redis 1', 'vertica 2']);
  });

  it('is done with who did it, when and with which request', async () => {
    domain.clock.passes(60);
    const call = callOf(['admin'], { requestId: 'req-of-it', inboundGlobalRequestId: 'req-of-the-client' });
    await domain.declare({ vertica: ['3'] }, {}, call);
    expect(domain.standing().registrations.at(-1)).toEqual({
      ...{ serviceType: 'vertica', flavorId: '3', userId: 'u-1', projectId: 'p-1', requestId: 'req-of-it' },
      ...{ globalRequestId: 'req-of-the-client', at: domain.clock.now() },
    });
  });

  it('that is a preview says what it would do, and does nothing', async () => {
    const before = domain.pairs();
    expect(await domain.declare({ redis: ['3'] }, { isPreview: true })).toMatchObject({
      ...{ registered: pairs('redis 3'), deregistered: pairs('redis 1', 'redis 2'), unchanged: 0 },
    });
    expect(domain.pairs()).toEqual(before);
  });

  it('asks Nova for what is new in it, once for each flavor, and for nothing else', async () => {
    const before = domain.nova.requests.length;
    await domain.declare({ redis: ['1', '2', '3'], vertica: ['3'] });
    expect(domain.nova.requests.slice(before).map(({ target }) => target)).toEqual(['/v2.1/flavors/3']);
  });

  it('that brings nothing new works without Nova', async () => {
    await domain.nova.stops();
    await domain.declare({ redis: ['1'] });
    expect(domain.pairs()).toEqual(['mysql 1', 'redis 1']);
  });

  it('names each new flavor that Nova does not have, with the types that it would be new for', async () => {
    domain.nova.remove('1'); // registered for redis and mysql, and may stay so
    const before = domain.pairs();
    const refused = domain.declare({ redis: ['1', '2', 'x', '3'], mysql: ['1', 'x'], vertica: ['1'] });
    expect(await refusalOf(refused)).toEqual({
      kind: 'invalid input',
      problems: [
        ['x', 'mysql, redis'],
        ['1', 'vertica'],
      ].map(([id, types]) => ({
        code: 'registered-flavors.flavor.unknown',
        detail: `Nova has no flavor with the ID "${id}", which would be new for ${types}. Nothing was changed.`,
      })),
    });
    expect(domain.pairs()).toEqual(before);
  });

  it('is for admins only', async () => {
    expect((await refusalOf(domain.declare({}, EVERYTHING, MEMBER))).kind).toBe('forbidden');
    expect(domain.pairs()).toHaveLength(3);
  });
});

describe('what a declaration expects', () => {
  it('has to be said when everything is declared, and not for a part', async () => {
    expect(await refusalOf(domain.declare({}, { isEverything: true }))).toEqual({
      kind: 'precondition required',
      problems: [
        {
          code: 'registered-flavors.precondition.required',
          detail:
            'This replaces all registrations, so If-Match has to name the ETag of those that were read before ' +
            '(GET /Registrations), or * for any.',
        },
      ],
    });
    expect(await domain.declare({})).toMatchObject({ registered: [], deregistered: [], unchanged: 0 });
  });

  it.each([true, false])(
    'is done when the whole registry is as expected; everything declared: %s',
    async (isEverything) => {
      const expected = asItIs();
      await domain.declare({ redis: ['1'] }, { isEverything, expected });
      expect(domain.pairs()).toEqual(isEverything ? ['redis 1'] : ['mysql 1', 'redis 1']);
      expect(await refusalOf(domain.declare({ redis: [] }, { isEverything, expected }))).toEqual({
        kind: 'precondition failed',
        problems: [
          {
            code: 'registered-flavors.precondition.failed',
            detail:
              'The registrations are not those that If-Match names: somebody has changed them since, or it is the ETag ' +
              'of something else; weak ones (W/) never match. Nothing was changed. Read GET /Registrations, and decide ' +
              'anew.',
          },
        ],
      });
      expect(domain.pairs()).toContain('redis 1');
    },
  );
});

it('a declaration is compared again when somebody has written since it was compared', async () => {
  const { store } = domain.ports;
  const write = (types: string[], id: string) => store.register(types, acceptedFlavors(id), provenance());
  let compared = 0;
  const expected = async (): Promise<number | undefined> => {
    const version = store.version();
    compared += 1;
    if (compared === 1) await write(['other'], '1');
    return version;
  };
  await domain.declare({ redis: ['1'] }, { expected });
  expect([compared, domain.pairs()]).toEqual([2, ['mysql 1', 'other 1', 'redis 1']]);

  const asBefore = asItIs();
  const onlyAtFirst = async (): Promise<number | undefined> => {
    const version = await asBefore();
    await write([`later-${(compared += 1)}`], '1');
    return version;
  };
  const { kind } = await refusalOf(domain.declare({ redis: [] }, { expected: onlyAtFirst }));
  expect([kind, domain.pairs().includes('redis 1')]).toEqual(['precondition failed', true]);
});

it('a declaration of too little for very much is refused without reading all of it', async () => {
  const { store } = domain.ports;
  for (const type of numbered('type-', 3)) {
    await store.register([type], acceptedFlavors(...numbered('a', 9_000)), provenance());
  }
  const types = Object.fromEntries(numbered('type-', 3).map((type) => [type, []]));
  for (const declare of [() => domain.declare(types), () => domain.declare({ redis: ['1'] }, EVERYTHING)]) {
    const { kind, problems } = await refusalOf(declare());
    expect([kind, problems[0]?.code]).toEqual(['invalid input', 'registered-flavors.pair.too_many']);
    expect(problems[0]?.detail).toMatch(
      /^This would deregister at least 2700\d pairs; one request changes up to 10000\./,
    );
  }
});

describe('what a declaration may not do', () => {
  it('is register for a type outside of the closed list; what stands may stay', async () => {
    domain.ports.serviceTypes = ['mysql'];
    const { problems } = await refusalOf(domain.declare({ redis: ['1', '3'], vertica: ['1', '2'], mysql: ['2'] }));
    expect(problems.map(({ detail }) => detail.split(' ')[0])).toEqual(['"redis"', '"vertica"']);
    expect((await domain.declare({ redis: ['1'], mysql: ['2'] })).registered).toEqual(pairs('mysql 2'));
  });

  it('is change more than 10,000 pairs, those that go and those that come together', async () => {
    const { store } = domain.ports;
    const ids = numbered('a', MAX_PAIRS - 3);
    await store.deregister(['redis', 'mysql'], ['1', '2'], provenance());
    await store.register(['redis'], acceptedFlavors(...ids), provenance());

    const tooMany = ['1', '2', '3', 'x'];
    expect(await refusalOf(domain.declare({ redis: tooMany }, { isPreview: true }))).toEqual({
      kind: 'invalid input',
      problems: [
        {
          code: 'registered-flavors.pair.too_many',
          detail:
            'This would register 4 pairs and deregister 9997; one request changes up to 10000. Nothing was changed. ' +
            'Go on in steps of up to 10000 pairs: the document of PUT or PATCH may differ by so many from what stands, ' +
            'and POST and DELETE take so many.',
        },
      ],
    });
    const asMany = await domain.declare({ redis: ['1', '2', '3'] }, { isPreview: true });
    expect([asMany.registered.length, asMany.deregistered.length]).toEqual([3, 9_997]);
  });
});
