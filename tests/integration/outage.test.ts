import { MAKES_DO, outage } from '../scenarios/outage';
import { startStubWorld, type StubWorld } from '../support/stub-world';

describe('on the stub', () => {
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld(MAKES_DO);
  });
  afterAll(() => here.world.close());

  outage(() => here.world);
});
