/** What a request that was sent at regular times has met with. A request without the right answer counts as the longest wait. */
export interface Latencies {
  readonly sent: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** How many had another answer, or none in time, by what came instead. */
  readonly wrong: Readonly<Record<string, number>>;
}

export function latenciesOf(tookMs: readonly number[], wrong: Readonly<Record<string, number>>): Latencies {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { sent: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0, wrong };
}

/** How many came as they should, of all. */
export function partRight({ sent, wrong }: Latencies): number {
  const lost = Object.values(wrong).reduce((sum, count) => sum + count, 0);
  return sent === 0 ? 1 : (sent - lost) / sent;
}
