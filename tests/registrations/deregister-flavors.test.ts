import { deregisterFlavors } from '../../src/registrations/deregister-flavors';
import { numbered, pairs } from '../store/examples';
import { ADMIN, callOf, type Domain, inNova, inUrl, MEMBER, openDomain, refusalOf } from './support/registry';

let domain: Domain;
beforeEach(async () => {
  domain = await openDomain([inNova('1'), inNova('2')]);
  await domain.register({ serviceTypes: ['redis', 'mysql'], flavors: inUrl('1', '2') });
});
afterEach(() => domain.close());

const deregister = (serviceTypes: string[], flavorIds: string[], isPreview = false, call = ADMIN) =>
  deregisterFlavors(domain.ports, call, { serviceTypes, flavorIds, isPreview });

const ALL = ['mysql 1', 'mysql 2', 'redis 1', 'redis 2'];

describe('flavors are deregistered', () => {
  it('from each of the types, with who did it and with which request, and without Nova', async () => {
    await domain.nova.stops();
    domain.clock.passes(60);
    const call = callOf(['admin'], { requestId: 'req-of-it', inboundGlobalRequestId: 'req-of-the-client' });
    const outcome = await deregister(['redis', 'redis'], ['1', '3', '1'], false, call);

    expect(outcome).toEqual({ deregistered: pairs('redis 1'), notRegistered: pairs('redis 3') });
    expect(domain.pairs()).toEqual(['mysql 1', 'mysql 2', 'redis 2']);
    const wanted = { serviceTypes: undefined, flavorIds: undefined, userId: undefined, since: undefined };
    const [event] = await domain.ports.events.find({ ...wanted, until: undefined, before: undefined, limit: 1 });
    expect(event).toMatchObject({
      ...{ action: 'deregistered', userId: 'u-1', projectId: 'p-1', requestId: 'req-of-it' },
      ...{ globalRequestId: 'req-of-the-client', at: domain.clock.now() },
    });
  });

  it('or not, when it is a preview, which says the same', async () => {
    expect(await deregister(['redis'], ['1'], true)).toEqual({ deregistered: pairs('redis 1'), notRegistered: [] });
    expect(domain.pairs()).toEqual(ALL);
  });

  it('only by admins', async () => {
    expect((await refusalOf(deregister(['redis'], ['1'], false, MEMBER))).kind).toBe('forbidden');
    expect(domain.pairs()).toEqual(ALL);
  });

  it('up to a limit', async () => {
    const { problems } = await refusalOf(deregister(numbered('t', 101), ['1']));
    expect(problems.map(({ code }) => code)).toEqual(['registered-flavors.service_type.too_many']);
  });
});

it.each([
  [2, '"x000" for redis, "x001" for redis'],
  [
    10,
    numbered('x', 10)
      .map((id) => `"${id}" for redis`)
      .join(', '),
  ],
  [
    12,
    `${numbered('x', 10)
      .map((id) => `"${id}" for redis`)
      .join(', ')} and 2 more`,
  ],
])('when none of %i pairs is registered, the first ten of them are named', async (count, named) => {
  expect(await refusalOf(deregister(['redis'], numbered('x', count)))).toEqual({
    kind: 'not found',
    problems: [
      {
        code: 'registered-flavors.registration.not_found',
        detail: `None of the ${count} pairs is registered: ${named}. Nothing was changed.`,
      },
    ],
  });
});
