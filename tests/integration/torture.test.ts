import { torture } from '../torture/torture';
import { SERVICE } from '../support/service-process';

/** The short form of \`npm run torture\`. */
describe('services that are killed while they write', () => {
  it('lose nothing that was acknowledged, and leave nothing half done', async () => {
    const { kills, acknowledged, unanswered, events } = await torture(6, SERVICE);

    expect(kills).toBe(8);
    expect(acknowledged).toBeGreaterThan(50);
    expect(unanswered.done + unanswered.notDone).toBeGreaterThan(0);
    expect(events).toBeGreaterThan(100);
  });
});
