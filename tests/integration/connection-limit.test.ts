import { once } from 'node:events';
import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';
import { answersTo, RawConnection, refusalOf, request } from '../support/hostile/raw-http';

const MOST = 3;
/** As many more are taken to be told. */
const SURPLUS = 1000;
const OVERLOADED = { status: 503, code: 'registered-flavors.service.overloaded', breaches: [] };

const KEPT_ALIVE = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

describe('connections beyond the limit', () => {
  let here: HostileWorld;
  let kept: RawConnection[] = [];
  beforeAll(async () => {
    here = await startHostileWorld({ MAX_CONNECTIONS: String(MOST) });
  });
  beforeEach(async () => {
    kept = await Promise.all(Array.from({ length: MOST }, keepOne));
  });
  afterEach(async () => {
    await Promise.all(kept.map(leave));
    expect(here.service.health).toEqual(UNHARMED);
  });
  afterAll(async () => expect(await here.close()).toBe(0));

  const url = () => here.service.url;
  const connect = () => new RawConnection(url());

  /** A connection that has had an answer and stays open. */
  async function keepOne(): Promise<RawConnection> {
    const connection = connect().send(KEPT_ALIVE);
    await new Promise((resolve) => connection.socket.once('data', resolve));
    return connection;
  }

  /** Closes one and waits until the service has, too. */
  async function leave({ socket }: RawConnection): Promise<void> {
    if (socket.destroyed) return;
    socket.end();
    await new Promise((resolve) => socket.once('close', resolve));
  }

  it('are told so in one answer and closed, whatever they ask', async () => {
    const answers = await answersTo(url(), KEPT_ALIVE.repeat(3));
    expect(answers.map(refusalOf)).toEqual([OVERLOADED]);
    expect(answers[0]?.headers).toMatchObject({ connection: 'close', 'retry-after': '1' });
  });

  it('are told how the service is, if they ask that', async () => {
    const answers = await answersTo(url(), request('GET /healthcheck').replace('Connection: close\r\n', ''));
    expect(answers.map(({ status, headers }) => [status, headers['connection']])).toEqual([[200, 'close']]);
  });

  it('are told so when they say nothing, and when they do not finish', async () => {
    const answers = await Promise.all([answersTo(url(), ''), answersTo(url(), 'GET / HTTP/1.1\r\nHost: x\r\n')]);
    expect(answers.map((each) => each.map(refusalOf))).toEqual([[OVERLOADED], [OVERLOADED]]);
  });

  it('are served as soon as another one has been closed, and disturb nobody', async () => {
    await leave(kept.pop()!);
    expect((await answersTo(url(), request('GET /'))).map(({ status }) => status)).toEqual([200]);
    for (const each of kept) each.send(request('GET /'));
    const answers = await Promise.all(kept.map((each) => each.answers()));
    expect(answers.map((each) => each.map(({ status }) => status))).toEqual(Array(MOST - 1).fill([200, 200]));
  });

  it('wait with the system, and are not turned away there, when many come at once', async () => {
    process.kill(here.service.pid, 'SIGSTOP');
    const crowd = Array.from({ length: SURPLUS - 200 }, connect);
    try {
      // The system would have those beyond the backlog try again and again.
      const signal = AbortSignal.timeout(10_000);
      await Promise.all(crowd.map(({ socket }) => once(socket, 'connect', { signal })));
    } finally {
      process.kill(here.service.pid, 'SIGCONT');
      for (const { socket } of crowd) socket.destroy();
    }
  });

  it('are hung up on without a word when there are a thousand of them', async () => {
    const crowd = Array.from({ length: SURPLUS + 200 }, connect);
    const answers = await Promise.all(crowd.map((each) => each.answers()));
    expect(new Set(answers.map((each) => each[0]?.status))).toEqual(new Set([503, undefined]));
    await leave(kept.pop()!);
    expect((await answersTo(url(), request('GET /'))).map(({ status }) => status)).toEqual([200]);
  });
});
