import { getRegisteredFlavors, requireAny } from '../../src/registrations/get-registered-flavors';
import type { ReadRequest } from '../../src/registrations/read-request';
import { numbered } from '../store/examples';
import {
  ADMIN,
  callOf,
  type Domain,
  EVERYTHING,
  inNova,
  inUrl,
  MEMBER,
  openDomain,
  refusalOf,
} from './support/registry';

let domain: Domain;
beforeEach(async () => {
  domain = await openDomain([
    ...[inNova('1'), inNova('2', { ram: 512 }), inNova('lost'), inNova('grown')],
    ...[inNova('private', { is_public: false, projects: ['p-1'] }), inNova('closed', { is_public: false })],
    inNova('disabled', { is_disabled: true }),
  ]);
  await domain.register({ serviceTypes: ['mysql', 'redis'], flavors: inUrl('1', 'private', 'closed', 'disabled') });
  await domain.register({ serviceTypes: ['redis'], flavors: inUrl('2', 'lost', 'grown') });
  domain.nova.remove('lost');
  domain.nova.change('grown', { ram: 1 });
  domain.clock.passes(31); // what the registrations have asked is remembered no longer
});
afterEach(() => domain.close());

const REDIS = { serviceTypes: ['redis'], page: undefined };

const run = async (request: Partial<ReadRequest>, call = ADMIN) =>
  getRegisteredFlavors(domain.ports, call, { ...EVERYTHING, ...request }).run(call);

async function read(request: Partial<ReadRequest>, call = ADMIN) {
  return (await run(request, call)).result.flavors;
}

const idsOf = async (request: Partial<ReadRequest>, call = ADMIN) =>
  (await read(request, call)).map(({ flavorId }) => flavorId);

describe.each([
  ['all in one answer', REDIS],
  ['a page', { serviceTypes: undefined }],
])('the registered flavors, %s', (_, part) => {
  it('are seen by admins all of them, with what has become of each', async () => {
    const flavors = await read(part);
    expect(flavors.map(({ flavorId, details }) => [flavorId, details?.status])).toEqual([
      ...[
        ['1', 'available'],
        ['2', 'available'],
        ['closed', 'available'],
        ['disabled', 'available'],
      ],
      ...[
        ['grown', 'changed'],
        ['lost', 'missing'],
        ['private', 'available'],
      ],
    ]);
    expect(flavors.map(({ details }) => [details?.flavor?.ram, details?.registeredAs?.ram])).toEqual([
      ...[[4096], [512], [4096], [4096], [1, 4096], [undefined, 4096], [4096]].map(([now, then]) => [now, then]),
    ]);
    expect(flavors[0]?.serviceTypes).toEqual(part.serviceTypes ?? ['mysql', 'redis']);
  });

  it('are seen by others as Nova would show them, and nothing of what was accepted', async () => {
    const flavors = await read(part, MEMBER);
    expect(flavors.map(({ flavorId, details }) => [flavorId, details?.status, details?.registeredAs])).toEqual([
      ...[
        ['1', 'available', undefined],
        ['2', 'available', undefined],
      ],
      ...[
        ['grown', 'changed', undefined],
        ['private', 'available', undefined],
      ],
    ]);
  });

  it('are seen as another project sees them by who may ask so', async () => {
    const controlPlane = callOf(['member', 'service']);
    expect(await idsOf({ ...part, asProject: 'p-1' }, controlPlane)).toEqual(['1', '2', 'grown', 'private']);
    expect(await idsOf({ ...part, asProject: 'p-2' }, controlPlane)).toEqual(['1', '2', 'grown']);
    expect((await refusalOf(read({ ...part, asProject: 'p-2' }, MEMBER))).kind).toBe('forbidden');
    expect((await refusalOf(read(part, callOf(['other'])))).kind).toBe('forbidden');
  });

  it.each([
    [{ flavorIds: ['2', '1', 'x'] }, ['1', '2']],
    [{ statuses: ['missing', 'changed'] }, ['grown', 'lost']],
    [{ selector: { extraSpecs: [], minRam: 4096 } }, ['1', 'closed', 'disabled', 'private']],
    [{ flavorIds: ['grown', '1'], statuses: ['changed'] }, ['grown']],
  ] as [Partial<ReadRequest>, string[]][])('are those that are wanted: %j', async (wanted, expected) => {
    expect(await idsOf({ ...part, ...wanted })).toEqual(expected);
  });

  it('are for admins the registry alone, without Nova, when no details are wanted', async () => {
    await domain.nova.stops();
    const flavors = await read({ ...part, hydrate: false });
    expect(flavors.map(({ flavorId }) => flavorId)).toEqual([
      ...['1', '2', 'closed', 'disabled', 'grown', 'lost', 'private'],
    ]);
    expect(flavors.every(({ details }) => details === undefined)).toBe(true);
    const { goodUntil, shown } = await run({ ...part, hydrate: false });
    expect([goodUntil, shown]).toEqual([Infinity, { goodUntil: Infinity, askedFor: 'nothing' }]);
  });

  it('without details are for others still those that they may see, by what is remembered of Nova', async () => {
    await read(part, MEMBER);
    domain.clock.passes(20);
    const flavors = await read({ ...part, hydrate: false }, MEMBER);
    expect(flavors.map(({ flavorId, details }) => [flavorId, details])).toEqual(
      ['1', '2', 'grown', 'private'].map((id) => [id, undefined]),
    );
  });

  it('are those that Nova has now, once what it said is too old', async () => {
    expect((await read(part))[0]?.details?.flavor?.name).toBe('name of 1');
    domain.nova.change('1', { name: 'another' });
    expect((await read(part))[0]?.details?.flavor?.name).toBe('name of 1');
    domain.clock.passes(1000);
    expect((await read(part))[0]?.details?.flavor?.name).toBe('another');
  });

  it('tell why Nova was asked for what is shown, and not for what is hidden', async () => {
    const why = async (request: Partial<ReadRequest>, call = ADMIN) =>
      (await run({ ...part, ...request }, call)).shown.askedFor;
    expect(await why({ flavorIds: ['1'] })).toBe('the old');
    expect(await why({ flavorIds: ['1'] })).toBe('nothing');
    expect(await why({ flavorIds: ['1', 'closed'] }, MEMBER)).toBe('nothing');
    expect(await why({ flavorIds: ['1', '2'] }, MEMBER)).toBe('the old');
  });

  it('are given by Nova, or not at all', async () => {
    domain.clock.passes(1000);
    domain.nova.fails(400);
    expect((await refusalOf(read(part))).kind).toBe('upstream answered badly');
  });
});

