import { LRUCache } from 'lru-cache';
import { collectDefaultMetrics, Counter, Gauge, Registry } from '@prometheus-io/client';
import { ERROR_TITLES } from '../errors';
import type { FlavorRead, Meter, ServedRequest, UpstreamTry } from '../meter';
import { Distribution } from './distribution';

const PREFIX = 'registered_flavors_';
/** From a remembered read to a look-up that meets its deadline. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const AGES = [1, 5, 15, 30, 60, 90, 300, 900, 3600, 21_600, 86_400];
/** By the values of one label; undefined while there are none. */
type Numbers = Readonly<Record<string, number>> | undefined;
/** Ids whose request has not been logged: what is done behind the readers never is. */
const MOST_IDS = 10_000;

/** Counts for Prometheus, in a registry of its own: several services may live in one process. */
export class PrometheusMeter implements Meter {
  readonly registry = new Registry();
  private readonly novaRequests = new LRUCache<string, number>({ max: MOST_IDS });
  private readonly requests = this.distribution<'operation' | 'status'>(
    'request_duration_seconds',
    'Requests by operation and status.',
    SECONDS,
  );
  private readonly upstream = this.distribution<'service' | 'outcome'>(
    'upstream_request_duration_seconds',
    'Tries towards Keystone and Nova.',
    SECONDS,
  );
  private readonly ages = this.distribution<'result'>(
    'read_details_age_seconds',
    'Reads of flavors: the age of the oldest details that were shown, by whether what is remembered did (Cache-Status).',
    AGES,
  );
  private readonly renewals = new Counter({
    name: `${PREFIX}token_renewals_total`,
    help: "Logins of the service's own user.",
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  private readonly errors = new Counter({
    name: `${PREFIX}errors_total`,
    help: 'Requests that were answered with an error, by its code (docs/errors.md).',
    labelNames: ['code'],
    registers: [this.registry],
  });

  /** What is there from the beginning is seen to grow when it happens for the first time. */
  constructor() {
    for (const outcome of ['ok', 'failed', 'refused']) this.renewals.inc({ outcome }, 0);
    for (const code of Object.keys(ERROR_TITLES)) this.errors.inc({ code }, 0);
  }

  /** Also what Node.js tells of the process: memory, event loop lag, garbage collection. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  served({ operation, status, seconds, errorCode }: ServedRequest): void {
    const labels = () => ({ operation, status: String(status).replace(' ', '_') });
    this.requests.add(`${operation} ${status}`, labels, seconds);
    if (errorCode !== undefined) this.errors.inc({ code: errorCode });
  }

  asked({ service, outcome, seconds, globalRequestId }: UpstreamTry): void {
    const labels = () => ({ service: service.toLowerCase(), outcome });
    this.upstream.add(`${service} ${outcome}`, labels, seconds);
    if (service === 'Nova') this.novaRequests.set(globalRequestId, (this.novaRequests.get(globalRequestId) ?? 0) + 1);
  }

  read({ result, ageSeconds }: FlavorRead): void {
    this.ages.add(result, () => ({ result: result.replaceAll(' ', '_') }), ageSeconds);
  }

  tokenRenewed(outcome: Parameters<Meter['tokenRenewed']>[0]): void {
    this.renewals.inc({ outcome });
  }

  takeNovaRequests(globalRequestId: string): number {
    if (this.novaRequests.size === 0) return 0; // most reads find it so
    const count = this.novaRequests.get(globalRequestId) ?? 0;
    this.novaRequests.delete(globalRequestId);
    return count;
  }

  /** Numbers that are looked up when somebody asks, by the values of one label; none while there are none. */
  gauges(name: string, help: string, label: string, look: () => Numbers | Promise<Numbers>): void {
    new Gauge<string>({
      name: PREFIX + name,
      help,
      labelNames: [label],
      registers: [this.registry],
      async collect() {
        const numbers = (await look()) ?? {};
        this.reset();
        for (const [value, number] of Object.entries(numbers)) this.set({ [label]: value }, number);
      },
    });
  }

  /** A count that somebody else keeps. */
  counter(name: string, help: string, look: () => number): void {
    new Counter({
      name: PREFIX + name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(look());
      },
    });
  }

  private distribution<L extends string>(name: string, help: string, bounds: readonly number[]): Distribution<L> {
    return new Distribution<L>(this.registry, PREFIX + name, help, bounds);
  }
}
