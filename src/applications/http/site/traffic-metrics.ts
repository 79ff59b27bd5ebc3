import type { Counter, Histogram, MetricSnapshot } from '../../../observe/index.ts';
import { Metrics, metricsMediaType, renderMetrics } from '../../../observe/index.ts';
import type { HttpHandler } from '../handler.ts';
import { HttpError } from '../errors.ts';
import type { LoggedExchange } from './exchange.ts';

/** Seconds up to which the buckets of durations go. */
export const durationBounds = [
  0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** Methods that have counters of their own: a client must not make us keep one for each it invents. */
const knownMethods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

/** What is read of the server when somebody asks. */
export interface ConnectionCounts {
  /** Connections open now. */
  readonly connections: number;
  /** Connections refused so far, because there were too many. */
  readonly refused: number;
}

/** Counts what a server answers. */
export class TrafficMetrics {
  readonly #metrics = new Metrics();
  readonly #requests = new Map<string, Counter>();
  readonly #bytes: Counter;
  readonly #durations: Histogram;

  constructor(counts: () => ConnectionCounts) {
    this.#bytes = this.#metrics.counter('sioux_content_bytes_total', 'Bytes of content sent.');
    this.#durations = this.#metrics.histogram(
      'sioux_request_duration_seconds',
      'Time from the head of a request to the end of its answer.',
      durationBounds,
    );
    this.#metrics.gauge('sioux_connections', 'Connections open.', () => counts().connections);
    this.#metrics.gauge(
      'sioux_connections_refused',
      'Connections refused since the start, because there were too many.',
      () => counts().refused,
    );
  }

  /** Counts one exchange. */
  readonly count = ({ request, status, contentBytes, duration }: LoggedExchange): void => {
    const method = knownMethods.has(request.method) ? request.method : 'other';
    const kind = `${Math.floor(status / 100)}xx`;
    const key = `${method} ${kind}`;
    let counter = this.#requests.get(key);
    if (counter === undefined) {
      counter = this.#metrics.counter('sioux_requests_total', 'Requests answered.', {
        method,
        status: kind,
      });
      this.#requests.set(key, counter);
    }
    counter.add();
    this.#bytes.add(contentBytes);
    this.#durations.observe(duration / 1_000);
  };

  snapshot(): MetricSnapshot[] {
    return this.#metrics.snapshot();
  }
}

/** Answers with metrics, as Prometheus reads them. */
export function serveMetrics(
  snapshot: () => readonly MetricSnapshot[] | Promise<readonly MetricSnapshot[]>,
): HttpHandler {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new HttpError('METHOD_NOT_ALLOWED', 'metrics are only read', {
        headers: [['Allow', 'GET, HEAD']],
      });
    }
    return {
      status: 200,
      headers: [
        ['Content-Type', metricsMediaType],
        ['Cache-Control', 'no-store'],
      ],
      content: renderMetrics(await snapshot()),
    };
  };
}
