import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { BUILT } from '../bench/cloud';
import { temporaryFolder } from '../store/temporary-folder';
import { environmentOnCloud, variable } from '../support/cloud-world';
import { playGuide, settled } from '../support/guide';
import { freePort } from '../support/haproxy';
import { ServiceProcess } from '../support/service-process';
import { REMEMBERS_NOTHING } from '../support/test-service';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '../..');
const USER = 'registered-flavors';
const FLAVORS = ['db.small', 'db.large'];
/** As the admin of `env.sh`. What is to be deleted may not be there. */
const openstack = (...args: string[]) => run('openstack', args).catch(() => undefined);

/** What the guides tell people to type has to do what they say. */
describe('the guides, command by command on a real Keystone and Nova', () => {
  const folder = temporaryFolder();
  // Without the admin's own OS_* settings: the service would take them for its own.
  const environment = {
    PATH: `${folder.path}:${process.env['PATH']}`,
    HOME: folder.path,
    OS_CLIENT_CONFIG_FILE: variable('OS_CLIENT_CONFIG_FILE'),
  };
  let port: number;
  let service: ServiceProcess | undefined;
  let replaced: [string, string][];

  const wipe = async () => {
    await openstack('service', 'delete', 'registered-flavors');
    await openstack('user', 'delete', USER);
    for (const flavor of FLAVORS) await openstack('flavor', 'delete', flavor);
  };

  beforeAll(async () => {
    await run('npm', ['run', '--silent', 'build'], { cwd: ROOT });
    writeFileSync(folder.in('registered-flavors'), `#!/bin/sh\nexec node ${ROOT}/dist/main.js "$@"\n`);
    chmodSync(folder.in('registered-flavors'), 0o755);
    port = await freePort();
    const metricsPort = await freePort();
    replaced = [
      ['https://keystone.example:5000/v3', variable('LAB_KEYSTONE_URL')],
      ['PORT=8788', `PORT=${port}`],
      ['127.0.0.1:8788', `127.0.0.1:${port}`],
      ['METRICS_PORT=9788', `METRICS_PORT=${metricsPort}`],
      ['127.0.0.1:9788', `127.0.0.1:${metricsPort}`],
      ['https://registered-flavors.example', `http://127.0.0.1:${port}`],
    ];
    await wipe();
  });
  afterAll(async () => {
    await service?.stop();
    await wipe();
    folder.remove();
  });

  it("the operator's guide, from an empty host to a restored backup", async () => {
    const played = await playGuide(path.join(ROOT, 'docs/operators-guide.md'), {
      ...{ replaced, environment },
      folder: folder.path,
    });
    const [doctor, restored] = played.filter(({ commands }) => commands.includes('registered-flavors doctor'));
    expect(doctor?.output).toMatch(/^OK {4}nova/m);
    expect(restored?.output).toMatch(/^OK {4}registry/m);
    const metrics = played.find(({ commands }) => commands.includes('/metrics'));
    expect(metrics?.output).toContain('registered_flavors_request_duration_seconds_count');
    expect(played.flatMap(({ statuses }) => statuses.slice(-1))).toEqual([200, 200]); // ready at last, and the metrics
  });

  it('the API guide, with the answers that it shows', async () => {
    const settings = { ...REMEMBERS_NOTHING, ...environmentOnCloud(), PORT: String(port) };
    service = await ServiceProcess.start(settings, BUILT);
    const played = await playGuide(path.join(ROOT, 'docs/api-guide.md'), {
      ...{ replaced, environment },
      folder: folder.path,
    });
    for (const { commands, statuses, output, shown } of played) {
      const isRefused = typeof shown === 'object' && shown !== null && 'errors' in shown;
      const good = isRefused ? [404] : [200, 201, 204, 304];
      expect({ commands, odd: statuses.filter((status) => !good.includes(status)) }).toEqual({ commands, odd: [] });
      if (shown === undefined) continue;
      const last = output.split('\n').at(-1)!;
      expect({ commands, answer: settled(JSON.parse(last)) }).toEqual({ commands, answer: settled(shown) });
    }
    expect(played.filter(({ shown }) => shown !== undefined).length).toBeGreaterThan(10);
  });

  const whereTroveIs = process.env['LAB_TROVE_URL'] === undefined ? it.skip : it;
  whereTroveIs('what Trove associates is taken over (in a cloud that was brought up with WITH_TROVE=1)', async () => {
    const [played] = await playGuide(path.join(ROOT, 'docs/from-trove.md'), {
      ...{ replaced, environment },
      folder: folder.path,
    });
    expect(played?.output).toContain('mysql');
    expect(played?.output).toMatch(/new: 50, there before: 0/);
  });
});
