import { readdirSync, readFileSync } from 'node:fs';

const KIB = 1024;

/** The bytes of a process that are in memory. */
export function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib ?? 0) * KIB;
}

/** How many files and connections a process has open. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Looks again and again at how much memory processes have, until it is told to stop. */
export class MemoryWatch {
  private readonly timer: NodeJS.Timeout;
  private readonly peaks: Map<number, number>;

  constructor(pids: readonly number[], everyMs: number) {
    this.peaks = new Map(pids.map((pid) => [pid, 0]));
    this.look();
    this.timer = setInterval(() => this.look(), everyMs);
  }

  /** The most that each has had. */
  stop(): ReadonlyMap<number, number> {
    this.look();
    clearInterval(this.timer);
    return this.peaks;
  }

  private look(): void {
    for (const [pid, peak] of this.peaks)
      this.peaks.set(
        pid,
        Math.max(
          peak,
          ifThere(() => residentBytes(pid)),
        ),
      );
  }
}

/** 0 for a process that has ended. */
export function ifThere(read: () => number): number {
  try {
    return read();
  } catch {
    return 0;
  }
}
