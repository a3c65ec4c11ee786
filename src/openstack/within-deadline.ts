import type { RegisteredFlavorsError } from '../errors';
import type { NovaCall } from './nova-session';
import { novaErrors } from './upstream-errors';

/** When each caller first asked for something of Nova, by the abort signal that belongs to that caller alone. */
const arrivals = new WeakMap<AbortSignal, number>();

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

/** How much of its deadline is left to the caller with this signal: its first question to Nova started it. */
export function leftUntilDeadline({ deadlineMs, signal }: { deadlineMs: number; signal: AbortSignal }): number {
  const now = performance.now();
  const arrivedAt = arrivals.get(signal) ?? now;
  arrivals.set(signal, arrivedAt);
  return Math.max(0, arrivedAt + deadlineMs - now);
}

/**
 * Work for one caller, with a signal that ends it: at the caller's deadline, when the caller goes away, and when the
 * work is over, for then whatever is still being asked is for nothing.
 *
 * The timer is our own: `AbortSignal.any` loses an `AbortSignal.timeout` to the garbage collector, and so the deadline
 * (Node 20 to 24).
 */
export async function askNova<T, Call extends NovaCall>(
  call: Call,
  deadlineMs: number,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  const { signal } = call;
  const over = new AbortController();
  const end = (): void => over.abort();
  const timer = setTimeout(end, leftUntilDeadline({ deadlineMs, signal }));
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    return await withinDeadline(work({ ...call, signal: over.signal }), over.signal, () =>
      novaErrors.timedOut(`Nova did not give all that was asked before the deadline of ${deadlineMs} ms.`),
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    end();
  }
}
