import type { RegisteredFlavorsError } from '../errors';
import type { NovaCall } from './nova-session';
import { novaErrors } from './upstream-errors';

/**
 * Waits for work no longer than until the signal, whatever the work itself is waiting for: a place in a queue, or a
 * login that others wait for, too. The work is not ended by this.
 */
export async function withinDeadline<T>(
  work: Promise<T>,
  signal: AbortSignal,
  timedOut: () => RegisteredFlavorsError,
): Promise<T> {
  let stopWaiting: (() => void) | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    stopWaiting = () => reject(timedOut());
    if (signal.aborted) stopWaiting();
    else signal.addEventListener('abort', stopWaiting, { once: true });
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    if (stopWaiting !== undefined) signal.removeEventListener('abort', stopWaiting);
  }
}

/** Waits for Nova: until the deadline, or until nobody waits any more. */
export function waitForNova<T>(work: Promise<T>, { deadlineMs, signal }: { deadlineMs: number; signal: AbortSignal }) {
  return withinDeadline(work, AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]), () =>
    novaErrors.timedOut(`Nova did not give all that was asked before the deadline of ${deadlineMs} ms.`),
  );
}

/** The same for work that ends with it: whatever is still being asked then is for nothing. */
export async function askNova<T>(
  { globalRequestId, signal }: NovaCall,
  deadlineMs: number,
  work: (call: NovaCall) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const call = { globalRequestId, signal: AbortSignal.any([signal, over.signal]) };
  try {
    return await waitForNova(work(call), { deadlineMs, signal });
  } finally {
    over.abort();
  }
}
