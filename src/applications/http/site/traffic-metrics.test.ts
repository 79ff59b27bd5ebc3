import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf, makeRequest, textOf } from '../../../../test/support/site-request.ts';
import { TrafficMetrics, serveMetrics } from './traffic-metrics.ts';

test('traffic is counted by method and class of status, and shown to whoever reads it', async () => {
  const traffic = new TrafficMetrics(() => ({ connections: 3, refused: 1 }));
  const count = (method: string, status: number): void =>
    traffic.count({
      request: makeRequest('/', { method }),
      status,
      contentBytes: 100,
      duration: 3,
    });
  count('GET', 200);
  count('GET', 206);
  count('GET', 404);
  for (let index = 0; index < 50; index++) count(`MADE-UP-${index}`, 501);
  const response = await serveMetrics(() => traffic.snapshot())(makeRequest('/metrics'));
  const text = textOf(response);
  for (const line of [
    'sioux_requests_total{method="GET",status="2xx"} 2',
    'sioux_requests_total{method="GET",status="4xx"} 1',
    'sioux_requests_total{method="other",status="5xx"} 50',
    'sioux_content_bytes_total 5300',
    'sioux_connections 3',
    'sioux_connections_refused 1',
    'sioux_request_duration_seconds_bucket{le="0.0025"} 0',
    'sioux_request_duration_seconds_bucket{le="0.005"} 53',
    'sioux_request_duration_seconds_bucket{le="+Inf"} 53',
    'sioux_request_duration_seconds_count 53',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
  assert.equal(text.split('sioux_requests_total{').length, 4);
  assert.equal(fieldsOf(response)['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
});
