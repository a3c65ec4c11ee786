import { openSync, readSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** For how long the event loop was held up at the most, in milliseconds. */
export interface LongestTurn {
  /** As `perf_hooks.monitorEventLoopDelay` has it. */
  readonly byTheClockMs: number;
  /** Less the time in which the program was ready to run and the machine ran others. */
  readonly ownMs: number;
}

const RESOLUTION_MS = 1;
const NS_PER_MS = 1e6;

/** Watches the event loop of this process, from its making on. It wakes each millisecond. */
export class TurnWatch {
  private readonly delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly waited = waitedMs();
  private ownMs = 0;
  private last = { at: performance.now(), waitedMs: this.waited() };

  constructor() {
    this.delays.enable();
    setInterval(() => this.look(), RESOLUTION_MS).unref();
  }

  /** The longest turn since the last time. */
  take(): LongestTurn {
    this.look();
    const longest = { byTheClockMs: this.delays.max / NS_PER_MS, ownMs: this.ownMs };
    this.delays.reset();
    this.ownMs = 0;
    return longest;
  }

  private look(): void {
    const now = { at: performance.now(), waitedMs: this.waited() };
    this.ownMs = Math.max(this.ownMs, now.at - this.last.at - (now.waitedMs - this.last.waitedMs));
    this.last = now;
  }
}

/** Reads how long the main thread has waited for a processor so far; 0 where the system does not say. */
function waitedMs(): () => number {
  const buffer = Buffer.alloc(128);
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    return () =>
      Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)).split(' ')[1]) / NS_PER_MS;
  } catch {
    return () => 0;
  }
}
