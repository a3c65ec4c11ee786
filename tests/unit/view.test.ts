import type { FlavorDirectory } from '../../src/registrations/flavor-directory';
import type { RegistrationStore } from '../../src/registrations/registration-store';
import { readView, type View } from '../../src/registrations/view';

interface Shown extends View {
  readonly what: string;
}

/** A reader of one view, with all that it hangs on in hand. */
function reader() {
  const kept = new Map<string, Shown>();
  const world = { registry: 1, details: 1, now: 1000, what: 'a', goodUntil: 2000, looks: 0, meanwhile: () => {} };
  const ports = {
    store: { revision: () => world.registry } as RegistrationStore,
    flavors: {
      get revision() {
        return world.details;
      },
    } as FlavorDirectory,
    views: { recall: (key: string) => kept.get(key), remember: (view: Shown) => void kept.set(view.key, view) },
    clock: { now: () => world.now, monotonic: () => world.now },
  };
  const read = (key = 'key') =>
    readView<Shown>(ports, key, async () => {
      world.looks += 1;
      const { what, goodUntil } = world;
      world.meanwhile();
      return {
        goodUntil,
        shown: { goodUntil: goodUntil + 1, askedFor: 'the old' },
        isOf: (view) => view.what === what,
        create: (asOf) => ({ key, what, asOf }),
      };
    });
  return { world, kept, read };
}

describe('a view', () => {
  it('is made at the first look, and kept with what it is made of', async () => {
    const { world, kept, read } = reader();
    const { view, askedFor } = await read();
    expect([view, askedFor, world.looks, kept.get('key')]).toEqual([
      {
        ...{ key: 'key', what: 'a' },
        asOf: { registry: 1, details: 1, goodFrom: 1000, goodUntil: 2000, shownUntil: 2001 },
      },
      ...['the old', 1, view],
    ]);
  });

  it('is found without a look while registry and details are as they were, and it is good', async () => {
    const { world, read } = reader();
    const { view } = await read();
    expect((await read()).view).toBe(view);
    world.now = 1999;
    const again = await read();
    expect([again.view === view, again.askedFor, world.looks]).toEqual([true, 'nothing', 1]);
    await read('another key');
    expect(world.looks).toBe(2);
  });

  it.each([
    ['the registry may be another one', { registry: 2 }],
    ['Nova has said something else', { details: 2 }],
    ['it is not good any more', { now: 2000 }],
    ['the clock was set back', { now: 999 }],
  ])('is looked at again when %s, and is the same one when it shows the same', async (_, changes) => {
    const { world, read } = reader();
    const { view } = await read();
    Object.assign(world, changes, { goodUntil: 3000 });
    const again = await read();
    const { registry, details, now: goodFrom } = world;
    expect([again.view === view, again.askedFor, world.looks]).toEqual([true, 'the old', 2]);
    expect(view.asOf).toEqual({ registry, details, goodFrom, goodUntil: 3000, shownUntil: 3001 });
    Object.assign(world, changes, { what: 'b', registry: 3 });
    expect((await read()).view).toMatchObject({ what: 'b', asOf: { registry: 3 } });
  });

  it('is as of the time before the look: what changes in between is looked at next time', async () => {
    const { world, read } = reader();
    world.meanwhile = () => (world.registry = world.details = 7);
    expect((await read()).view.asOf).toMatchObject({ registry: 1, details: 1 });
    world.meanwhile = () => {};
    await read();
    expect(world.looks).toBe(2);
  });

  it('is that of another reader who has seen the same meanwhile', async () => {
    const { world, kept, read } = reader();
    const { asOf } = (await read('other')).view;
    const others: Shown = { key: 'key', what: 'a', asOf };
    world.meanwhile = () => kept.set('key', others);
    expect((await read()).view).toBe(others);
  });
});
