import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventQuery, RegistrationEvent } from '../../registrations/registration-event';
import type { RegistrationEvents } from '../../registrations/registration-events';
import { jsonList } from './listed';
import { pruneEvents } from './prune-events';
import type { SqliteDatabase } from './sqlite-database';

/** How many events are looked at before others get a turn. */
const SEARCHED_AT_ONCE = 20_000;

/** What has happened to the registrations, in the registry's own file. */
export class SqliteRegistrationEvents implements RegistrationEvents {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async find(query: EventQuery): Promise<RegistrationEvent[]> {
    const { oldest, newest } = this.#database.read(() => this.#database.reads.rangeOfEvents.get()) ?? {};
    if (typeof oldest !== 'number' || typeof newest !== 'number') return [];
    const found: RegistrationEvent[] = [];
    for (let before = Math.min(query.before ?? Infinity, newest + 1); before > oldest; before -= SEARCHED_AT_ONCE) {
      const range = { from: before - SEARCHED_AT_ONCE, before, limit: query.limit - found.length };
      found.push(...this.#findBetween(range, query));
      if (found.length === query.limit) break;
      await nextTurn();
    }
    return found;
  }

  #findBetween(
    range: { from: number; before: number; limit: number },
    { serviceTypes, flavorIds, userId, since, until }: EventQuery,
  ): RegistrationEvent[] {
    const rows = this.#database.read(() =>
      this.#database.reads.findEvents.all({
        ...range,
        serviceTypes: serviceTypes === undefined ? null : jsonList(serviceTypes),
        flavorIds: flavorIds === undefined ? null : jsonList(flavorIds),
        userId: userId ?? null,
        since: since ?? Number.MIN_SAFE_INTEGER,
        until: until ?? Number.MAX_SAFE_INTEGER,
      }),
    );
    return rows.map((row) => ({ ...row, globalRequestId: row.globalRequestId ?? undefined }));
  }

  prune(before: number): AsyncGenerator<number, void> {
    return pruneEvents(this.#database, before);
  }
}
