import { numbered, pairs } from '../store/examples';
import { ADMIN, callOf, type Domain, inBody, inNova, inUrl, MEMBER, openDomain, refusalOf } from './support/registry';

let domain: Domain;
beforeEach(async () => {
  domain = await openDomain([
    ...[inNova('1', { ram: 512, is_public: false }), inNova('2'), inNova('3', { extra_specs: { kind: 'db' } })],
    inNova('4', { extra_specs: { kind: 'db' }, ram: 8192 }),
    inNova('..', { extra_specs: { kind: 'db' } }),
  ]);
});
afterEach(() => domain.close());

const DATABASES = { selector: { extraSpecs: ['kind:db'] } };
const NO_SUCH = (id: string) => `Nova has no flavor with the ID "${id}". Nothing was registered.`;

describe('flavors are registered', () => {
  it('for each of the types, with who did it, when and with which request, and what was accepted', async () => {
    const call = callOf(['admin'], { inboundGlobalRequestId: 'req-of-the-client' });
    const outcome = await domain.register(
      { serviceTypes: ['redis', 'mysql', 'redis'], flavors: inUrl('2', '1') },
      call,
    );

    const all = pairs('mysql 1', 'mysql 2', 'redis 1', 'redis 2');
    const by = { userId: 'u-1', projectId: 'p-1', requestId: call.requestId, globalRequestId: 'req-of-the-client' };
    const at = domain.clock.now();
    const standing = domain.standing();
    expect(outcome).toEqual({ registered: all, alreadyRegistered: [] });
    expect(standing.registrations).toEqual(all.map((pair) => ({ ...pair, ...by, at })));
    expect(standing.accepted.map(({ id, ram, isPublic }) => [id, ram, isPublic])).toEqual([
      ['1', 512, false],
      ['2', 4096, true],
    ]);
  });

  it('or not, when it is a preview, which says the same', async () => {
    await domain.register({ serviceTypes: ['redis'], flavors: inUrl('1') });
    const request = { serviceTypes: ['redis'], flavors: inUrl('1', '2') };

    expect(await domain.register({ ...request, isPreview: true })).toEqual({
      registered: pairs('redis 2'),
      alreadyRegistered: pairs('redis 1'),
    });
    expect(domain.pairs()).toEqual(['redis 1']);
  });

  it('only by admins, and others learn nothing of Nova', async () => {
    const { kind, problems } = await refusalOf(
      domain.register({ serviceTypes: ['redis'], flavors: inUrl('1') }, MEMBER),
    );
    expect([kind, problems[0]?.code, domain.asked()]).toEqual(['forbidden', 'registered-flavors.role.required', 0]);
  });

  it.each([
    ['the URL', inUrl('2', 'a', '1', 'b'), 'not found', 'registered-flavors.flavor.not_found'],
    ['a body', inBody('2', 'a', '1', 'b'), 'invalid input', 'registered-flavors.flavor.unknown'],
  ] as const)(
    'all or none: each that Nova does not have is named, here those of %s',
    async (_, flavors, kind, code) => {
      expect(await refusalOf(domain.register({ serviceTypes: ['redis'], flavors }))).toEqual({
        kind,
        problems: [
          { code, detail: NO_SUCH('a') },
          { code, detail: NO_SUCH('b') },
        ],
      });
      expect(domain.pairs()).toEqual([]);
    },
  );

  it('of Nova as it is now, whatever is remembered of it', async () => {
    await domain.register({ serviceTypes: ['redis'], flavors: inUrl('2') });
    domain.nova.change('2', { ram: 1 });
    await domain.register({ serviceTypes: ['mysql'], flavors: inUrl('2') });

    expect(domain.standing().accepted.map(({ ram }) => ram)).toEqual([1]);
  });
});

describe('a selector', () => {
  it('registers all that is such, but for what no later request could name', async () => {
    expect(await domain.register({ serviceTypes: ['redis'], flavors: DATABASES })).toEqual({
      registered: pairs('redis 3', 'redis 4'),
      alreadyRegistered: [],
    });
  });

  it('that fits nothing is refused, and says among how many it looked', async () => {
    const flavors = { selector: { extraSpecs: [], minRam: 8193 } };
    expect(await refusalOf(domain.register({ serviceTypes: ['redis'], flavors }))).toEqual({
      kind: 'invalid input',
      problems: [
        {
          code: 'registered-flavors.selector.no_match',
          detail: 'None of the 5 flavors that Nova has is as the selector wants them. Nothing was registered.',
        },
      ],
    });
  });

  it('that makes too many pairs of what it selects is refused', async () => {
    const serviceTypes = [
      ...numbered('a', 1000),
      ...numbered('b', 1000),
      ...numbered('c', 1000),
      ...numbered('d', 1000),
    ];
    const flavors = { selector: { extraSpecs: [] } };
    const many = { serviceTypes, flavors, isPreview: true };
    expect((await refusalOf(domain.register(many))).problems[0]?.detail).toBe(
      '4000 service types and 4 flavor IDs are 16000 pairs; one request takes up to 10000.',
    );
    const few = { ...many, serviceTypes: serviceTypes.slice(0, 2500) };
    expect((await domain.register(few)).registered).toHaveLength(10_000);
  });
});

describe('what a request names', () => {
  it.each([
    ['in a URL, 101 types', numbered('t', 101), inUrl('1'), ['service_type.too_many']],
    ['in a URL, 1,001 ids', ['t'], inUrl(...numbered('', 1001)), ['flavor_id.too_many']],
    ['in a URL, 100 types for 101 ids', numbered('t', 100), inUrl(...numbered('', 101)), ['pair.too_many']],
    ['in a body, 101 types for 100 ids', numbered('t', 101), inBody(...numbered('', 100)), ['pair.too_many']],
    ['in a body, 10,001 types for a selector', numbered('t', 10_001), DATABASES, ['pair.too_many']],
  ] as const)('is refused before Nova is asked beyond a limit: %s', async (_, serviceTypes, flavors, codes) => {
    const { kind, problems } = await refusalOf(domain.register({ serviceTypes, flavors }));
    expect([kind, problems.map(({ code }) => code)]).toEqual([
      'invalid input',
      codes.map((code) => `registered-flavors.${code}`),
    ]);
    expect(domain.asked()).toBe(0);
  });

  it('counts once what it names twice', async () => {
    const serviceTypes = [...numbered('t', 100), 't000'];
    const flavors = inBody(...Array.from({ length: 101 }, () => '1'));
    expect((await domain.register({ serviceTypes, flavors })).registered).toHaveLength(100);
  });

  it('of a body may be more types than a URL takes', async () => {
    expect((await domain.register({ serviceTypes: numbered('t', 101), flavors: inBody('1') })).registered).toHaveLength(
      101,
    );
  });

  it('has to be of the closed list of service types, where there is one, before Nova is asked', async () => {
    domain.ports.serviceTypes = ['redis', 'mysql'];
    const flavors = inUrl('1');
    expect(await refusalOf(domain.register({ serviceTypes: ['redis', 'mysq'], flavors }))).toEqual({
      kind: 'invalid input',
      problems: [
        {
          code: 'registered-flavors.service_type.not_offered',
          detail: '"mysq" is not among the service types that flavors are registered for here. Did you mean "mysql"?',
        },
      ],
    });
    expect(domain.asked()).toBe(0);
    expect((await domain.register({ serviceTypes: ['redis'], flavors }, ADMIN)).registered).toEqual(pairs('redis 1'));
  });
});
