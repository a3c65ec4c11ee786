import { until } from './until';

/** Waits until a service has found out that everything it needs is there again: it probes, and its callers do not. */
export async function untilWhole(url: string): Promise<void> {
  await until(async () => {
    const { degraded } = (await (await fetch(`${url}/readiness`)).json()) as { degraded: string[] };
    return degraded.length === 0;
  });
}
