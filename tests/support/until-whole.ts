import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_MS = 60_000;

/** Waits until a service has found out that everything it needs is there again: it probes, and its callers do not. */
export async function untilWhole(url: string): Promise<void> {
  const latest = performance.now() + LONGEST_MS;
  for (;;) {
    const { degraded } = (await (await fetch(`${url}/readiness`)).json()) as { degraded: string[] };
    if (degraded.length === 0) return;
    if (performance.now() > latest) throw new Error(`${degraded.join()} did not come back within ${LONGEST_MS} ms`);
    await sleep(10);
  }
}
