import { type Ask, ASKS, type Fault, type Told } from './fault';
import { LIMITS, SHORT_LIMITS, STALE_AFTER_SECONDS } from './fault-setting';
import type { FaultWorld, FaultWorlds, TimedAnswer } from './fault-world';

/** What one row brought. */
export interface Outcome {
  readonly answers: Partial<Record<Ask, { readonly told: Told; readonly ms: number }>>;
  /** Whatever else was not as it should be, in words. */
  readonly breaches: readonly string[];
}

/** What our own code may take on top of a deadline, on a busy machine. */
const MARGIN_MS = 2500;
const LONGEST_PAUSE_SECONDS = 10;
const MAX_GROWTH_MIB = 100;
const PREFIX = 'registered-flavors.';

/** Lets one thing go wrong, asks our service everything meanwhile, ends the fault and looks at what is left. */
export async function runFault(worlds: FaultWorlds, fault: Fault): Promise<Outcome> {
  const answers: Outcome['answers'] = {};
  const breaches: string[] = [];
  for (const remembers of [true, false]) {
    const asks = (Object.keys(ASKS) as Ask[]).filter(
      (ask) => ask in fault.answers && (ASKS[ask].details !== 'unknown') === remembers,
    );
    if (asks.length === 0) continue;
    const stage = await Stage.set(await worlds.for(fault, remembers ? 'remembers' : 'remembers nothing'), fault);
    for (const ask of asks) await stage.play(ask);
    const outcome = stage.outcome();
    Object.assign(answers, outcome.answers);
    breaches.push(...outcome.breaches);
  }
  return { answers, breaches };
}

let stages = 0;

class Stage {
  private readonly answers: Outcome['answers'] = {};
  private readonly breaches: string[] = [];
  /** All that our service said to its callers. */
  private said = '';
  private readonly logBefore: number;
  private readonly strayedBefore: number;

  private constructor(
    private readonly world: FaultWorld,
    private readonly fault: Fault,
    /** What this row's service types end with. */
    private readonly suffix: number,
    private readonly knownToken: string,
    private readonly wanted: string,
  ) {
    this.logBefore = world.service.log.length;
    this.strayedBefore = world.elsewhere.requests;
  }

  static async set(world: FaultWorld, fault: Fault): Promise<Stage> {
    await world.heal(LONGEST_PAUSE_SECONDS); // a row that failed must not make those after it fail, too
    const token = world.keystone.tokenFor('admin');
    const suffix = (stages += 1);
    const types = `read-${suffix},deleted-${suffix}`;
    const registered = await world.send('POST', `/RegisteredFlavors/${types}/${world.flavorIds.join()}`, token);
    const before = await world.send('GET', `/RegisteredFlavors/read-${suffix}`, token);
    if (registered.status !== 201 || before.status !== 200) throw new Error(`no good start: ${registered.body}`);
    return new Stage(world, fault, suffix, token, before.body);
  }

  async play(ask: Ask): Promise<void> {
    const { world, fault } = this;
    const { method, details, token: tokenIs } = ASKS[ask];
    const path = this.pathOf(method);
    await world.send('GET', `/RegisteredFlavors/read-${this.suffix}`, this.knownToken); // known, both of them
    if (details === 'stale') world.passes(STALE_AFTER_SECONDS);
    const memory = watchMemory();
    await fault.begin(world);
    const token = tokenIs === 'known' ? this.knownToken : world.keystone.tokenFor('admin');
    let isAnswered = false;
    const asked = world.send(method, `/RegisteredFlavors/${path}`, token).finally(() => {
      isAnswered = true;
    });
    const [answer, health] = await Promise.all([
      asked,
      world.send('GET', '/healthcheck'),
      fault.meanwhile?.(world, () => isAnswered),
    ]);
    const grownMib = memory.stop();
    const healthAfter = await world.send('GET', '/healthcheck');
    await world.heal(fault.pauseSeconds ?? 0);

    this.answers[ask] = { told: tell(answer), ms: answer.ms };
    this.hold(answer.ms <= this.deadlineMs + MARGIN_MS, `${ask} took ${answer.ms} ms`);
    this.hold(health.status === 200 && healthAfter.status === 200, `the healthcheck failed beside ${ask}`);
    this.hold(health.ms <= MARGIN_MS, `the healthcheck beside ${ask} took ${health.ms} ms`);
    this.hold(fault.isHeavy !== true || grownMib < MAX_GROWTH_MIB, `${ask} took ${Math.round(grownMib)} MiB`);
    this.hold(!ask.startsWith('GET') || answer.status !== 200 || answer.body === this.wanted, `${ask} is not whole`);
    this.hear(answer, health);
    await this.lookAfterwards(ask, answer);
  }

