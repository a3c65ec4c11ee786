import Database from 'better-sqlite3';

/** What a run has seen. Whatever is wrong ends it with an error instead. */
export interface Report {
  readonly rounds: number;
  readonly kills: number;
  readonly acknowledged: number;
  /** Writes whose answer never came, by what became of them: each of them whole. */
  readonly unanswered: { readonly done: number; readonly notDone: number };
  readonly events: number;
}

/**
 * A write as it was sent. Its id comes back in the registry, whether or not an answer does. PATCH gives each of the types
 * just these ids; PUT does, and empties all others.
 */
export interface Sent {
  readonly method: 'POST' | 'DELETE' | 'PATCH' | 'PUT';
  readonly types: readonly string[];
  readonly ids: readonly string[];
  readonly globalId: string;
}

interface EventRow {
  readonly id: number;
  readonly globalId: string;
  readonly action: 'registered' | 'deregistered' | 'size_accepted';
  readonly pair: string;
}

export interface Answer {
  readonly registered?: Pair[];
  readonly deregistered?: Pair[];
}
interface Pair {
  readonly service_type: string;
  readonly flavor_id: string;
}

/** What the writers know, and what the registry has to agree with. */
export class Ledger {
  private readonly sent = new Map<string, Sent>();
  /** What acknowledged writes have changed, by their answers; of those not yet looked for in the registry. */
  private readonly acknowledged = new Map<string, string[]>();
  private readonly unanswered = new Set<string>();
  /** What the registry has of writes of which nothing was heard at the last check. */
  private readonly found = new Map<string, EventRow[]>();
  /** What stands, by the events up to the last check. */
  private readonly standing = new Set<string>();
  private lastEvent = 0;
  private counts = { acknowledged: 0, done: 0, notDone: 0, events: 0 };

  constructor(private readonly databaseFile: string) {}

  sends(sent: Sent): void {
    this.sent.set(sent.globalId, sent);
  }

  hears({ globalId, method }: Sent, status: number, answer: Answer): void {
    if (![200, 201, 404, 412, 503].includes(status)) throw new Error(`${method} was answered ${status}`);
    const { registered = [], deregistered = [] } = answer;
    const changed = [
      ...registered.map((pair) => `registered ${nameOf(pair)}`),
      ...deregistered.map((pair) => `deregistered ${nameOf(pair)}`),
    ].sort();
    if (status >= 400) this.sent.delete(globalId);
    else this.acknowledged.set(globalId, changed);
    if (status < 400) this.counts.acknowledged += 1;
  }

  wasNotSent({ globalId }: Sent): void {
    this.sent.delete(globalId);
  }

  hearsNothing({ globalId }: Sent): void {
    this.unanswered.add(globalId);
  }

  /** @throws Error when the registry is not as it has to be */
  check(): void {
    // Only what was known before the registry was looked at can be asked of it.
    const acknowledged = new Map(this.acknowledged);
    const unanswered = new Set(this.unanswered);
    const { events, pairs } = this.look();
    const changes = new Map<string, EventRow[]>();
    for (const event of events) changes.set(event.globalId, [...(changes.get(event.globalId) ?? []), event]);
    for (const [globalId, rows] of changes) {
      this.replay(globalId, rows);
      this.found.set(globalId, rows);
    }
    this.lastEvent = events.at(-1)?.id ?? this.lastEvent;
    this.counts.events += events.length;
    same('the registrations, and the sum of the events', pairs, [...this.standing].sort());

    for (const [globalId, changed] of acknowledged) {
      const rows = (this.found.get(globalId) ?? []).filter(({ action }) => action !== 'size_accepted');
      const done = rows.map(({ action, pair }) => `${action} ${pair}`).sort();
      same(`an acknowledged write and its events (${globalId})`, done, changed);
      this.forget(globalId);
    }
    for (const globalId of unanswered) {
      this.counts[this.found.has(globalId) ? 'done' : 'notDone'] += 1;
      this.forget(globalId);
    }
  }

  totals(): Pick<Report, 'acknowledged' | 'events' | 'unanswered'> {
    const { acknowledged, events, done, notDone } = this.counts;
    return { acknowledged, events, unanswered: { done, notDone } };
  }

  /** A write is whole: after it, all is as it says. */
  private replay(globalId: string, rows: readonly EventRow[]): void {
    for (const { action, pair } of rows) {
      const stood = this.standing.has(pair);
      if (stood === (action === 'registered'))
        throw new Error(`${pair} was ${action} and ${stood ? 'stood' : 'did not stand'}`);
      if (action === 'registered') this.standing.add(pair);
      if (action === 'deregistered') this.standing.delete(pair);
    }
    const sent = this.sent.get(globalId);
    if (sent === undefined) throw new Error(`the registry has a change that nobody sent (${globalId})`);
    const named = new Set(sent.types.flatMap((type) => sent.ids.map((id) => `${type} ${id}`)));
    const others = [...this.standing].filter((pair) => isReplacedBy(sent, pair));
    const left = [...named, ...others].filter(
      (pair) => this.standing.has(pair) !== (sent.method !== 'DELETE' && named.has(pair)),
    );
    if (left.length > 0) throw new Error(`${sent.method} was done by half: ${left.join(', ')} (${globalId})`);
  }

  /** One snapshot, by a connection of its own: nobody else has the file open when all services were killed. */
  private look(): { events: EventRow[]; pairs: string[] } {
    const registry = new Database(this.databaseFile, { readonly: true });
    try {
      same('integrity_check', registry.pragma('integrity_check', { simple: true }), 'ok');
      same('foreign_key_check', registry.pragma('foreign_key_check'), []);
      return registry.transaction(() => this.read(registry))();
    } finally {
      registry.close();
    }
  }

  private read(registry: Database.Database): { events: EventRow[]; pairs: string[] } {
    const events = registry
      .prepare<[number], EventRow>(
        `SELECT e.id, c.global_request_id AS globalId, e.action, e.service_type || ' ' || e.flavor_id AS pair
          FROM registration_events e JOIN changes c ON c.id = e.change_id WHERE e.id > ? ORDER BY e.id`,
      )
      .all(this.lastEvent);
    const pairs = registry
      .prepare<[], string>("SELECT service_type || ' ' || flavor_id AS pair FROM registrations ORDER BY pair")
      .pluck()
      .all();
    const counted = registry.prepare<[], number>('SELECT sum(flavor_count) FROM service_types').pluck().get();
    same('the count of service types, and what stands', counted ?? 0, pairs.length);
    const orphans = registry
      .prepare('SELECT flavor_id FROM accepted_flavors WHERE flavor_id NOT IN (SELECT flavor_id FROM registrations)')
      .all();
    same('flavors without a registration', orphans, []);
    return { events, pairs };
  }

  private forget(globalId: string): void {
    this.sent.delete(globalId);
    this.acknowledged.delete(globalId);
    this.unanswered.delete(globalId);
    this.found.delete(globalId);
  }
}

/** Whether a pair that is not named does not stand afterwards, either. */
function isReplacedBy({ method, types }: Sent, pair: string): boolean {
  return method === 'PUT' || (method === 'PATCH' && types.includes(pair.split(' ')[0]!));
}

function nameOf({ service_type, flavor_id }: Pair): string {
  return `${service_type} ${flavor_id}`;
}

function same(what: string, found: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)]; // lists of other realms are no equals else
  if (one !== other) throw new Error(`${what} differ: ${one} and ${other}`);
}
