import { HttpFault } from '../../src/http/http-fault';
import { ResponseCache, type ResponseCacheOptions, type WantedResponse } from '../../src/http/response-cache';
import type { Read } from '../../src/registrations/read';
import { callOf } from '../registrations/support/registry';

/** A cache of texts, with all that a response hangs on in hand. */
function cache(options: Partial<ResponseCacheOptions> = {}) {
  const world = { registry: 1, version: 1, details: 1, now: 1000, text: 'a', goodUntil: 2000, isLarge: false, runs: 0 };
  const gates: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  let meanwhile = async (): Promise<void> => {};
  const sources = {
    store: { revision: () => world.registry, version: () => world.version },
    flavors: {
      get revision() {
        return world.details;
      },
    },
    clock: { now: () => world.now, monotonic: () => world.now },
  };
  const slots = { execute: <T>(_key: string, work: () => Promise<T>) => work() };
  const responses = new ResponseCache(sources, {
    maxBytes: 100_000,
    slots,
    requireRoom: () => {},
    ...options,
  });
  const read = (key = 'key'): Read<string> => ({
    key,
    isLarge: async () => world.isLarge,
    run: async ({ signal }) => {
      world.runs += 1;
      signals.push(signal);
      const { text, goodUntil } = world;
      await meanwhile();
      return { result: text, goodUntil, shown: { goodUntil: goodUntil + 1, askedFor: 'the old' } };
    },
  });
  const get = async (key = 'key', call = callOf(['member']), wanted: Partial<WantedResponse<string>> = {}) =>
    responses.get(read(key), call, {
      ...{ render: (text) => [text], needsBody: () => true, wait: (made) => made },
      ...wanted,
    });
  return {
    ...{ world, get },
    /** Of each read: whether it was told that nobody waits any more. */
    wereAbandoned: () => signals.map(({ aborted }) => aborted),
    /** From now on reads wait until all gates are opened. */
    closeGates: () => (meanwhile = () => new Promise((resolve) => gates.push(resolve))),
    openGates: () => {
      meanwhile = async () => {};
      for (const open of gates.splice(0)) open();
    },
    whileReading: (work: () => void) => (meanwhile = async () => work()),
  };
}

const asUser = (userId: string) => ({
  ...callOf(['member']),
  caller: { ...callOf(['member']).caller, userId },
});
const textOf = ({ body }: { body?: Buffer }) => body?.toString();

describe('a response', () => {
  it('is made at the first read, and kept with what it is made of', async () => {
    const { world, get } = cache();
    const first = await get();
    expect([textOf(first), first.etag, first.askedFor, first.asOf, world.runs]).toEqual([
      ...['a', '"ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs"', 'the old'],
      { registry: 1, version: 1, details: 1, goodFrom: 1000, goodUntil: 2000, shownUntil: 2001 },
      1,
    ]);
    world.now = 1999;
    const again = await get();
    expect([again.body === first.body, again.askedFor, world.runs]).toEqual([true, 'nothing', 1]);
    await get('another key');
    expect(world.runs).toBe(2);
  });

  it.each([
    ['the registry may be another one', { registry: 2 }],
    ['Nova has said something else', { details: 2 }],
    ['it is not good any more', { now: 2000 }],
    ['the clock was set back', { now: 999 }],
  ])('is made again when %s, of the same bytes when they are equal', async (_, changes) => {
    const { world, get } = cache();
    const first = await get();
    Object.assign(world, changes, { goodUntil: 3000 });
    const again = await get();
    const { registry, details, now: goodFrom } = world;
    expect([again.body === first.body, again.askedFor, world.runs]).toEqual([true, 'the old', 2]);
    expect(again.asOf).toMatchObject({ registry, details, goodFrom, goodUntil: 3000, shownUntil: 3001 });
    Object.assign(world, { text: 'b', registry: 3 });
    expect(await get()).toMatchObject({ body: Buffer.from('b'), asOf: { registry: 3 } });
  });

  it('is as of the time before the read: what changes in between is noticed next time', async () => {
    const { world, get, whileReading } = cache();
    whileReading(() => (world.registry = world.details = world.version = 7));
    expect((await get()).asOf).toMatchObject({ registry: 1, details: 1, version: 1 });
    await get();
    expect(world.runs).toBe(2);
  });

  it('shares its bytes with all equal ones, whatever was asked', async () => {
    const { get } = cache();
    expect((await get('one')).body).toBe((await get('two')).body);
  });

  it('is kept by its ETag alone where there is no room for its body', async () => {
    const { world, get } = cache({ maxBytes: 8_000 });
    world.text = 'x'.repeat(7_001);
    const { etag } = await get();
    expect([await get('key', undefined, { needsBody: () => false }), world.runs]).toMatchObject([{ etag }, 1]);
    expect([textOf(await get()), world.runs]).toEqual([world.text, 2]);
  });

  it('goes when there is no room, the least used one first', async () => {
    const { world, get } = cache({ maxBytes: 8_000 }); // 1,000 of them for the keys: one entry
    await get('first');
    await get('second');
    await get('second');
    expect(world.runs).toBe(2);
    await get('first');
    expect(world.runs).toBe(3);
  });
});

