import type { CachedFlavorDirectory } from '../../src/openstack/cached-flavor-directory';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, connect, createCache, type Clients } from './support/clients';
import { flavorRequestsAt, outcomeOf } from './support/expectations';
import { until } from '../support/until';

const BOUNDS = { ttlSeconds: 30, staleWhileRevalidateSeconds: 60, maxStaleSeconds: 3600 };

let cloud: StubCloud;
let clients: Clients;
let cache: CachedFlavorDirectory;

beforeEach(async () => {
  const plain = (id: string) => ({ id, name: id, ram: 1, vcpus: 1, disk: 1 });
  const closed = { ...plain('p'), is_public: false, projects: ['demo'] };
  cloud = await startStubCloud({ flavors: [plain('a'), plain('b'), closed], tokenLifetimeSeconds: 1_000_000 });
  clients = connect(cloud);
  cache = createCache(clients, BOUNDS);
  await look(['a']);
  cloud.nova.change('a', { ram: 2 });
  cloud.nova.resetRequests();
});

afterEach(async () => {
  await cloud.close();
});

const gets = () => flavorRequestsAt(cloud).gets;

async function look(ids: string[], options = {}) {
  const { answers, askedFor, goodUntil } = await cache.lookUp(ids, {
    ...aCall(),
    accept: 'the current',
    withAccess: false,
    ...options,
  });
  const rams = ids.map((id) => {
    const answer = answers.get(id);
    return answer?.status === 'found' ? answer.flavor.ram : answer?.status;
  });
  return { rams, askedFor, isFresh: clients.clock.now() < goodUntil };
}

const old = { rams: [1], askedFor: 'nothing', isFresh: false };
const renewed = { rams: [2], askedFor: 'nothing', isFresh: true };
const inVain = { rams: [1], askedFor: 'the old, in vain', isFresh: false };

describe('an answer that is no longer fresh', () => {
  it.each([30, 60, 89.999])('is given at once after %d s, and renewed behind the reader', async (seconds) => {
    cloud.nova.isSlow(50, { path: /flavors\/a$/ });
    clients.clock.passes(seconds);

    expect(await look(['a'])).toEqual(old);
    await until(() => gets() === 1);
    await until(async () => (await look(['a'])).isFresh);
    expect([await look(['a']), gets()]).toEqual([renewed, 1]);
  });

  it('is renewed once, however many read it meanwhile', async () => {
    cloud.nova.isSlow(50, { path: /flavors\/a$/ });
    clients.clock.passes(30);
    for (let reader = 0; reader < 20; reader += 1) expect(await look(['a'])).toEqual(old);
    await until(async () => (await look(['a'])).isFresh);

    expect(gets()).toBe(1);
  });

  it('is waited for when it is older than that', async () => {
    clients.clock.passes(90);

    expect(await look(['a'])).toEqual({ rams: [2], askedFor: 'the old', isFresh: true });
  });

  it.each([30, 90, 3599])(
    'is given at once after %d s to whoever takes what is known, and renewed',
    async (seconds) => {
      cloud.nova.isSlow(50, { path: /flavors\/a$/ });
      clients.clock.passes(seconds);

      expect(await look(['a'], { accept: 'the known' })).toEqual(old);
      await until(async () => (await look(['a'], { accept: 'the known' })).isFresh);
      expect([await look(['a']), gets()]).toEqual([renewed, 1]);
    },
  );

  it('is asked for when nothing is known, or only what is too old for anything', async () => {
    clients.clock.passes(3600);
    expect((await look(['b'], { accept: 'the known' })).askedFor).toBe('the unknown');
    expect(await look(['a'], { accept: 'the known' })).toEqual({ rams: [2], askedFor: 'the old', isFresh: true });
  });

  it('never is enough for a registration', async () => {
    clients.clock.passes(30);
    expect((await look(['a'], { accept: 'the new' })).rams).toEqual([2]);
    await cloud.nova.stops();

    expect((await outcomeOf(look(['a'], { accept: 'the new' }))).kind).toBe('unavailable');
  });

  it('is renewed with its access list, and not without', async () => {
    const access = async (withAccess: boolean) => {
      const answer = (await cache.lookUp(['p'], { ...aCall(), accept: 'the current', withAccess })).answers.get('p');
      return answer?.status === 'found' && [...(answer.access ?? [])].join();
    };
    await access(true);
    cloud.nova.grant('p', 'new');
    clients.clock.passes(30);

    expect(await access(false)).toBe('demo'); // an admin's read renews it
    await until(async () => (await access(true)) === 'demo,new' || (await access(true)) === 'new,demo');
  });
});

