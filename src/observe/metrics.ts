/** Names and values that tell the samples of one metric apart. */
export type MetricLabels = Readonly<Record<string, string>>;

interface NumberSample {
  readonly labels: MetricLabels;
  value: number;
}

interface HistogramSample {
  readonly labels: MetricLabels;
  /** How many were observed in each bucket alone, the last one holding what is above every bound. */
  readonly counts: number[];
  sum: number;
}

interface MetricBase {
  readonly name: string;
  readonly help: string;
}

/** A metric as it crosses from a thread: plain data. */
export type MetricSnapshot = MetricBase &
  (
    | { readonly type: 'counter' | 'gauge'; readonly samples: readonly NumberSample[] }
    | {
        readonly type: 'histogram';
        readonly bounds: readonly number[];
        readonly samples: readonly HistogramSample[];
      }
  );

/** A number that only grows. */
export class Counter {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  add(amount: number = 1): void {
    this.#value += amount;
  }
}

/** How observations are spread over buckets. */
export class Histogram {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const found = this.bounds.findIndex((bound) => value <= bound);
    const index = found === -1 ? this.bounds.length : found;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += value;
  }
}

interface Family<Metric> extends MetricBase {
  readonly children: Map<string, readonly [MetricLabels, Metric]>;
}

/**
 * Metrics of one process or thread. Ask for a counter or a histogram once, and keep it: adding to it then
 * costs an addition.
 *
 * @example
 * ```ts
 * import { Metrics, renderMetrics } from 'guichet/observe';
 * const metrics = new Metrics();
 * const requests = metrics.counter('requests_total', 'Requests answered.', { method: 'GET' });
 * requests.add();
 * const text = renderMetrics(metrics.snapshot());
 * if (!text.includes('requests_total{method="GET"} 1')) throw new Error(text);
 * ```
 */
export class Metrics {
  readonly #counters = new Map<string, Family<Counter>>();
  readonly #histograms = new Map<string, Family<Histogram>>();
  readonly #gauges: (MetricBase & { readonly read: () => number })[] = [];

  /** The counter of that name and those labels; its name should end in `_total`. */
  counter(name: string, help: string, labels: MetricLabels = {}): Counter {
    return child(this.#counters, name, help, labels, () => new Counter());
  }

  /** The histogram of that name and those labels, with buckets up to each bound, in growing order. */
  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
    labels: MetricLabels = {},
  ): Histogram {
    return child(this.#histograms, name, help, labels, () => new Histogram(bounds));
  }

  /** A number that is read when somebody asks. */
  gauge(name: string, help: string, read: () => number): void {
    this.#gauges.push({ name, help, read });
  }

  /** All of it as it is now. */
  snapshot(): MetricSnapshot[] {
    const counters = [...this.#counters.values()].map(({ name, help, children }) => ({
      name,
      help,
      type: 'counter' as const,
      samples: Array.from(children.values(), ([labels, { value }]) => ({ labels, value })),
    }));
    const gauges = this.#gauges.map(({ name, help, read }) => ({
      name,
      help,
      type: 'gauge' as const,
      samples: [{ labels: {}, value: read() }],
    }));
    const histograms = [...this.#histograms.values()].map(({ name, help, children }) => ({
      name,
      help,
      type: 'histogram' as const,
      bounds: [...children.values()][0]?.[1].bounds ?? [],
      samples: Array.from(children.values(), ([labels, { counts, sum }]) => ({
        labels,
        counts: [...counts],
        sum,
      })),
    }));
    return [...counters, ...gauges, ...histograms];
  }
}

function child<Metric>(
  families: Map<string, Family<Metric>>,
  name: string,
  help: string,
  labels: MetricLabels,
  make: () => Metric,
): Metric {
  const family = families.get(name) ?? { name, help, children: new Map() };
  families.set(name, family);
  const key = JSON.stringify(labels);
  const found = family.children.get(key);
  if (found !== undefined) return found[1];
  const made = make();
  family.children.set(key, [labels, made]);
  return made;
}

/** Sums what several threads counted: all metrics of the same name and labels become one. */
export function sumMetrics(
  snapshots: readonly (readonly MetricSnapshot[])[],
): readonly MetricSnapshot[] {
  const summed = new Map<string, MetricSnapshot>();
  for (const metric of snapshots.flat()) {
    const before = summed.get(metric.name);
    summed.set(metric.name, before === undefined ? metric : sumTwo(before, metric));
  }
  return [...summed.values()];
}

function sumTwo(one: MetricSnapshot, other: MetricSnapshot): MetricSnapshot {
  if (one.type === 'histogram' && other.type === 'histogram') {
    const samples = sumSamples(one.samples, other.samples, (first, second) => ({
      labels: first.labels,
      counts: first.counts.map((count, index) => count + (second.counts[index] ?? 0)),
      sum: first.sum + second.sum,
    }));
    return { ...one, samples };
  }
  if (one.type === 'histogram' || other.type === 'histogram') return one;
  const samples = sumSamples(one.samples, other.samples, (first, second) => ({
    labels: first.labels,
    value: first.value + second.value,
  }));
  return { ...one, samples };
}

function sumSamples<Sample extends { readonly labels: MetricLabels }>(
  ones: readonly Sample[],
  others: readonly Sample[],
  add: (one: Sample, other: Sample) => Sample,
): readonly Sample[] {
  const byLabels = new Map(ones.map((sample) => [JSON.stringify(sample.labels), sample]));
  for (const sample of others) {
    const key = JSON.stringify(sample.labels);
    const before = byLabels.get(key);
    byLabels.set(key, before === undefined ? sample : add(before, sample));
  }
  return [...byLabels.values()];
}
