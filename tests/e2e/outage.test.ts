import { MAKES_DO, outage } from '../scenarios/outage';
import { startCloudWorld } from '../support/cloud-world';
import type { World } from '../support/world';

describe('on a real Keystone and Nova', () => {
  let world: World;
  beforeAll(async () => {
    world = await startCloudWorld(MAKES_DO);
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  jest.setTimeout(120_000);
  outage(() => world);
});