describe('while Nova fails', () => {
  it.each([
    ['refuses connections', () => cloud.nova.stops()],
    ['answers 503', () => cloud.nova.fails(503)],
    ['answers 500', () => cloud.nova.fails(500)],
    ['answers garbage', () => cloud.nova.answersGarbage()],
  ])('older answers have to do: it %s', async (_, goWrong) => {
    clients.clock.passes(90);
    clients.serviceToken.invalidate((await clients.serviceToken.get('req-1')).token);
    await goWrong();

    expect(await look(['a'])).toEqual(inVain);
  });

  it('older answers do not hide that it does not take us for an admin any more: that is not its failure', async () => {
    clients.clock.passes(90);
    clients.serviceToken.invalidate((await clients.serviceToken.get('req-1')).token);
    cloud.nova.callerIsNotAdmin();

    expect((await outcomeOf(look(['a']))).code).toBe('registered-flavors.nova.not_admin');
    expect((await outcomeOf(look(['a']))).code).toBe('registered-flavors.nova.not_admin');
  });

  it('older answers have to do when it hangs, after the deadline of one reader', async () => {
    cache = createCache(clients, { ...BOUNDS, deadlineMs: 1_000 });
    cloud.nova.change('a', { ram: 1 });
    await look(['a']);
    clients.clock.passes(90);
    cloud.nova.hangs({ path: /flavors\/a$/ });

    expect(await look(['a'])).toEqual(inVain);
  });

  it('they do so up to their bound, and not longer', async () => {
    await cloud.nova.stops();
    clients.clock.passes(3599.999);
    expect(await look(['a'])).toEqual(inVain);
    clients.clock.passes(0.001);

    expect((await outcomeOf(look(['a']))).code).toBe('registered-flavors.nova.unavailable');
  });

  it('the whole look-up fails when there is none for one of the flavors', async () => {
    clients.clock.passes(90);
    await cloud.nova.stops();

    expect((await outcomeOf(look(['a', 'b']))).code).toBe('registered-flavors.nova.unavailable');
  });

  it('the whole look-up fails when who may use a flavor was never learned', async () => {
    await look(['p']);
    clients.clock.passes(90);
    await cloud.nova.stops();

    expect((await outcomeOf(look(['p'], { withAccess: true }))).code).toBe('registered-flavors.nova.unavailable');
    expect((await look(['p'])).rams).toEqual([1]);
  });

  it('who can do with older answers does not ask, and readers do not wait, until a probe finds it well', async () => {
    cloud.nova.fails(503);
    clients.clock.passes(90);
    expect(await look(['a'])).toEqual(inVain);
    await until(() => clients.away().includes('nova'));
    cloud.nova.resetRequests();
    expect([await look(['a']), gets()]).toEqual([old, 0]);
    cloud.nova.heals();
    await until(() => !clients.away().includes('nova'));

    expect(await look(['a'])).toEqual({ rams: [2], askedFor: 'the old', isFresh: true });
  });

  const accessOfP = async () => {
    const answer = (await cache.lookUp(['p'], { ...aCall(), accept: 'the current', withAccess: true })).answers.get(
      'p',
    );
    return answer?.status === 'found' ? [...(answer.access ?? ['nobody knows'])] : undefined;
  };

  it('an older access list has to do for a flavor that is still the same', async () => {
    expect(await accessOfP()).toEqual(['demo']);
    cloud.nova.grant('p', 'new');
    cloud.nova.fails(500, { path: /os-flavor-access/ });
    clients.clock.passes(90);
    expect(await accessOfP()).toEqual(['demo']);
    clients.clock.passes(3600 - 90);
    expect(await accessOfP()).toEqual(['nobody knows']);
  });

  it('an older access list does not go with what its flavor has become', async () => {
    await accessOfP();
    cloud.nova.change('p', { ram: 2 });
    cloud.nova.fails(500, { path: /os-flavor-access/ });
    clients.clock.passes(90);

    expect(await accessOfP()).toEqual(['nobody knows']);
  });

  it('over one flavor, that is logged, too', async () => {
    clients.clock.passes(90);
    cloud.nova.fails(500, { path: /flavors\/a$/ });
    expect(await look(['a', 'b'])).toMatchObject({ askedFor: 'the old, in vain' });

    expect(clients.lines.join()).toContain('Nova could not be asked about flavors');
  });

  it('that is logged once for each batch, without a token', async () => {
    clients.clock.passes(30);
    cloud.nova.fails(503, { path: /flavors\/a$/ });
    await Promise.all([look(['a']), look(['a']), look(['a'])]);
    await until(() => clients.lines.length > 0);
    const token = cloud.nova.requests.at(-1)?.headers['x-auth-token'] as string;

    expect(clients.lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'warn', message: 'Nova could not be asked about flavors', flavors: 1, reason: expect.any(String) },
    ]);
    expect(clients.lines.join('')).not.toContain(token);
  });
});
