import { torture } from '../torture/torture';
import { endure } from '../torture/endurance';
import { SERVICE } from '../support/service-process';

/** The short forms of `npm run torture`. */
describe('services that are killed while they write', () => {
  it('lose nothing that was acknowledged, and leave nothing half done', async () => {
    const { kills, acknowledged, unanswered, events } = await torture(6, SERVICE);

    expect(kills).toBe(8);
    expect(acknowledged).toBeGreaterThan(50);
    expect(unanswered.done + unanswered.notDone).toBeGreaterThan(0);
    expect(events).toBeGreaterThan(100);
  });
});

describe('services that are written to and read from all the time', () => {
  it('take no more memory for it', async () => {
    const looks = await endure({ looks: 4, spanMs: 3000 }, SERVICE); // throws when they do

    expect(looks.map(({ heapMiB, rssMiB }) => [...heapMiB, ...rssMiB].every((mib) => mib > 10))).toEqual(
      Array(4).fill(true),
    );
    expect(looks.at(-1)!.reads).toBeGreaterThan(100);
    expect(looks.at(-1)!.acknowledged).toBeGreaterThan(50);
  });
});
