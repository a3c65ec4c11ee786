import { startStubWorld, type StubWorld } from '../support/stub-world';
import { answersTo, RawConnection, refusalOf, request } from '../support/hostile/raw-http';

const REQUEST_TIMEOUT_MS = 300;
const OVERLOADED = { status: 503, code: 'registered-flavors.service.overloaded', breaches: [] };
const READ = '/RegisteredFlavors/redis';
const ROUNDS = 3;

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('where there is a place for one request', () => {
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld({
      MAX_CONCURRENT_REQUESTS: '1',
      REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
      NOVA_TIMEOUT_MS: '5000',
    });
    await here.world.as('admin').post(`${READ}/1`).expect(201);
  });
  afterEach(() => here.stub.nova.heals());
  afterAll(() => here.world.close());

  const gone = () => here.world.service.log.filter((line) => line.includes('"client_gone":true')).length;
  const url = () => here.world.service.url;
  const token = () => `X-Auth-Token: ${here.world.tokens.admin}`;
  const keptAlive = (line: string) => `${line} HTTP/1.1\r\nHost: x\r\n${token()}\r\n\r\n`;
  const ask = async (line: string, ...headers: string[]) =>
    (await answersTo(url(), request(line, [token(), ...headers])))[0];

  /** A request that has the place until Nova answers or it is let go. */
  async function occupy(ms: number): Promise<RawConnection> {
    here.stub.nova.isSlow(ms, { path: /flavors/ });
    here.stub.nova.resetRequests();
    const connection = new RawConnection(url()).send(request(`POST ${READ}/1`, [token()])); // asks in any case
    while (here.stub.nova.requests.length === 0) await soon();
    return connection;
  }

  it('refuses another one, whatever it is, before anything is done for it', async () => {
    const first = await occupy(600);
    here.stub.keystone.resetRequests();
    const others = await Promise.all(
      ['GET /', 'GET /nothing', `PUT ${READ}`, `GET ${READ}`, `POST ${READ}/2`].map((line) =>
        answersTo(url(), request(line, ['X-Auth-Token: nobody-knows-it'])),
      ),
    );
    expect(others.flat().map(refusalOf)).toEqual(Array(5).fill(OVERLOADED));
    expect(others.flat().map(({ headers }) => headers['retry-after'])).toEqual(Array(5).fill('1'));
    expect(here.stub.keystone.requests).toEqual([]);
    expect((await first.answers()).map(({ status }) => status)).toEqual([200]);
    expect((await ask(`GET ${READ}`))?.status).toBe(200);
  });

  it('says so in the log, in one line', async () => {
    const first = await occupy(300);
    const before = here.world.service.log.length;
    const id = (await ask('GET /?said'))?.headers['x-openstack-request-id'];
    await first.answers();
    const lines = here.world.service.log.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter((line) => line['request_id'] === id)).toEqual([
      expect.objectContaining({ level: 'info', message: 'request', method: 'GET', url: '/?said', status: 503 }),
    ]);
  });

  it('tells who watches over it that it runs', async () => {
    const first = await occupy(300);
    expect([(await ask('GET /healthcheck'))?.status, (await ask('HEAD /healthcheck'))?.status]).toEqual([200, 204]);
    expect((await first.answers()).map(({ status }) => status)).toEqual([200]);
  });

  it('keeps the connection of who was refused', async () => {
    const first = await occupy(300);
    const answers = await answersTo(url(), keptAlive('GET /') + request('GET /healthcheck'));
    expect(answers.map(({ status }) => status)).toEqual([503, 200]);
    await first.answers();
  });

  it('gives the place to nobody who has not sent all of the request', async () => {
    const slow = Array.from({ length: 3 }, () =>
      new RawConnection(url()).send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab'),
    );
    expect((await ask(`GET ${READ}`))?.status).toBe(200);
    for (const { socket } of slow) socket.destroy();
  });

  it.each<[string, number[], () => Promise<{ status: number }[]>]>([
    ['a read', [200], () => answersTo(url(), request(`GET ${READ}`, [token()]))],
    ['HEAD', [200], () => answersTo(url(), request(`HEAD ${READ}`, [token()]))],
    ['304', [304], () => answersTo(url(), request(`GET ${READ}`, [token(), 'If-None-Match: *']))],
    ['no such path', [404], () => answersTo(url(), request('GET /nothing'))],
    ['no token', [401], () => answersTo(url(), request(`GET ${READ}`))],
    ['a body', [404], () => answersTo(url(), request(`DELETE ${READ}/9`, [token(), 'Content-Length: 2'], '{}'))],
    ['a body that is too large', [413], () => answersTo(url(), request('GET /', ['Content-Length: 200000']))],
    ['a body that never comes', [408], () => answersTo(url(), request('GET /', ['Content-Length: 5']))],
    ['no HTTP', [400], () => answersTo(url(), 'NOISE\r\n\r\n')],
    [
      'pipelining',
      [200, 404, 200],
      () => answersTo(url(), keptAlive('GET /') + keptAlive('GET /a') + request('GET /')),
    ],
    ['noise behind a request', [200, 400], () => answersTo(url(), `${keptAlive('GET /')}NOISE\r\n\r\n`)],
  ])('has it again after %s', async (_what, statuses, send) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      expect((await send()).map(({ status }) => status)).toEqual(statuses);
      expect((await ask('GET /'))?.status).toBe(200);
    }
  });

  it.each([
    ['left', ''],
    ['left with others behind it', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5)],
  ])('has it again when its client has %s', async (_how, behind) => {
    const goneBefore = gone();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const first = await occupy(400);
      first.send(behind);
      first.socket.resetAndDestroy();
      while (gone() < goneBefore + round) await soon();
      expect((await ask('GET /'))?.status).toBe(200);
    }
  });
});