  outcome(): Outcome {
    const { world } = this;
    const everything = this.said + world.service.log.slice(this.logBefore).join('\n');
    this.hold(!world.secrets().some((secret) => everything.includes(secret)), 'a token or the password was told');
    this.hold(world.elsewhere.requests === this.strayedBefore, 'a redirect was followed to another host');
    this.hold(world.nova.writes === 0, 'something other than GET went to Nova');
    return { answers: this.answers, breaches: this.breaches };
  }

  private pathOf(method: 'GET' | 'POST' | 'DELETE'): string {
    const ids = this.world.flavorIds.join();
    return {
      GET: `read-${this.suffix}`,
      POST: `posted-${this.suffix}/${ids}`,
      DELETE: `deleted-${this.suffix}/${ids}`,
    }[method];
  }

  /** The fault is over: the very same read works at once, and only what was answered with success is written. */
  private async lookAfterwards(ask: Ask, answer: TimedAnswer): Promise<void> {
    const again = await this.read('read');
    this.hold(again.body === this.wanted, `after ${ask} and its end GET answers ${tell(again)}`);
    const isDone = answer.status < 300;
    const count = this.world.flavorIds.length;
    if (ask === 'POST') await this.holdCount('posted', isDone ? count : 0);
    if (ask === 'DELETE') await this.holdCount('deleted', isDone ? 0 : count);
  }

  private async holdCount(serviceType: string, count: number): Promise<void> {
    const { registered_flavors: flavors } = JSON.parse((await this.read(serviceType)).body) as {
      registered_flavors?: unknown[];
    };
    this.hold(flavors?.length === count, `${flavors?.length} instead of ${count} flavors are registered`);
  }

  private async read(serviceType: string): Promise<TimedAnswer> {
    const token = this.world.keystone.tokenFor('admin');
    const answer = await this.world.send('GET', `/RegisteredFlavors/${serviceType}-${this.suffix}`, token);
    this.hear(answer);
    return answer;
  }

  private hear(...answers: TimedAnswer[]): void {
    for (const { headers, body } of answers) this.said += JSON.stringify([...headers]) + body;
  }

  private hold(isSo: boolean, breach: string): void {
    if (!isSo) this.breaches.push(breach);
  }

  private get deadlineMs(): number {
    const { KEYSTONE_DEADLINE_MS, NOVA_DEADLINE_MS } = {
      ...LIMITS,
      ...(this.fault.takesLong === true && SHORT_LIMITS),
      ...this.fault.settings,
    };
    return Math.max(Number(KEYSTONE_DEADLINE_MS), Number(NOVA_DEADLINE_MS));
  }
}

/** An answer in short: its status, the code of its error, and when to come back. */
function tell({ status, headers, body }: TimedAnswer): Told {
  const retryAfter = headers.get('Retry-After');
  const { errors = [] } = JSON.parse(body) as { errors?: { code: string }[] };
  const codes = errors.map(({ code }) => ` ${code.replace(PREFIX, '')}`).join('');
  const isStale = /; ttl=-/.test(headers.get('Cache-Status') ?? '');
  return `${status}${codes}${isStale ? ', stale' : ''}${retryAfter === null ? '' : `, Retry-After ${retryAfter}`}`;
}

/** How far heap and buffers grow above what they are now, at the most, in MiB. */
function watchMemory(): { stop(): number } {
  const used = () => {
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1024 / 1024;
  };
  const before = used();
  let most = before;
  const look = () => {
    most = Math.max(most, used());
  };
  const timer = setInterval(look, 5);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return most - before;
    },
  };
}
