import { tellAllStories } from '../scenarios/all-stories';
import { startCloudWorld } from '../support/cloud-world';
import type { World } from '../support/world';

describe('on a real Keystone and Nova', () => {
  let world: World;
  beforeAll(async () => {
    world = await startCloudWorld();
  });
  afterAll(() => world.close());

  tellAllStories(() => world);
});
