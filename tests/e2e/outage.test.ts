import { MAKES_DO, outage } from '../scenarios/outage';
import { startCloudWorld } from '../support/cloud-world';
import type { World } from '../support/world';

describe('on a real Keystone and Nova', () => {
  let world: World;
  beforeAll(async () => {
    world = await startCloudWorld(MAKES_DO);
  });
  afterAll(() => world.close());

  outage(() => world);
});
