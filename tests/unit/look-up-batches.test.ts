import { setTimeout as sleep } from 'node:timers/promises';
import { LookUpBatches, type Want, type Wants } from '../../src/openstack/look-up-batches';
import { until } from '../openstack/support/expectations';

interface Asked {
  readonly wants: Wants;
  readonly globalRequestId: string;
  readonly ends: (learned: string) => void;
  readonly fails: (error: Error) => void;
}

/** Batches whose look-ups are told when and how to end. */
function openBatches() {
  const asked: Asked[] = [];
  const batches = new LookUpBatches<string>(
    (wants, globalRequestId) =>
      new Promise((ends, fails) => void asked.push({ wants: new Map(wants), globalRequestId, ends, fails })),
  );
  const join = (ids: string[], want: Partial<Want> = {}, globalRequestId = 'req-1') =>
    batches.join(new Map(ids.map((id) => [id, { withAccess: false, fresh: false, ...want }])), globalRequestId);
  const asks = async (count: number): Promise<Asked> => {
    await until(() => asked.length >= count);
    return asked[count - 1]!;
  };
  return { asked, join, asks };
}

const idsOf = ({ wants }: Asked) => [...wants.keys()];

describe('a batch', () => {
  it('asks for all that is wanted at once, on behalf of who has opened it', async () => {
    const { asked, join, asks } = openBatches();
    const first = join(['a', 'b'], {}, 'req-1');
    const second = join(['b', 'c'], {}, 'req-2');
    const batch = await asks(1);
    batch.ends('learned');

    expect([idsOf(batch), batch.globalRequestId, asked.length]).toEqual([['a', 'b', 'c'], 'req-1', 1]);
    expect(await Promise.all([...first.values(), ...second.values()])).toEqual(Array(4).fill('learned'));
    expect([[...first.keys()], [...second.keys()]]).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
  });

  it('is joined while it runs for what it brings, and by nobody when it is done', async () => {
    const { join, asks } = openBatches();
    const opened = join(['a']).get('a');
    const batch = await asks(1);
    expect(join(['a']).get('a')).toBe(opened);
    batch.ends('old');
    expect(await opened).toBe('old');

    const again = join(['a']).get('a')!;
    (await asks(2)).ends('new');
    expect(await again).toBe('new');
  });

  it.each<[string, Partial<Want>, string, Partial<Want>, boolean]>([
    ['an id', {}, 'a', {}, true],
    ['another id', {}, 'b', {}, false],
    ['what Nova says from now on', {}, 'a', { fresh: true }, false],
    ['who may use it, too', {}, 'a', { withAccess: true }, false],
    ['who may use it, as others do', { withAccess: true }, 'a', { withAccess: true }, true],
    ['less than others do', { withAccess: true, fresh: true }, 'a', {}, true],
  ])('is joined or not while it runs by who wants %s', async (_, first, id, second, isJoined) => {
    const { join, asks } = openBatches();
    const running = join(['a'], first).get('a');
    const batch = await asks(1);
    const joined = join([id], second).get(id);
    expect(joined === running).toBe(isJoined);
    batch.ends('learned');
    if (!isJoined) (await asks(2)).ends('learned');
    expect(await joined).toBe('learned');
  });

  it('brings of each flavor as much as any of those who wait wants, and no more', async () => {
    const { join, asks } = openBatches();
    join(['running']);
    const running = await asks(1);
    join(['a', 'b', 'c', 'd']);
    join(['a', 'd'], { withAccess: true });
    join(['b', 'd'], { fresh: true });
    join(['a', 'b', 'd']);
    running.ends('learned');
    const next = await asks(2);
    next.ends('learned');
    expect([...next.wants]).toEqual([
      ['a', { withAccess: true, fresh: false }],
      ['b', { withAccess: false, fresh: true }],
      ['c', { withAccess: false, fresh: false }],
      ['d', { withAccess: true, fresh: true }],
    ]);
  });

  it('begins when the one before is done, however that ended', async () => {
    const { asked, join, asks } = openBatches();
    const failing = join(['a']).get('a')!;
    const running = await asks(1);
    const waiting = join(['b']).get('b')!;
    await sleep(50); // longer than a batch is gathered
    expect(asked).toHaveLength(1);
    running.fails(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    (await asks(2)).ends('learned');
    expect(await waiting).toBe('learned');
  });
});

describe('a batch that has to wait', () => {
  it('goes on taking ids while some more come', async () => {
    const { join, asks } = openBatches();
    join(['running']);
    const running = await asks(1);
    join(['0']);
    running.ends('learned');
    await sleep(10); // half of the time after which nobody more is waited for
    join(['1']);
    await sleep(20); // so that the first half is over
    join(['2']);
    const batch = await asks(2);
    batch.ends('learned');
    expect(idsOf(batch)).toEqual(['0', '1', '2']);
  });

  it('begins some time, whoever is still coming', async () => {
    const { asked, join, asks } = openBatches();
    join(['running']);
    const running = await asks(1);
    join(['0']);
    running.ends('learned');
    for (let id = 1; asked.length < 2; id += 1) {
      join([String(id)]);
      await sleep(1);
    }
    expect(asked[1]!.wants.size).toBeGreaterThan(1);
    asked[1]!.ends('learned');
  });
});
