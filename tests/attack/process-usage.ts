import { readdirSync, readFileSync } from 'node:fs';

const KIB = 1024;
const NS_PER_MS = 1e6;

/** The bytes of a process that are in memory. */
export function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib ?? 0) * KIB;
}

/** How many files and connections a process has open. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** For how long a process, ready to run, has waited so far because the machine ran others; 0 where the system does not say. */
export function waitedMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1] ?? 0) / NS_PER_MS;
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
