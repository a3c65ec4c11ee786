import type { Registry } from '@prometheus-io/client';

interface Series<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  /** How many values were up to each bound and above the one before; the last one is for those beyond all bounds. */
  readonly counts: number[];
  sum: number;
}

/**
 * A histogram of the registry of @prometheus-io/client that costs little to add to. Its own finds the series of each value by making a
 * text of sorted and checked labels: with three of them on the way, a warm read took a twentieth longer.
 */
export class Distribution<L extends string> {
  readonly type = 'histogram';
  private readonly series = new Map<string, Series<L>>();

  constructor(
    registry: Registry,
    readonly name: string,
    readonly help: string,
    private readonly bounds: readonly number[],
  ) {
    registry.registerMetric(this as unknown as Parameters<Registry['registerMetric']>[0]);
  }

  /** @param key the same for the same labels; those are asked for when it is new */
  add(key: string, labels: () => Record<L, string>, value: number): void {
    let series = this.series.get(key);
    if (series === undefined) {
      series = { labels: labels(), counts: Array<number>(this.bounds.length + 1).fill(0), sum: 0 };
      this.series.set(key, series);
    }
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket += 1;
    series.counts[bucket]! += 1;
    series.sum += value;
  }

  /** In the form that the registry asks of its metrics. */
  async get(): Promise<{ name: string; help: string; type: string; values: object[] }> {
    const values = [...this.series.values()].flatMap(({ labels, counts, sum }) => {
      let count = 0;
      const buckets = [...this.bounds, '+Inf'].map((le, index) => {
        count += counts[index]!;
        return { labels: { ...labels, le }, value: count, metricName: `${this.name}_bucket` };
      });
      const rest = [
        { labels, value: sum, metricName: `${this.name}_sum` },
        { labels, value: count, metricName: `${this.name}_count` },
      ];
      return [...buckets, ...rest];
    });
    return { name: this.name, help: this.help, type: this.type, values };
  }
}
