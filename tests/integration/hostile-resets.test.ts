import { leaveInEveryState } from '../support/hostile/connection-states';
import { ErrorListeners } from '../support/hostile/error-listeners';
import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';
import { answersTo, RawConnection, request } from '../support/hostile/raw-http';
import { timed } from '../support/own-time';
import { startStubWorld } from '../support/stub-world';

const NOVA_TAKES_MS = 30;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('clients that reset their connections', () => {
  let here: HostileWorld;
  let slow: string; // what has to wait for Nova
  beforeAll(async () => {
    here = await startHostileWorld({ SHUTDOWN_SECONDS: '1' });
    slow = `POST /RegisteredFlavors/reset/1 HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${here.admin}\r\n\r\n`;
    await here.send('POST', '/RegisteredFlavors/redis/1');
  });
  beforeEach(() => here.stub.nova.resetRequests());
  afterEach(() => here.stub.nova.heals());
  afterAll(() => here.close());

  const connect = (before = '') =>
    new RawConnection(here.service.url).send(`${before}CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n`);
  const untilNovaIsAsked = async () => {
    while (here.stub.nova.requests.length === 0 && here.service.health.ended === null) await pause(10);
  };
  const servesOn = async () => {
    const [answer] = await answersTo(here.service.url, request('GET /healthcheck')).catch(() => []);
    return { status: answer?.status, ...here.service.health };
  };

  it('do not end the process at CONNECT', async () => {
    for (let number = 0; number < 20; number += 1) {
      const { socket } = connect();
      await new Promise((resolve) => socket.once('ready', resolve));
      if (number % 2 === 0) await pause(20); // the refusal is on its way
      socket.resetAndDestroy();
    }
    await pause(50);
    expect(await servesOn()).toEqual({ status: 200, ...UNHARMED });
  });

  it('do not end the process at CONNECT behind a request, which ends with its client', async () => {
    here.stub.nova.isSlow(300);
    const { socket } = connect(slow);
    await untilNovaIsAsked();
    socket.resetAndDestroy();
    await here.service.prints(/"client_gone":true/);
    expect(await servesOn()).toEqual({ status: 200, ...UNHARMED });
  });

  it('harm nobody: 1,000 of them, in every state of a connection', async () => {
    here.stub.nova.isSlow(NOVA_TAKES_MS);
    await leaveInEveryState(here.service.url, here.admin, 1000);
    expect(await servesOn()).toEqual({ status: 200, ...UNHARMED });
    expect(here.service.output).not.toContain('"status":500');
  });

  it('do not hold up the end: the connection of a CONNECT is closed with the others', async () => {
    here.stub.nova.hangs();
    const { socket } = connect(slow);
    await untilNovaIsAsked();
    const { ms, result } = await timed(() => here.service.stop());
    expect([result, ms < 6_000]).toEqual([0, true]); // SHUTDOWN_SECONDS is 1; Nova would be waited for 30 s
    socket.destroy();
  });
});

describe('the errors of sockets', () => {
  it('have a listener at every moment, whatever clients do, and so do those of servers', async () => {
    const listeners = new ErrorListeners();
    const { world, stub } = await startStubWorld({ METRICS_PORT: '0' });
    try {
      stub.nova.isSlow(NOVA_TAKES_MS);
      await fetch(world.service.metricsUrl!);
      await leaveInEveryState(world.service.url, world.tokens.admin, 400);
      await leaveInEveryState(world.service.metricsUrl!, world.tokens.admin, 60);
      expect(listeners.missing).toEqual([]);
      expect(listeners.watched).toBeGreaterThan(800); // both ends of each connection
    } finally {
      await world.close();
      listeners.stop();
    }
  });
});