it('access lists are asked for only on behalf of those whom they hide something from', async () => {
  const asked = () => domain.nova.requests.filter(({ target }) => target.includes('os-flavor-access')).length;
  await read(REDIS);
  expect(asked()).toBe(0);
  await read(REDIS, MEMBER);
  expect(asked()).toBe(2);
});

it('a page is another one as soon as there is one behind it', async () => {
  const next = async () => (await run({ page: { limit: 7, marker: undefined } })).result.next;
  expect(await next()).toBeUndefined();
  domain.nova.add(inNova('z'));
  await domain.register({ serviceTypes: ['redis'], flavors: inUrl('z') });
  expect(await next()).toBe('private');
});

describe('a read', () => {
  const keyOf = (request: Partial<ReadRequest>, call = ADMIN) =>
    getRegisteredFlavors(domain.ports, call, { ...EVERYTHING, ...request }).key;

  it('has one key for the same request through the same eyes', () => {
    expect(keyOf({ ...REDIS, flavorIds: ['1', '2'] })).toBe(keyOf({ ...REDIS, flavorIds: ['2', '1', '2'] }));
    expect(keyOf(REDIS, MEMBER)).toBe(keyOf(REDIS, callOf(['member'], { requestId: 'req-other' })));
    expect(keyOf(REDIS)).not.toBe(keyOf(REDIS, MEMBER));
  });

  it('is large by the pairs that it has to go through', async () => {
    const isLarge = (request: Partial<ReadRequest>) =>
      getRegisteredFlavors(domain.ports, ADMIN, { ...EVERYTHING, ...request }).isLarge();
    const types = numbered('type-', 100);
    for (const id of numbered('many-', 21)) domain.nova.add(inNova(id));
    await domain.register({ serviceTypes: types, flavors: inUrl(...numbered('many-', 21)) });

    expect(await isLarge({ serviceTypes: types, page: undefined })).toBe(true);
    expect(await isLarge({ serviceTypes: types.slice(0, 90), page: undefined })).toBe(false);
    expect(await isLarge({ serviceTypes: types, flavorIds: ['1'], page: undefined })).toBe(false);
    const page = (limit: number) => ({ page: { limit, marker: undefined } });
    expect(await isLarge(page(1000))).toBe(true);
    expect(await isLarge(page(101))).toBe(true);
    expect(await isLarge(page(100))).toBe(false); // it waits for a slot when it turns out to need one
  });

  it('is of all that is registered, also where that is more than one piece', async () => {
    const ids = numbered('many-', 50);
    for (const id of ids) domain.nova.add(inNova(id));
    const types = numbered('type-', 100);
    await domain.register({ serviceTypes: types, flavors: inUrl(...ids) });
    const flavors = await read({ serviceTypes: types, page: undefined }, MEMBER);
    expect(flavors.map(({ flavorId, serviceTypes }) => [flavorId, serviceTypes.length])).toEqual(
      ids.map((id) => [id, 100]),
    );
  });

  it('names no more flavors than a request may', async () => {
    const { problems } = await refusalOf(run({ ...REDIS, flavorIds: numbered('', 1001) }));
    expect(problems.map(({ code }) => code)).toEqual(['registered-flavors.flavor_id.too_many']);
  });
});

describe('whether flavors may be used', () => {
  it('is refused when none may, in the same words whether it is registered or not', async () => {
    expect(await read({ ...REDIS, flavorIds: ['closed', 'x'] }, MEMBER)).toEqual([]);
    expect(() => requireAny(false)).not.toThrow();
    expect(await refusalOf((async () => requireAny(true))())).toEqual({
      kind: 'not found',
      problems: [
        {
          code: 'registered-flavors.registration.not_found',
          detail: 'None of these flavors is registered for any of these service types, as far as you may see.',
        },
      ],
    });
  });
});
