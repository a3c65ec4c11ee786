import { readProcessDatabaseUrl } from '../config/config';
import { EXIT_CODE } from '../exit-code';
import { readEventTime } from '../registrations/event-time';
import { inspectStoreMigrations } from '../store/maintain-store';
import { openStore } from '../store/open-store';
import { StoreOpenError } from '../store/store-open-error';
import { attempt } from './attempt';

/** A day, or a time with its zone. */
const FORM = /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/;

/** Longer than any other write takes: nobody waits for this one. */
const BUSY_TIMEOUT_MS = 30_000;
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** `events:prune --before DATE`: forgets what happened before a day (UTC) or time. The service may run meanwhile. */
export async function pruneEvents(date: string): Promise<void> {
  const before = FORM.test(date) ? readEventTime(date) : undefined;
  if (before === undefined) {
    process.stderr.write(
      'events:prune --before takes a day like 2026-01-31 (UTC) or a time like 2026-01-31T12:00:00Z.\n',
    );
    process.exitCode = EXIT_CODE.usage;
    return;
  }
  await attempt('prune events', async () => {
    if (before > Date.now()) throw new StoreOpenError(`${date} is in the future: every event would be forgotten.`);
    const databaseUrl = readProcessDatabaseUrl();
    requireCurrent(databaseUrl);
    const { registrations, events } = await openStore({ databaseUrl, busyTimeoutMs: BUSY_TIMEOUT_MS });
    try {
      await forget(events.prune(before), new Date(before).toISOString());
    } finally {
      await registrations.close();
    }
  });
}

/** What is forgotten stays so, however this ends; and whoever ended it learns how far it got. */
async function forget(steps: AsyncIterable<number>, before: string): Promise<void> {
  let forgotten = 0;
  let isStopped = false;
  const stop = () => (isStopped = true);
  for (const signal of STOP_SIGNALS) process.once(signal, stop);
  try {
    for await (const count of steps) {
      forgotten += count;
      if (isStopped) throw new StoreOpenError('it was told to stop.');
    }
    process.stdout.write(`${forgotten} events from before ${before} are forgotten.\n`);
  } catch (error) {
    process.stderr.write(
      `${forgotten} events from before ${before} are forgotten so far: run it again for the others.\n`,
    );
    throw error;
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
  }
}

/** Opening would make what is missing, and migrate: then services of an earlier version may not go on with the file. */
function requireCurrent(databaseUrl: string): void {
  const found = inspectStoreMigrations(databaseUrl);
  if (found === undefined)
    throw new StoreOpenError('There is no registry: DATABASE_URL, or the folder, is another one.');
  if (found.missingMigrations > 0) {
    throw new StoreOpenError(
      'The registry is of an earlier version: start the service of this one, or "migrate", first.',
    );
  }
}
