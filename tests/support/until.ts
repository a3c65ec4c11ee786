import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a busy machine takes for anything here. */
const LONGEST_MS = 60_000;
const LOOK_MS = 5;

/** Waits for something that happens behind the callers. @throws Error when it does not happen */
export async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  while (!(await happened())) {
    if (performance.now() > end) throw new Error(`it did not happen within ${LONGEST_MS} ms: ${happened.toString()}`);
    await sleep(LOOK_MS);
  }
}
