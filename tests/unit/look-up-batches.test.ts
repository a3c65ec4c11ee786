import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type JoinOptions, LookUpBatches, type Wants } from '../../src/openstack/look-up-batches';
import { until } from '../support/until';

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
  /** For each id the look-up that brings it. */
  const join = async (ids: string[], { fresh = false, globalRequestId = 'req-1' }: Partial<JoinOptions> = {}) => {
    const joined = await batches.join(ids, { fresh, globalRequestId, nextTurn: () => setImmediate() });
    return new Map(joined.flatMap(({ flavorIds, learned }) => flavorIds.map((id) => [id, { learned }] as const)));
  };
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
    const [first, second] = await Promise.all([
      join(['a', 'b'], { globalRequestId: 'req-1' }),
      join(['b', 'c'], { globalRequestId: 'req-2' }),
    ]);
    const batch = await asks(1);
    batch.ends('learned');
    const brought = [...first.values(), ...second.values()].map(({ learned }) => learned);

    expect([idsOf(batch), batch.globalRequestId, asked.length]).toEqual([['a', 'b', 'c'], 'req-1', 1]);
    expect(await Promise.all(brought)).toEqual(Array(4).fill('learned'));
    expect([[...first.keys()], [...second.keys()]]).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
  });

  it('is joined while it runs for what it brings, and by nobody when it is done', async () => {
    const { join, asks } = openBatches();
    const opened = (await join(['a'])).get('a')!.learned;
    const batch = await asks(1);
    expect((await join(['a'])).get('a')?.learned).toBe(opened);
    batch.ends('old');
    expect(await opened).toBe('old');

    const again = (await join(['a'])).get('a')!.learned;
    (await asks(2)).ends('new');
    expect(await again).toBe('new');
  });

  it.each([
    ['an id', false, 'a', false, true],
    ['another id', false, 'b', false, false],
    ['what Nova says from now on', false, 'a', true, false],
    ['less than others do', true, 'a', false, true],
  ])('is joined or not while it runs by who wants %s', async (_, first, id, second, isJoined) => {
    const { join, asks } = openBatches();
    const running = (await join(['a'], { fresh: first })).get('a')!.learned;
    const batch = await asks(1);
    const joined = (await join([id], { fresh: second })).get(id)!.learned;
    expect(joined === running).toBe(isJoined);
    batch.ends('learned');
    if (!isJoined) (await asks(2)).ends('learned');
    expect(await joined).toBe('learned');
  });

  it('brings of each flavor as new an answer as any of those who wait wants', async () => {
    const { join, asks } = openBatches();
    await join(['running']);
    const running = await asks(1);
    await join(['a', 'b']);
    await join(['b'], { fresh: true });
    await join(['a', 'b']);
    running.ends('learned');
    const next = await asks(2);
    next.ends('learned');
    expect([...next.wants]).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  it('of very many ids is one, whatever happens while they are added', async () => {
    const { asked, join, asks } = openBatches();
    const many = Array.from({ length: 5_000 }, (_, index) => String(index));
    const joined = await join(many);
    (await asks(1)).ends('learned');

    expect([joined.size, asked.length, asked[0]?.wants.size]).toEqual([5_000, 1, 5_000]);
  });

  it('begins when the one before is done, however that ended', async () => {
    const { asked, join, asks } = openBatches();
    const failing = (await join(['a'])).get('a')!.learned;
    const running = await asks(1);
    const waiting = (await join(['b'])).get('b')!.learned;
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
    await join(['running']);
    const running = await asks(1);
    await join(['0']);
    running.ends('learned');
    await sleep(10); // half of the time after which nobody more is waited for
    await join(['1']);
    await sleep(20); // so that the first half is over
    await join(['2']);
    const batch = await asks(2);
    batch.ends('learned');
    expect(idsOf(batch)).toEqual(['0', '1', '2']);
  });

  it('begins some time, whoever is still coming', async () => {
    const { asked, join, asks } = openBatches();
    await join(['running']);
    const running = await asks(1);
    await join(['0']);
    running.ends('learned');
    for (let id = 1; asked.length < 2; id += 1) {
      await join([String(id)]);
      await sleep(1);
    }
    expect(asked[1]!.wants.size).toBeGreaterThan(1);
    asked[1]!.ends('learned');
  });
});
