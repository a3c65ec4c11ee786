import { attackersNamed } from '../attack/attackers/all-attackers';
import { attackOn } from '../attack/campaign';
import { readShape } from '../attack/shape';
import { type Ground, prepareGround, type Stage, startStage } from '../attack/stage';
import { turnsInMemory } from '../attack/turns';
import { type Bounds, missesOf } from '../attack/verdict';
import { SERVICE } from '../support/service-process';

const SEED = 20_270_113;
/** Those that did the most harm, when there was nothing against them. */
const WORST = [
  'selectors',
  'empty-pages',
  'never-reads',
  'made-up-tokens',
  'endless-bodies',
  'connect',
  'tiny-requests',
  'tiny-chunks',
  'documents',
];
const DURATIONS = { warmUpSeconds: 0.5, quietSeconds: 1, attackSeconds: 2, recoverySeconds: 1, afterSeconds: 1 };
/** What has to show is that the service stands still; that it is slower, or the machine busy, has not. */
const BOUNDS: Bounds = { readerMs: 3000, timesQuiet: Infinity, healthMs: 3000, grownMib: 256, afterMs: 2000 };
/** Times the bound at 1,000,000 registrations, here with 100,000: what the collector does counts, too. */
const SLOWNESS = 4;

/** The short form of `npm run attack`. */
describe('while one caller does his worst', () => {
  let ground: Ground;
  beforeAll(async () => (ground = await prepareGround(readShape('100x1000'))));
  afterAll(() => ground.close());

  describe('the service', () => {
    let stage: Stage;
    beforeAll(async () => (stage = await startStage(ground, 'plain', SERVICE)));
    afterAll(() => stage.close());

    it.each(WORST)('goes on for others: %s', async (name) => {
      const attacker = attackersNamed([name]).find((each) => each.name === name)!;
      const outcome = await attackOn(stage, ground, attacker, DURATIONS, SEED);

      expect(missesOf({ ...outcome, setup: 'plain', badExits: [] }, BOUNDS)).toEqual([]);
    });
  });

  it('no operation holds up the event loop for long', async () => {
    const turns = await turnsInMemory(ground, SERVICE, () => undefined, 2);

    expect(turns.length).toBeGreaterThan(40);
    expect(turns.filter(({ longestMs, mostMs, hasStatus }) => !hasStatus || longestMs > SLOWNESS * mostMs)).toEqual([]);
  });
});
