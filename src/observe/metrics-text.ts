import type { MetricLabels, MetricSnapshot } from './metrics.ts';

/** The media type of {@link renderMetrics}. */
export const metricsMediaType = 'text/plain; version=0.0.4; charset=utf-8';

function escapeLabel(text: string): string {
  return text.replaceAll(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`));
}

function writeLabels(labels: MetricLabels, more: MetricLabels = {}): string {
  const pairs = Object.entries({ ...labels, ...more }).map(
    ([name, value]) => `${name}="${escapeLabel(value)}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function renderSamples(metric: MetricSnapshot): readonly string[] {
  const { name } = metric;
  if (metric.type !== 'histogram') {
    return metric.samples.map(({ labels, value }) => `${name}${writeLabels(labels)} ${value}`);
  }
  return metric.samples.flatMap(({ labels, counts, sum }) => {
    // Prometheus counts in each bucket all that is below its bound, whatever other bucket it is in.
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      const le = metric.bounds[index] === undefined ? '+Inf' : String(metric.bounds[index]);
      return `${name}_bucket${writeLabels(labels, { le })} ${total}`;
    });
    return [
      ...buckets,
      `${name}_sum${writeLabels(labels)} ${sum}`,
      `${name}_count${writeLabels(labels)} ${total}`,
    ];
  });
}

/** Metrics in the text format of Prometheus, version 0.0.4. */
export function renderMetrics(metrics: readonly MetricSnapshot[]): string {
  return metrics
    .flatMap((metric) => [
      `# HELP ${metric.name} ${metric.help.replaceAll('\n', ' ')}`,
      `# TYPE ${metric.name} ${metric.type}`,
      ...renderSamples(metric),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
