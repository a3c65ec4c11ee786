import { readProcessDatabaseUrl } from '../config/config';
import { openStore } from '../store/open-store';
import { attempt } from './attempt';

/** `events:prune --before DATE`: forgets what happened before a day (UTC) or time. The service may run meanwhile. */
export async function pruneEvents(date: string): Promise<void> {
  const before = Date.parse(date);
  if (!/^\d{4}-\d\d-\d\d(T|$)/.test(date) || Number.isNaN(before)) {
    process.stderr.write('events:prune --before takes a day like 2026-01-31 or a time like 2026-01-31T12:00:00Z.\n');
    process.exitCode = 2;
    return;
  }
  await attempt('prune events', async () => {
    const { registrations, events } = await openStore({ databaseUrl: readProcessDatabaseUrl() });
    try {
      const forgotten = await events.prune(before);
      process.stdout.write(`${forgotten} events from before ${new Date(before).toISOString()} are forgotten.\n`);
    } finally {
      await registrations.close();
    }
  });
}