describe('equal reads at the same time', () => {
  it('run once for one caller, and once for each other', async () => {
    const { world, get, closeGates, openGates } = cache();
    closeGates();
    const reads = [get(), get(), get('key', asUser('somebody else'))];
    await new Promise(setImmediate);
    openGates();
    const [one, other, third] = await Promise.all(reads);
    expect([world.runs, one?.body === other?.body, textOf(third!)]).toEqual([2, true, 'a']);
  });

  it('run again when something may have changed since the first one began', async () => {
    const { world, get, closeGates, openGates } = cache();
    closeGates();
    const first = get();
    await new Promise(setImmediate);
    Object.assign(world, { registry: 2, text: 'b' });
    const second = get();
    await new Promise(setImmediate);
    openGates();
    expect([textOf(await first), textOf(await second)]).toEqual(['a', 'b']);
  });

  it('end when nobody waits any more, and not before', async () => {
    const { world, get, closeGates, openGates, wereAbandoned } = cache();
    closeGates();
    let leave = (): void => {};
    const wait = (): Promise<never> =>
      new Promise((_, reject) => (leave = () => reject(new Error('the client has gone'))));
    const gone = get('key', undefined, { wait });
    const stays = get();
    await new Promise(setImmediate);
    leave();
    await expect(gone).rejects.toThrow('the client has gone');
    expect(wereAbandoned()).toEqual([false]);
    openGates();
    expect([textOf(await stays), world.runs]).toEqual(['a', 1]);

    closeGates();
    world.registry = 2;
    const alone = get('key', undefined, { wait });
    await new Promise(setImmediate);
    leave();
    await expect(alone).rejects.toThrow('the client has gone');
    expect(wereAbandoned()).toEqual([false, true]);
    openGates();
  });

  it('fail together, and are tried anew by the next one', async () => {
    const { world, get, whileReading } = cache();
    whileReading(() => {
      throw new Error('Nova is away');
    });
    const outcomes = await Promise.allSettled([get(), get()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    whileReading(() => undefined);
    expect([textOf(await get()), world.runs]).toEqual(['a', 2]);
  });
});

describe('a large read', () => {
  it('waits for a slot of its caller; a small one does not', async () => {
    const waited: string[] = [];
    const slots = {
      execute: <T>(key: string, work: () => Promise<T>) => {
        waited.push(key);
        return work();
      },
    };
    const { world, get } = cache({ slots });
    await get('small');
    world.isLarge = true;
    await get('large', asUser('u-2'));
    expect(waited).toEqual(['u-2']);
  });

  it('is not begun for a caller whose responses take too much already', async () => {
    const refused = new HttpFault('overloaded', []);
    const { world, get } = cache({
      requireRoom: () => {
        throw refused;
      },
    });
    await expect(get()).rejects.toBe(refused);
    expect(world.runs).toBe(0);
  });
});
