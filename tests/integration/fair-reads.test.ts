import Database from 'better-sqlite3';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { RawConnection } from '../support/hostile/raw-http';
import { ServiceProcess } from '../support/service-process';
import { stubEnvironment } from '../support/stub-world';
import { numbered } from '../store/examples';

const TYPES = numbered('type-', 100);
const IDS = numbered('id-', 1000);

/** 100,000 registrations, past the service. */
function fill(file: string): void {
  const database = new Database(file);
  const accept = database.prepare("INSERT INTO accepted_flavors VALUES (?, 'name', 1, 1, 1, 0, 0, 1, 0)");
  const register = database.prepare("INSERT INTO registrations VALUES (?, ?, 0, 'user', 'project', 'req-0', NULL)");
  database.transaction(() => {
    for (const id of IDS) accept.run(id);
    for (const type of TYPES) for (const id of IDS) register.run(type, id);
  })();
  database.close();
}

describe('a reader who asks for very much', () => {
  let cloud: StubCloud;
  let service: ServiceProcess;
  let tokens: Record<'greedy' | 'other', string>;
  beforeAll(async () => {
    const description = 'd'.repeat(4000); // more than the buffers of a socket take
    cloud = await startStubCloud({
      flavors: IDS.map((id) => ({ id, name: `name of ${id}`, ram: 1, vcpus: 1, disk: 1, description })),
    });
    tokens = { greedy: cloud.keystone.tokenFor('alice'), other: cloud.keystone.tokenFor('carol') };
    service = await ServiceProcess.start({ ...stubEnvironment(cloud), SHUTDOWN_SECONDS: '0' });
    fill(`${service.folder}/data/registered-flavors.db`);
    await get('other', '/RegisteredFlavors/type-000/id-000'); // what Nova says is known
    await get('greedy', '/RegisteredFlavors/type-000');
  });
  afterAll(async () => {
    await service.stop();
    await cloud.close();
  });

  const get = async (who: keyof typeof tokens, path: string) => {
    const response = await fetch(service.url + path, { headers: { 'X-Auth-Token': tokens[who] } });
    return { status: response.status, text: await response.text() };
  };

  it('waits behind himself, and nobody behind him', async () => {
    const order: string[] = [];
    const greedy = Array.from({ length: 20 }, async (_, index) => {
      const { status, text } = await get('greedy', `/RegisteredFlavors/${TYPES.join()}?min_ram=${100 + index}`);
      order.push('greedy');
      return [status, text];
    });
    for (let round = 0; round < 20; round += 1) {
      const { status } = await get('other', `/RegisteredFlavors/type-${String(round).padStart(3, '0')}/id-001`);
      order.push(`other ${status}`);
      await fetch(`${service.url}/healthcheck`);
    }
    const meanwhile = order.filter((each) => each === 'greedy').length;

    expect(order.filter((each) => each === 'other 200')).toHaveLength(20);
    expect(meanwhile).toBeLessThan(10);
    const outcomes = await Promise.all(greedy);
    expect(outcomes.every(([status, text]) => status === 200 && text === '{"registered_flavors":[]}')).toBe(true);
  });

  it('and reads none of it, gets no more, until he has read or gone; others read on', async () => {
    const connections = Array.from({ length: 60 }, (_, index) => {
      const connection = new RawConnection(service.url);
      connection.socket.pause();
      // Each of these responses is another one, of 5 MB.
      const types = TYPES.slice(0, 99 - index).join();
      return connection.send(
        `GET /RegisteredFlavors/${types} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${tokens.greedy}\r\n\r\n`,
      );
    });
    const large = () => get('greedy', `/RegisteredFlavors/${TYPES.join()}?hydrate=true`);
    const refusals: string[] = [];
    for (let attempt = 0; attempt < 200 && refusals.length === 0; attempt += 1) {
      const { status, text } = await get(
        'greedy',
        `/RegisteredFlavors/${TYPES.slice(0, 10).join()}?min_ram=${attempt % 2}`,
      );
      if (status !== 200) refusals.push(`${status} ${text}`);
      expect((await get('other', '/RegisteredFlavors/type-000/id-001')).status).toBe(200);
    }
    expect(refusals[0]).toMatch(/^503 .*registered-flavors.service.overloaded.*have not read \d+ bytes/);
    for (const { socket } of connections) socket.destroy();
    let status = 503;
    for (let attempt = 0; attempt < 200 && status !== 200; attempt += 1) ({ status } = await large());
    expect(status).toBe(200);
    expect(service.health).toEqual({ ended: null, complaints: '' });
  });
});
