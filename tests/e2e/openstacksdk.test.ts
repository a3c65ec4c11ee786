import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { startCloudWorld } from '../support/cloud-world';
import type { World } from '../support/world';
import recorded from '../cloud/recordings/openstacksdk.json';
import { settledBySdk } from '../unit/openstacksdk/settled';
import { SETTINGS_CASES } from '../unit/openstacksdk/settings-cases';

describe('openstacksdk', () => {
  it('makes of variables and clouds.yaml what was recorded', async () => {
    const found = await settledBySdk();
    const named = Object.fromEntries(SETTINGS_CASES.map(({ says }, at) => [says, found[at]!]));
    expect(named).toEqual(recorded);
  });

  describe('with its own pager', () => {
    let world: World;
    beforeAll(async () => {
      world = await startCloudWorld();
      const ids = [];
      for (let count = 0; count < 5; count += 1) ids.push(await world.createFlavor());
      await world.as('admin').post(`/RegisteredFlavors/sdk-pages,sdk-pages-too/${ids.join()}`).expect(201);
    });
    afterAll(() => world.close());

    it.each([
      ['/RegisteredFlavors', 'registered_flavors', 5],
      ['/RegistrationEvents', 'registration_events', 10],
    ])('comes through every page of %s', async (path_, key, count) => {
      const { body } = await world.as('admin').get(path_).expect(200);
      const entries = body[key] as { flavor_id: string; id?: number }[];
      const ids = entries.map(({ id, flavor_id }) => id ?? flavor_id);
      expect(ids).toHaveLength(count);
      for (const limit of ['1', '2', '5', '7']) {
        const script = path.join(__dirname, 'sdk_pages.py');
        const { stdout } = await promisify(execFile)('/usr/bin/python3', [script, world.service.url, path_, limit]);
        expect(JSON.parse(stdout)).toEqual(ids);
      }
    });
  });
});
