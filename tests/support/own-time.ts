const TICK_MS = 5;
const MOST_PER_TICK_MS = 2 * TICK_MS;

/**
 * Runs work, and tells how long it took of the time that this process was given: while a busy machine runs others, nothing
 * is counted. For bounds on how long something waits at most; what blocks the event loop by itself counts for nothing, too.
 * How long it waits at least is told by `elapsedMs`, the time of the clock.
 */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; elapsedMs: number; result: T }> {
  let ms = 0;
  const begunAt = performance.now();
  let last = begunAt;
  const tick = (): void => {
    const now = performance.now();
    ms += Math.min(now - last, MOST_PER_TICK_MS);
    last = now;
  };
  const ticking = setInterval(tick, TICK_MS);
  try {
    const result = await work();
    tick();
    return { ms, elapsedMs: last - begunAt, result };
  } finally {
    clearInterval(ticking);
  }
}
