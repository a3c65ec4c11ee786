import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { temporaryFolder } from '../store/temporary-folder';
import { StubTrove } from '../support/stub-trove';
import { startStubWorld } from '../support/stub-world';
import { takeOver, writeOpenstackProgram } from '../support/take-over';
import type { World } from '../support/world';

const COUNTED = /Versions in Trove: (\d+)\. Things that need you: (\d+)\./;

/** What a real Trove does not do when it is told to. `guides.test.ts` takes over from a real one. */
describe('deploy/take-over-from-trove.sh', () => {
  const folder = temporaryFolder();
  const trove = new StubTrove();
  let world: World;
  let env: NodeJS.ProcessEnv;

  /** A file with these lines. */
  const written = (...lines: string[]) => {
    writeFileSync(folder.in('written'), lines.join('\n'));
    return folder.in('written');
  };
  const registered = async () => {
    const { body } = await world.as('admin').get('/Registrations');
    return body.registrations as Record<string, string[]>;
  };
  const posted = () =>
    world.service.log.map((line) => JSON.parse(line)).filter(({ method }) => method === 'POST') as { status: number }[];

  beforeAll(async () => {
    const many = Array.from({ length: 2500 }, (_, index) => ({
      ...{ id: `many-${index}`, name: `many ${index}`, ram: 1024, vcpus: 1, disk: 1 },
    }));
    const flavors = ['1', '007', 'db big memory', 'MixedCase'].map((id) => ({ ...many[0]!, id, name: id }));
    const secret = { ...many[0]!, id: 'secret', name: 'secret', is_public: false };
    ({ world } = await startStubWorld({}, { flavors: [...flavors, secret, ...many] }));
    await trove.starts();
    const catalog = { 'registered-flavors': world.service.url, database: trove.url };
    writeOpenstackProgram(folder.path, catalog, world.tokens.admin);
    env = { PATH: `${folder.path}:${process.env['PATH']}` };
  });
  beforeEach(() => {
    trove.heals();
    trove.onRequest = () => undefined;
    trove.flavors = ['1', '007', 'db big memory', 'MixedCase'];
    trove.datastores = {};
  });
  afterEach(async () => {
    await world.as('admin').put('/Registrations').set('If-Match', '*').send({ registrations: {} }).expect(200);
  });
  afterAll(async () => {
    await world.close();
    await trove.stops();
    folder.remove();
  });

  it('takes over datastores of all names, on all pages, for the service types of the table', async () => {
    trove.datastores = {
      'Percona Server': [
        { name: '8.0', flavors: ['1', '007'] },
        { name: '5.7 (old)', flavors: ['MixedCase'], active: false },
      ],
      'MySQL, größer=XL': [{ name: '8.0', flavors: ['db big memory', '1'] }],
      mariadb: [{ name: '10.6', flavors: ['1'] }],
      redis: [{ name: '7:beta', flavors: ['007'] }],
      'not needed': [{ name: '1', flavors: ['1'] }],
    };
    const table = written(
      '\uFEFF# NAME=service-type\r',
      'Percona Server = percona\r',
      '',
      '  Percona Server:5.7 (old)=percona-5.7',
      'MySQL, größer=XL=mysql',
      'mariadb=mysql',
      'not needed=',
    );
    const { code, lines, complaints } = await takeOver(['--table', table], env);
    expect({ lines, complaints, code }).toEqual({
      lines: [
        '"Percona Server" "8.0" -> percona: new: 2, there before: 0',
        '"Percona Server" "5.7 (old)" (not active) -> percona-5.7: new: 1, there before: 0',
        '"MySQL, größer=XL" "8.0" -> mysql: new: 2, there before: 0',
        '"mariadb" "10.6" -> mysql: new: 0, there before: 1',
        '"redis" "7:beta" -> redis: new: 1, there before: 0',
        '"not needed" "1": left out, as the table says',
        'Versions in Trove: 6. Things that need you: 0.',
      ],
      complaints: '',
      code: 0,
    });
    expect(await registered()).toEqual({
      percona: ['007', '1'],
      'percona-5.7': ['MixedCase'],
      mysql: ['1', 'db big memory'],
      redis: ['007'],
    });
  });

  it('goes on after what cannot be taken over, names it at the end, and ends with 1', async () => {
    trove.datastores = {
      MySQL: [{ name: '5.7', flavors: ['1'] }],
      broken: [{ name: '1', flavors: ['1'] }],
      cut: [{ name: '1', flavors: ['1'] }],
      empty: [{ name: '1', flavors: ['1'] }],
      'a\u001b[31m\nb': [{ name: '1', flavors: ['1'] }],
      private: [{ name: '1', flavors: ['secret'] }],
      redis: [{ name: '7', flavors: ['007'] }],
    };
    trove.fails(404, { path: /broken/ });
    trove.truncates({ path: /cut/ });
    trove.fails(200, { body: '', path: /empty/ });
    const { code, lines } = await takeOver(['--table', written('Redis=redis')], env);
    const rule =
      'A service type is 1 to 64 lower-case letters, digits, ".", "_" and "-", and begins with a letter or a digit.';
    const wrong = [
      `"MySQL" "5.7" -> MySQL: refused: 400 Not a service type: Item 1 of service_types is "MySQL". ${rule}`,
      '"broken" "1" -> broken: Trove does not list its flavors: 404 Trove has failed with 404',
      '"cut" "1" -> cut: Trove does not list its flavors: 200 with no reason that can be read',
      '"empty" "1" -> empty: Trove does not list its flavors: 200 with no reason that can be read',
      `"a\\u001b[31m\\nb" "1" -> a?[31m?b: refused: 400 Not a service type: Item 1 of service_types is "a [31m b". ${rule}`,
      '"private" "1" -> private: Trove lists none of the flavors that are associated with it',
      '"Redis" in the table: Trove has no such datastore or version',
    ];
    expect(lines).toEqual([
      ...wrong.slice(0, -1),
      '"redis" "7" -> redis: new: 1, there before: 0',
      ...wrong.slice(-1),
      'Versions in Trove: 7. Things that need you: 7.',
      ...wrong.map((line) => `  ${line}`),
    ]);
    expect({ code, registered: await registered() }).toEqual({ code: 1, registered: { redis: ['007'] } });
  });

  it('never takes a version without an association for one with all of the flavors, also when they change meanwhile', async () => {
    trove.datastores = { a: [{ name: '1' }], redis: [{ name: '7', flavors: ['1'] }], b: [{ name: '1' }] };
    trove.onRequest = ({ path }) => {
      if (path.includes('/a%2F')) trove.flavors = [...trove.flavors.slice(1), 'MixedCase-2']; // one goes, one comes
    };
    const { code, lines } = await takeOver([], env);
    expect(lines.filter((line) => line.includes('left for you to decide') && !line.startsWith(' '))).toEqual([
      '"a" "1" -> a: no association in Trove, or all flavors: left for you to decide',
      '"b" "1" -> b: no association in Trove, or all flavors: left for you to decide',
    ]);
    expect({ code, types: Object.keys(await registered()) }).toEqual({ code: 1, types: [] });
  });

  it('tells in a dry run what it would do, by the same rules, and does nothing', async () => {
    trove.datastores = { MySQL: [{ name: '8', flavors: ['1'] }], redis: [{ name: '7', flavors: ['1', '007'] }] };
    const { code, lines } = await takeOver(['--dry-run'], env);
    expect(lines.slice(0, 2)).toEqual([
      expect.stringMatching(/^"MySQL" "8" -> MySQL: refused: 400 Not a service type/),
      '"redis" "7" -> redis: would be new: 2, there before: 0',
    ]);
    expect({ code, registered: await registered() }).toEqual({ code: 1, registered: {} });
  });

  it("takes what Trove's database says, private flavors included, and leaves out what Nova does not have", async () => {
    const many = Array.from({ length: 2500 }, (_, index) => `many-${index}`);
    const gone = Array.from({ length: 250 }, (_, index) => `gone-${index}`);
    const odd = ['', ' 1', 'größe', 'x'.repeat(300), '"', '.'];
    const row = (datastore: string, flavor_id: string | null, active = 1) =>
      JSON.stringify({ datastore, version: '8.0', version_id: `id of ${datastore}`, active, flavor_id });
    const associations = written(
      ...[...many, ...gone, ...odd, 'secret', '1'].map((id) => row('Percona Server', id)),
      row('open', null),
      row('redis', '007', 0),
      row('only gone', 'gone-1'),
    );
    writeFileSync(folder.in('table'), 'Percona Server=percona\nonly gone=gone');
    trove.resetRequests();
    const before = posted().length;
    const { code, lines } = await takeOver(['--associations', associations, '--table', folder.in('table')], env);
    expect(lines.slice(0, 5)).toEqual([
      '"Percona Server" "8.0" -> percona: new: 2502, there before: 0',
      expect.stringMatching(/^"Percona Server" "8.0" -> percona: not in Nova: "/),
      '"only gone" "8.0" -> gone: not in Nova: "gone-1"',
      '"open" "8.0" -> open: no association in Trove, or all flavors: left for you to decide',
      '"redis" "8.0" (not active) -> redis: new: 1, there before: 0',
    ]);
    const named = JSON.parse(`[${lines[1]!.split('not in Nova: ')[1]}]`) as string[];
    expect(named.toSorted()).toEqual([...gone, ...odd].toSorted());
    expect({ code, asked: trove.requests.length, few: posted().length - before < 10 }).toEqual({
      ...{ code: 1, asked: 0, few: true },
    });
    expect((await registered())['percona']).toHaveLength(2502);
  });

  it('waits as long as Trove says when it asks too often', async () => {
    trove.datastores = { redis: [{ name: '7', flavors: ['1'] }] };
    trove.fails(413, { times: 2, retryAfter: 1, path: /redis/ });
    expect(await takeOver([], env)).toMatchObject({ code: 0, complaints: '' });
    expect(await registered()).toEqual({ redis: ['1'] });
  });

  it('ends when a page of Trove leads to itself', async () => {
    trove.datastores = { a: [], b: [], c: [] };
    trove.pageSize = 0;
    const { code, complaints } = await takeOver([], env);
    trove.pageSize = 2;
    expect({ code, complaints }).toEqual({
      code: 2,
      complaints: expect.stringMatching(/^take-over-from-trove.sh: Trove does not list its datastores: .*\n$/),
    });
  });

  it('says of each version that the service cannot be reached', async () => {
    trove.datastores = { redis: [{ name: '7', flavors: ['1'] }], mysql: [{ name: '8', flavors: ['1'] }] };
    const elsewhere = temporaryFolder();
    const catalog = { 'registered-flavors': 'http://127.0.0.1:9', database: trove.url };
    writeOpenstackProgram(elsewhere.path, catalog, world.tokens.admin);
    const { code, lines } = await takeOver([], { PATH: `${elsewhere.path}:${process.env['PATH']}` });
    elsewhere.remove();
    expect({ code, told: lines.slice(0, 2), counted: COUNTED.exec(lines.join())?.slice(1) }).toEqual({
      code: 1,
      told: [
        expect.stringMatching(/^"redis" "7" -> redis: refused: curl: \(7\) Failed to connect/),
        expect.stringMatching(/^"mysql" "8" -> mysql: refused: curl: \(7\) Failed to connect/),
      ],
      counted: ['2', '2'],
    });
  });

  it('has the token on no command line and prints it nowhere', async () => {
    trove.datastores = { redis: [{ name: '7', flavors: ['1'] }] };
    const seen: string[] = [];
    trove.onRequest = ({ headers }) => {
      expect(headers['x-auth-token']).toBe(world.tokens.admin);
      seen.push(...commandLines());
    };
    const { lines, complaints } = await takeOver([], env);
    const told = [...seen, ...lines, complaints].join('\n');
    expect({ curl: told.includes('curl'), token: told.includes(world.tokens.admin) }).toEqual({
      ...{ curl: true, token: false },
    });
  });

  describe.each([
    ['a line of the table without a type', 'just a name', 'line 1 is not NAME=service-type'],
    ['a line without a name', ' = redis', 'line 1 is not NAME=service-type'],
    ['two types for a name', '# x\na=b\na = c', 'lines 2 and 3 give "a" different service types'],
  ])('%s', (_what, table, complaint) => {
    it('ends it before it asks anybody', async () => {
      trove.resetRequests();
      const file = written(table);
      expect({ ...(await takeOver(['--table', file], env)), asked: trove.requests.length }).toEqual({
        ...{ code: 2, lines: [''], complaints: `take-over-from-trove.sh: ${file}: ${complaint}.\n`, asked: 0 },
      });
    });
  });

  it.each([
    [['--tabel', 'x'], 'there is no option "--tabel".'],
    [['--table'], '--table needs a file that can be read, and not "".'],
    [['--associations', '/nowhere'], '--associations needs a file that can be read, and not "/nowhere".'],
    [['--associations', '/dev/null'], '/dev/null has to be what the query of docs/from-trove.md prints'],
    [['--associations', __filename], `${__filename} has to be what the query of docs/from-trove.md prints`],
  ])('does not begin with %j', async (args, complaint) => {
    const { code, complaints } = await takeOver(args, env);
    expect({ code, complaints }).toEqual({ code: 2, complaints: expect.stringContaining(complaint) });
  });

  it('does not guess between the regions of a catalog', async () => {
    const elsewhere = temporaryFolder();
    const catalog = {
      endpoints: ['a', 'b'].map((region) => ({ interface: 'public', region, url: `http://${region}` })),
    };
    writeFileSync(elsewhere.in('openstack'), `#!/bin/sh\necho '${JSON.stringify(catalog)}'\n`, { mode: 0o755 });
    const PATH = `${elsewhere.path}:${process.env['PATH']}`;
    const several = await takeOver([], { PATH });
    const none = await takeOver([], { PATH, OS_REGION_NAME: 'c' });
    elsewhere.remove();
    expect([several.code, none.code, several.complaints, none.complaints]).toEqual([
      ...[2, 2],
      'take-over-from-trove.sh: the service catalog has "registered-flavors" in several regions: set OS_REGION_NAME.\n',
      'take-over-from-trove.sh: the service catalog has no "registered-flavors" that goes with OS_REGION_NAME and OS_INTERFACE.\n',
    ]);
  });
});

/** Of all processes of this machine. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'latin1')];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}
