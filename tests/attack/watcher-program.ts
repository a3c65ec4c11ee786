import http from 'node:http';
import { obey } from './child-program';
import { type Latencies, latenciesOf } from './latencies';

/** A request that is sent again and again, whatever became of those before it. */
export interface Probe {
  readonly name: string;
  readonly url: string;
  readonly perSecond: number;
  /** Each over a connection of its own, as HAProxy checks and as a script asks. */
  readonly reconnects?: boolean;
  /** One of these in turn. */
  readonly tokens?: readonly string[];
}

/** Longer than anybody waits. */
const ANSWER_WITHIN_MS = 10_000;

/** The requests that were due in one stretch of time. */
class Phase {
  private readonly tookMs: number[] = [];
  private readonly wrong: Record<string, number> = {};
  private readonly under = new Set<Promise<void>>();

  /** @param due the moment from which the wait counts: that at which the request should have been sent */
  add(due: number, answer: Promise<number>): void {
    const over: Promise<void> = this.record(due, answer).finally(() => this.under.delete(over));
    this.under.add(over);
  }

  async latencies(): Promise<Latencies> {
    await Promise.all(this.under);
    return latenciesOf(this.tookMs, this.wrong);
  }

  private async record(due: number, answer: Promise<number>): Promise<void> {
    const came = await answer.catch((error: NodeJS.ErrnoException) => error.code ?? error.message);
    if (came !== 200) this.wrong[came] = (this.wrong[came] ?? 0) + 1;
    this.tookMs.push(came === 200 ? performance.now() - due : ANSWER_WITHIN_MS);
  }
}

/** Sends one kind of request. */
class Watch {
  private readonly agent: http.Agent;
  private readonly begun = performance.now();
  private number = 0;
  private phase = new Phase();

  constructor(private readonly probe: Probe) {
    this.agent = new http.Agent({ keepAlive: probe.reconnects !== true });
    setInterval(() => this.sendWhatIsDue(), 1000 / probe.perSecond);
  }

  /** Begins a phase, and answers with what came of the one before it once nothing of it is under way. */
  next(): Promise<Latencies> {
    const { phase } = this;
    this.phase = new Phase();
    return phase.latencies();
  }

  private sendWhatIsDue(): void {
    const { url, perSecond, tokens = [] } = this.probe;
    for (;;) {
      const due = this.begun + (this.number * 1000) / perSecond;
      if (due > performance.now()) return;
      this.phase.add(due, ask(url, this.agent, tokens[this.number % tokens.length]));
      this.number += 1;
    }
  }
}

function ask(url: string, agent: http.Agent, token: string | undefined): Promise<number> {
  const headers = token === undefined ? {} : { 'X-Auth-Token': token };
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      answer.on('error', reject);
    });
    request.on('error', reject);
  });
}

let watches: readonly (readonly [string, Watch])[] = [];

obey({
  watch: (probes: readonly Probe[]) => {
    watches = probes.map((probe) => [probe.name, new Watch(probe)]);
  },
  next: async () =>
    Object.fromEntries(await Promise.all(watches.map(async ([name, watch]) => [name, await watch.next()] as const))),
});
