import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderMetrics } from './metrics-text.ts';
import { Metrics, sumMetrics } from './metrics.ts';

function makeMetrics(times: number): Metrics {
  const metrics = new Metrics();
  metrics.counter('calls_total', 'Calls.', { kind: 'a"\\\n' }).add(times);
  metrics.gauge('open', 'Open now.', () => times);
  const histogram = metrics.histogram('seconds', 'Time.', [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value * times);
  return metrics;
}

describe('metrics', () => {
  test('are written as Prometheus reads them', () => {
    assert.equal(
      renderMetrics(makeMetrics(1).snapshot()),
      `# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{kind="a\\"\\\\\\n"} 1
# HELP open Open now.
# TYPE open gauge
open 1
# HELP seconds Time.
# TYPE seconds histogram
seconds_bucket{le="0.1"} 2
seconds_bucket{le="1"} 3
seconds_bucket{le="+Inf"} 4
seconds_sum 7.65
seconds_count 4
`,
    );
  });

  test('of several threads are summed', () => {
    const other = makeMetrics(2);
    other.counter('calls_total', 'Calls.', { kind: 'b' }).add(5);
    // Snapshots cross between threads.
    const text = renderMetrics(
      sumMetrics(structuredClone([makeMetrics(1).snapshot(), other.snapshot()])),
    );
    for (const line of [
      'calls_total{kind="a\\"\\\\\\n"} 3',
      'calls_total{kind="b"} 5',
      'open 3',
      'seconds_bucket{le="0.1"} 3',
      'seconds_bucket{le="+Inf"} 8',
      'seconds_count 8',
    ]) {
      assert.ok(text.includes(`${line}\n`), line);
    }
  });

  test('are the same ones when asked for again', () => {
    const metrics = new Metrics();
    metrics.counter('calls_total', 'Calls.').add();
    metrics.counter('calls_total', 'Calls.').add();
    assert.equal(metrics.counter('calls_total', 'Calls.').value, 2);
  });
});
