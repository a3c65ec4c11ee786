import { once } from 'node:events';
import net from 'node:net';
import { type StubCloud, startStubCloud } from '../../../src/stub/stub-cloud';
import { believableFlavors } from '../../../src/stub/stub-flavors';
import type { StubKeystone } from '../../../src/stub/stub-keystone';
import type { StubNova } from '../../../src/stub/stub-nova';
import { startPlainServer } from '../../openstack/support/plain-server';
import { timed } from '../own-time';
import { stubEnvironment } from '../stub-world';
import { startTestService, type TestService } from '../test-service';
import { untilWhole } from '../until-whole';
import { type FaultSetting, LIMITS, MEMORY, type Memory, type Scene, SHORT_LIMITS } from './fault-setting';
import { until } from '../until';

/** An answer of our service and how long it took. */
export interface TimedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly ms: number;
}

/** What a fault may take hold of. */
export interface FaultWorld {
  readonly keystone: StubKeystone;
  readonly nova: StubNova;
  readonly service: TestService;
  readonly flavorIds: readonly string[];
  /** Another host on loopback, which nobody has a reason to talk to. */
  readonly elsewhere: { readonly url: string; readonly requests: number };
  /** The token that our service works with at this moment. */
  readonly ownToken: () => string;
  /** Starts our service anew and waits until it has looked at the cloud and said in its log how things are. */
  readonly restart: () => Promise<void>;
  /** Stops a stub and lets something in its place send these bytes to whoever connects, and hang up. */
  readonly replace: (stub: StubKeystone | StubNova, bytes: string) => Promise<void>;
  /** A request to our service. */
  send(method: string, path: string, token?: string): Promise<TimedAnswer>;
  /** Ends every fault, lets that much time go by for our service, and waits until it has found out. */
  heal(pauseSeconds: number): Promise<void>;
  /** Lets that much time go by for our service. */
  passes(seconds: number): void;
  /** Every token that was seen, ours and our callers', and our password. */
  secrets(): string[];
  close(): Promise<void>;
}

const FEW: Scene = { flavors: believableFlavors(), flavorIds: ['1', '2', '3'] };

/** The worlds of a table: faults that need the same scene and settings meet the same service, one after the other. */
export class FaultWorlds {
  private readonly started = new Map<string, Promise<FaultWorld>>();

  /** The world for a fault. */
  for({ scene = FEW, settings, takesLong }: FaultSetting, memory: Memory): Promise<FaultWorld> {
    const all = { ...LIMITS, ...(takesLong === true && SHORT_LIMITS), ...settings, ...MEMORY[memory] };
    const key = JSON.stringify([scene.flavorIds, scene.flavors.length, all]);
    const world = this.started.get(key) ?? startFaultWorld(scene, all);
    this.started.set(key, world);
    return world;
  }

  async close(): Promise<void> {
    for (const world of this.started.values()) await (await world).close();
  }
}

/** So that tokens outlive all the time that goes by. */
const TOKEN_LIFETIME_SECONDS = 10_000_000;

/** Starts a stub cloud and our service on it. */
async function startFaultWorld(scene: Scene, settings: Readonly<Record<string, string>>): Promise<FaultWorld> {
  const { flavors, flavorIds, maxLimit = 1000 } = scene;
  const cloud = await startStubCloud({ flavors, maxLimit, tokenLifetimeSeconds: TOKEN_LIFETIME_SECONDS });
  const { keystone, nova } = cloud;
  let aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs };
  const service = await startTestService({ ...stubEnvironment(cloud), ...settings }, clock);
  const elsewhere = await startElsewhere();
  const impostors: net.Server[] = [];
  const heal = async (pauseSeconds: number) => {
    for (const impostor of impostors.splice(0)) await closeServer(impostor);
    for (const stub of [keystone, nova]) {
      await stub.stops(); // what still hangs ends now: a probe among it would tell of the fault when that is over
      stub.heals();
      await stub.starts();
    }
    aheadMs += pauseSeconds * 1000;
    await untilWhole(service.url);
  };
  return {
    keystone,
    nova,
    service,
    flavorIds,
    elsewhere,
    ownToken: () => ownTokens(cloud).at(-1) ?? '',
    restart: async () => {
      const from = service.log.length;
      await service.restart();
      await until(() => service.log.slice(from).some((line) => /OpenStack is there|cannot be used/.test(line)));
    },
    replace: async (stub, bytes) => {
      await stub.stops();
      impostors.push(await startImpostor(stub.port, bytes));
    },
    send: (method, path, token) => send(service.url + path, method, token),
    heal,
    passes: (seconds) => {
      aheadMs += seconds * 1000;
    },
    secrets: () => secretsOf(cloud),
    close: async () => {
      await heal(0);
      await service.close();
      await elsewhere.close();
      await cloud.close();
    },
  };
}

async function send(url: string, method: string, token?: string): Promise<TimedAnswer> {
  const { ms, result } = await timed(async () => {
    const answer = await fetch(url, { method, headers: token === undefined ? {} : { 'X-Auth-Token': token } });
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  });
  return { ...result, ms: Math.round(ms) };
}

async function startElsewhere() {
  let requests = 0;
  const server = await startPlainServer((_request, response) => {
    requests += 1;
    response.end('{}');
  });
  return {
    url: server.url,
    close: () => server.close(),
    get requests() {
      return requests;
    },
  };
}

async function startImpostor(port: number, bytes: string): Promise<net.Server> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined); // whoever does not like what it got hangs up
    socket.once('data', () => socket.end(bytes, 'latin1'));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function closeServer(server: net.Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

/** In the order in which our service used them: it sends its own to Keystone and Nova as X-Auth-Token. */
function ownTokens({ keystone, nova }: StubCloud): string[] {
  return [...keystone.requests, ...nova.requests]
    .sort((a, b) => a.at - b.at)
    .flatMap(({ headers }) => headers['x-auth-token'] ?? [])
    .map(String);
}

function secretsOf(cloud: StubCloud): string[] {
  const subjects = cloud.keystone.requests.flatMap(({ headers }) => headers['x-subject-token'] ?? []);
  return [...new Set([...ownTokens(cloud), ...subjects, cloud.keystone.credentials('flavorsvc').password])];
}
