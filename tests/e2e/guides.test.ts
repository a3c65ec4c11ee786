import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { BUILT } from '../bench/cloud';
import { temporaryFolder } from '../store/temporary-folder';
import { environmentOnCloud, variable } from '../support/cloud-world';
import { playGuide, settled } from '../support/guide';
import { freePort } from '../support/haproxy';
import { ServiceProcess } from '../support/service-process';
import { TAKE_OVER, takeOver } from '../support/take-over';
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

  const whereTroveIs = process.env['LAB_TROVE_URL'] === undefined ? describe.skip : describe;
  whereTroveIs('what Trove associates is taken over (in a cloud that was brought up with WITH_TROVE=1)', () => {
    const page = path.join(ROOT, 'docs/from-trove.md');
    const asAdmin = { OS_CLOUD: 'lab-admin', OS_REGION_NAME: variable('OS_REGION_NAME') };
    const registered = async () => {
      const { stdout: token } = await run('openstack', ['token', 'issue', '-f', 'value', '-c', 'id']);
      const headers = { 'X-Auth-Token': token.trim() };
      const answer = await fetch(`http://127.0.0.1:${port}/Registrations`, { headers });
      return ((await answer.json()) as { registrations: Record<string, string[]> }).registrations;
    };

    it('as the page says, by its table', async () => {
      const inTheLab: [string, string][] = [
        ['deploy/take-over-from-trove.sh', TAKE_OVER],
        ['mysql:8.0', 'mysql:8.0-nomap'],
      ];
      const played = await playGuide(page, {
        ...{ replaced: [...replaced, ...inTheLab], environment: { ...environment, ...asAdmin } },
        folder: folder.path,
      });
      const [, looked, ...others] = played.map(({ output }) => output.split('\n'));
      const [previewed, done] = [looked!.slice(0, looked!.length / 2), looked!.slice(looked!.length / 2)];
      const shown = /^```console\n("[^]*?)^```/m.exec(readFileSync(page, 'utf8'))![1]!.trimEnd();
      expect(others).toEqual([]);
      expect(done).toEqual(shown.replace('"mysql" "8.0"', '"mysql" "8.0-nomap"').split('\n'));
      expect(previewed).toEqual(done.map((line) => line.replace(': new: ', ': would be new: ')));
      expect(await registered()).toMatchObject({
        ...{ percona: ['007'], 'mariadb-10.5': ['007'], postgresql: ['3'] },
        mysql: expect.arrayContaining(['1', '2']),
      });
    });

    it('goes on after names that are no service type, and says so at the end', async () => {
      const { code, lines } = await takeOver([], { ...environment, ...asAdmin });
      const needed = lines.filter((line) => line.startsWith('  ')).map((line) => line.slice(2).split('. A service')[0]);
      const refused = (name: string) =>
        `-> ${name}: refused: 400 Not a service type: Item 1 of service_types is "${name}"`;
      expect({ code, needed }).toEqual({
        code: 1,
        needed: [
          '"mysql" "8.0-nomap" -> mysql: no association in Trove, or all flavors: left for you to decide',
          `"Percona Server" "8.0" ${refused('Percona Server')}`,
          `"MariaDB" "10.6" ${refused('MariaDB')}`,
          `"MariaDB" "10.5 (old)" (not active) ${refused('MariaDB')}`,
          `"PostgreSQL für alle" "15" ${refused('PostgreSQL für alle')}`,
        ],
      });
      expect(lines).toContain('"mysql" "5.7.29" -> mysql: new: 0, there before: 50');
    });

    it("as Trove's database says, private flavors and those beyond its list included, without those that Nova does not have", async () => {
      const database = new Database(variable('LAB_TROVE_DB'), { readonly: true });
      const query = /^```sql\n([^]*?)^```/m.exec(readFileSync(page, 'utf8'))![1]!;
      const rows = database.prepare(query).pluck().all();
      database.close();
      writeFileSync(folder.in('associations.json'), rows.join('\n'));
      const { code, lines } = await takeOver(
        ['--associations', folder.in('associations.json'), '--table', folder.in('service-types.txt')],
        { ...environment, ...asAdmin },
      );
      expect({ code, needed: lines.filter((line) => line.startsWith('  ')) }).toEqual({
        code: 1,
        needed: ['  "Percona Server" "8.0" -> percona: not in Nova: "retired.large"'],
      });
      expect(lines).toContain('"Percona Server" "8.0" -> percona: new: 2, there before: 1');
      expect((await registered())['percona']).toEqual(['007', 'db big memory', 'priv-none']);
    });
  });
});
