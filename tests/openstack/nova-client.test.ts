import { RegisteredFlavorsError } from '../../src/errors';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, connect, type ClientOptions, type Clients } from './support/clients';
import { breakDescription, flavorRequestsAt, loginsAt, outcomeOf } from './support/expectations';

const atFlavor = { path: /\/flavors\/[^/?]+$/ };
const badAnswer = expect.objectContaining({
  kind: 'upstream answered badly',
  code: 'registered-flavors.nova.bad_answer',
});

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud();
  clients = connect(cloud);
});

afterEach(async () => {
  expect(cloud.nova.writes).toBe(0); // whatever a test did: nothing but GET ever went to Nova
  await cloud.close();
});

function getFlavor(id: string, options?: ClientOptions) {
  return (options === undefined ? clients : connect(cloud, options)).nova.getFlavor(id, aCall());
}

describe('one flavor', () => {
  it.each([
    '1',
    '0',
    '007',
    'db.redis.small',
    'db-mysql-small',
    'db_vertica_xl',
    'db big memory',
    'MixedCase',
    '7d7cc973-b103-56e0-ae27-02750ddf837d',
    'priv-none',
    'b76eb12d-b54c-5c2f-aca3-785dbd147357',
    'x'.repeat(255),
  ])('is found by an id of the form %p', async (id) => {
    expect((await getFlavor(id))?.id).toBe(id);
    expect(flavorRequestsAt(cloud)).toEqual({ gets: 1, pages: 0 });
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'is found by an id that is a word of JavaScript: %s',
    async (id) => {
      cloud.nova.add({ id, name: id, ram: 1, vcpus: 1, disk: 1 });

      expect((await getFlavor(id))?.name).toBe(id);
    },
  );

  it('is read with all that Nova says of it', async () => {
    cloud.nova.change('swap-eph', { description: 'all of it', extra_specs: { 'hw:cpu_policy': 'dedicated' } });

    expect(await getFlavor('swap-eph')).toEqual({
      id: 'swap-eph',
      name: 'swap-eph',
      description: 'all of it',
      ram: 4096,
      vcpus: 2,
      disk: 20,
      ephemeral: 10,
      swap: 512,
      rxtxFactor: 2,
      isPublic: true,
      isDisabled: false,
      extraSpecs: { 'hw:cpu_policy': 'dedicated' },
    });
  });

  it('keeps a unicode name', async () => {
    expect((await getFlavor('flavor with unicode name'))?.name).toBe('größe-日本語-Ω');
  });

  it('keeps an extra spec that is a word of JavaScript', async () => {
    cloud.nova.change('1', { extra_specs: JSON.parse('{"__proto__": "kept", "constructor": "kept"}') });

    expect(Object.entries((await getFlavor('1'))?.extraSpecs ?? {})).toEqual([
      ['__proto__', 'kept'],
      ['constructor', 'kept'],
    ]);
  });

  it.each(['2.61', '2.74', '2.75', '2.93'])('has no swap as 0, whatever Nova %s calls it', async (version) => {
    cloud.nova.maxMicroversion = version;

    expect((await getFlavor('1'))?.swap).toBe(0);
    expect(cloud.nova.requests.at(-1)?.headers['openstack-api-version']).toBe(`compute ${version}`);
  });

  it('does not exist when Nova says so', async () => {
    expect(await getFlavor('no-such-flavor')).toBeUndefined();
  });

  it('is asked for with our token and under the request id of the call', async () => {
    await getFlavor('1');
    const { headers } = cloud.nova.requests.at(-1)!;

    expect(cloud.keystone.findValidToken(headers['x-auth-token'] as string)?.user.name).toBe('flavorsvc');
    expect(headers['x-openstack-request-id']).toBe(aCall().globalRequestId);
  });
});

describe('another flavor than the one asked for', () => {
  it('is a bad answer', async () => {
    cloud.nova.answersWrongId('2');

    expect(await outcomeOf(getFlavor('1'))).toEqual(badAnswer);
  });

  it('is not named, nor is the other one: who hears of it may not know of either', async () => {
    cloud.nova.answersWrongId('priv-other');

    expect((await outcomeOf(getFlavor('priv-none'))).detail).not.toContain('priv-');
  });

  it.each(['mixedcase', 'MIXEDCASE', 'MixedCase ', 'mixedcase  '])(
    'means that %p does not exist, where Nova keeps its flavors in MariaDB',
    async (id) => {
      cloud.nova.matchesIdsLikeMariaDb();

      expect(await getFlavor(id)).toBeUndefined();
      expect((await getFlavor('MixedCase'))?.id).toBe('MixedCase');
    },
  );
});

describe('a refusal', () => {
  it.each([
    [
      'the router’s 404 in JSON',
      () => cloud.nova.fails(404, { ...atFlavor, body: { message: 'x', code: '404 Not Found' } }),
    ],
    ['the router’s 404 in HTML', () => cloud.nova.fails(404, { ...atFlavor, body: '<html>404 Not Found</html>' })],
    ['an empty 404', () => cloud.nova.fails(404, { ...atFlavor, body: '' })],
    ['an empty object', () => cloud.nova.answersEmptyObject(atFlavor)],
    ['a flavor without its size', () => cloud.nova.fails(200, { ...atFlavor, body: { flavor: { id: '1' } } })],
    ['Nova’s 400', () => cloud.nova.fails(400, atFlavor)],
  ])('is not taken for "does not exist": %s', async (_, goWrong) => {
    goWrong();

    expect(await outcomeOf(getFlavor('1'))).toEqual(badAnswer);
  });

  it('of our rights makes us unavailable', async () => {
    cloud.nova.fails(403, atFlavor);

    expect(await outcomeOf(getFlavor('1'))).toEqual({
      kind: 'unavailable',
      code: 'registered-flavors.nova.unavailable',
      detail: "Nova does not let this service's own user read a flavor (403).",
    });
  });

  it('of our token renews it once', async () => {
    cloud.nova.rejectsTokens({ ...atFlavor, times: 1 });

    expect((await getFlavor('1'))?.id).toBe('1');
    expect([loginsAt(cloud), flavorRequestsAt(cloud).gets]).toEqual([2, 2]);
    const tokens = cloud.nova.requests
      .filter(({ target }) => target.endsWith('/1'))
      .map(({ headers }) => headers['x-auth-token']);
    expect(new Set(tokens).size).toBe(2);
  });

  it('of each of our tokens makes us unavailable', async () => {
    cloud.nova.rejectsTokens(atFlavor);

    expect(await outcomeOf(getFlavor('1'))).toEqual({
      kind: 'unavailable',
      code: 'registered-flavors.nova.unavailable',
      detail: expect.stringMatching(
        /^Nova refuses this service's own token, also a new one \(401\)\. If .* access rules/,
      ),
    });
    expect([loginsAt(cloud), flavorRequestsAt(cloud).gets]).toEqual([2, 2]);
  });

  it('of our token while many ask costs one login', async () => {
    await getFlavor('1');
    cloud.nova.resetRequests();
    cloud.keystone.resetRequests();
    cloud.keystone.expiresTokens();

    const ids = ['1', '2', '3', '4', '5', '42'];
    const flavors = await Promise.all(ids.map((id) => getFlavor(id)));

    expect(flavors.map((flavor) => flavor?.id)).toEqual(ids);
    expect(loginsAt(cloud)).toBe(1);
  });
});

describe('a page of the list', () => {
  it('shows private and disabled flavors too', async () => {
    const page = await clients.nova.listFlavors(undefined, aCall());

    expect(page?.flavors.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['priv-none', 'b76eb12d-b54c-5c2f-aca3-785dbd147357']),
    );
    expect([page?.flavors.length, page?.hasNext]).toEqual([cloud.nova.flavors.length, false]);
  });

  it('leads on while it is full', async () => {
    cloud.nova.shortPages(3);
    const page = await clients.nova.listFlavors(undefined, aCall());
    const next = await clients.nova.listFlavors(page!.flavors.at(-1)!.id, aCall());

    expect([page?.hasNext, page?.flavors.length, next?.flavors.length]).toEqual([true, 3, 3]);
    expect(next?.flavors.map(({ id }) => id)).not.toContain(page?.flavors.at(-1)?.id);
  });

  it('is none when the marker is gone', async () => {
    expect(await clients.nova.listFlavors('gone', aCall())).toBeUndefined();
  });

  it('tells a lost marker from any other 400', async () => {
    cloud.nova.fails(400, { path: /marker=/ });

    expect(await outcomeOf(clients.nova.listFlavors('1', aCall()))).toEqual(badAnswer);
  });

  it('with a flavor that makes no sense hurts only who wants that one', async () => {
    breakDescription(cloud, '2');
    const page = await clients.nova.listFlavors(undefined, aCall());
    const isWrong = ({ flavor }: { flavor: unknown }) => flavor instanceof RegisteredFlavorsError;

    expect([page?.flavors.length, page?.hasNext]).toEqual([cloud.nova.flavors.length, false]);
    expect(page?.flavors.filter(isWrong)).toEqual([
      { id: '2', flavor: expect.objectContaining({ message: 'Nova sent a flavor whose ram is missing or wrong.' }) },
    ]);
  });
});
