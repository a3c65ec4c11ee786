import { getRegistrationEvents } from '../../src/registrations/get-registration-events';
import { getRegistrations } from '../../src/registrations/get-registrations';
import { getServiceTypes } from '../../src/registrations/get-service-types';
import type { EventQuery } from '../../src/registrations/registration-event';
import { listOf, numbered } from '../store/examples';
import { ADMIN, callOf, type Domain, inNova, inUrl, MEMBER, openDomain, refusalOf } from './support/registry';
import { until } from '../support/until';

let domain: Domain;
beforeEach(async () => {
  domain = await openDomain([
    ...[
      inNova('1'),
      inNova('private', { is_public: false, projects: ['p-1'] }),
      inNova('closed', { is_public: false }),
    ],
  ]);
  await domain.register({ serviceTypes: ['redis'], flavors: inUrl('1', 'private') });
  await domain.register({ serviceTypes: ['mysql'], flavors: inUrl('private') });
  await domain.register({ serviceTypes: ['vertica'], flavors: inUrl('closed') });
});
afterEach(() => domain.close());

describe('the service types', () => {
  const readTypes = async (call = ADMIN, asProject?: string) =>
    getServiceTypes(domain.ports, call, { asProject }).run(call);
  const named = async (call = ADMIN, asProject?: string) => (await readTypes(call, asProject)).result;

  it('are seen by admins all of them, with how many flavors each has and since when, and without Nova', async () => {
    await domain.nova.stops();
    const changedAt = expect.any(Number); // by the registry's own clock
    expect(await named()).toEqual([
      { serviceType: 'mysql', flavorCount: 1, changedAt },
      { serviceType: 'redis', flavorCount: 2, changedAt },
      { serviceType: 'vertica', flavorCount: 1, changedAt },
    ]);
    expect(await readTypes()).toMatchObject({ goodUntil: Infinity, shown: { goodUntil: Infinity } });
  });

  it('are seen by others by their names, when they may see a flavor of it', async () => {
    expect(await named(MEMBER)).toEqual([{ serviceType: 'mysql' }, { serviceType: 'redis' }]);
    expect(await named(callOf(['service', 'member']), 'p-2')).toEqual([{ serviceType: 'redis' }]);
  });

  it('are not seen by who may not read, nor as another project by who may not ask so', async () => {
    expect((await refusalOf(named(callOf(['other'])))).kind).toBe('forbidden');
    expect((await refusalOf(named(MEMBER, 'p-2'))).kind).toBe('forbidden');
  });

  it('have a key for each pair of eyes', () => {
    const keyOf = (call = ADMIN, asProject?: string) => getServiceTypes(domain.ports, call, { asProject }).key;
    const keys = [keyOf(), keyOf(MEMBER), keyOf(callOf(['service', 'member']), 'p-2')];
    expect(new Set(keys).size).toBe(3);
    expect(keyOf(callOf(['service', 'member']), 'p-1')).toBe(keyOf(MEMBER));
  });

  it('are other ones for an admin when only the time, or the number, has changed', async () => {
    const redis = async () => (await named()).find(({ serviceType }) => serviceType === 'redis')!;
    const first = await redis();
    await until(() => Date.now() > first.changedAt!);
    await domain.declare({ redis: ['closed', 'private'] });
    const second = await redis();
    await domain.declare({ redis: ['closed', 'private', '1'] });
    expect([first, second, await redis()].map(({ flavorCount }) => flavorCount)).toEqual([2, 2, 3]);
    expect(second.changedAt).toBeGreaterThan(first.changedAt!);
  });

  it('tell why Nova was asked, for what is shown only', async () => {
    const why = async (call = MEMBER) => (await readTypes(call)).shown.askedFor;
    expect(await why(ADMIN)).toBe('nothing');
    expect(await why()).toBe('the old'); // the access list was not wanted before
    expect(await why()).toBe('nothing');
    domain.clock.passes(31);
    expect(await why()).toBe('the old');
  });
});

describe('all registrations', () => {
  const readAll = async (call = ADMIN) => {
    const { result, ...currency } = await getRegistrations(domain.ports, call).run(call);
    return { registrations: await listOf(result), currency };
  };

  it('are what is registered, without Nova', async () => {
    await domain.nova.stops();
    expect(await readAll()).toEqual({
      registrations: [
        ['mysql', ['private']],
        ['redis', ['1', 'private']],
        ['vertica', ['closed']],
      ],
      currency: { goodUntil: Infinity, shown: { goodUntil: Infinity, askedFor: 'nothing' } },
    });
    await domain.declare({}, { isEverything: true, expected: 'any' });
    expect((await readAll()).registrations).toEqual([]);
  });

  it('are for admins only, and what they do is named in the refusal', async () => {
    const { kind, problems } = await refusalOf(readAll(MEMBER));
    expect([kind, problems[0]?.detail]).toEqual([
      'forbidden',
      "Reading all registrations takes one of these roles in the token's project: admin.",
    ]);
  });
});

describe('what has happened', () => {
  const ALL: EventQuery = {
    ...{ serviceTypes: undefined, flavorIds: undefined, userId: undefined },
    ...{ since: undefined, until: undefined, before: undefined, limit: 1000 },
  };
  const readEvents = (query: Partial<EventQuery>, call = ADMIN) =>
    getRegistrationEvents(domain.ports, call, { ...ALL, ...query });
  const texts = async (query: Partial<EventQuery>) =>
    (await readEvents(query)).events.map(({ serviceType, flavorId }) => `${serviceType} ${flavorId}`);

  it('is told newest first, in pages that lead to each other', async () => {
    const all = ['vertica closed', 'mysql private', 'redis private', 'redis 1'];
    const first = await readEvents({ limit: 3 });
    expect([await texts({}), await texts({ limit: 3 })]).toEqual([all, all.slice(0, 3)]);
    expect(first.next).toBe(first.events.at(-1)?.id);
    expect(await texts({ before: first.next })).toEqual(all.slice(3));
    expect((await readEvents({ limit: 4 })).next).toBeUndefined();
    expect((await readEvents({ limit: 1, before: 1 })).next).toBeUndefined();
  });

  it('is told of what is wanted', async () => {
    expect(await texts({ serviceTypes: ['redis'], flavorIds: ['1'] })).toEqual(['redis 1']);
    expect(await texts({ flavorIds: ['private'] })).toEqual(['mysql private', 'redis private']);
  });

  it('is not told beyond a limit, nor to others than admins', async () => {
    const codes = async (query: Partial<EventQuery>) =>
      (await refusalOf(readEvents(query))).problems.map(({ code }) => code);
    expect(await codes({ serviceTypes: numbered('t', 101) })).toEqual(['registered-flavors.service_type.too_many']);
    expect(await codes({ flavorIds: numbered('', 1001) })).toEqual(['registered-flavors.flavor_id.too_many']);
    expect((await refusalOf(readEvents({}, MEMBER))).problems[0]?.detail).toBe(
      "Reading what has happened takes one of these roles in the token's project: admin.",
    );
  });
});
