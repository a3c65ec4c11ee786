import { tellAllStories } from '../scenarios/all-stories';
import { startStubWorld, type StubWorld } from '../support/stub-world';

describe('on the stub', () => {
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld();
  });
  afterAll(() => here.world.close());

  tellAllStories(() => here.world);
});
