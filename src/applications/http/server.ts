import { SendQueues, listen, toTransportEndpoint } from '../../transport/index.ts';
import type {
  Connection,
  ListenOptions,
  StreamHandler,
  TransportEndpoint,
} from '../../transport/index.ts';
import { HttpConnection } from './connection.ts';
import { DeadlineClock } from './deadline-clock.ts';
import type { Timed } from './deadline-clock.ts';
import { errorResponse, toHttpError } from './error-response.ts';
import type { HttpError } from './errors.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from './handler.ts';
import { http2Defaults } from './http2-limits.ts';
import type { Http2Limits } from './http2-limits.ts';
import { httpDefaults } from './limits.ts';
import type { HttpLimits } from './limits.ts';
import { formatFields } from './response-head.ts';
import type { HttpExchange, HttpService, HttpSession } from './service.ts';

/** What an HTTP server can be told beside its handler. */
export interface HttpOptions extends Partial<HttpLimits> {
  /** The Server field of every response (RFC 9110, section 10.2.4); empty for none. Default `sioux`. */
  readonly server?: string;
  /** Limits of HTTP/2, spoken over TLS to clients that prefer it (RFC 7301); false to speak none. */
  readonly http2?: Partial<Http2Limits> | false;
  /** Told of every response, once it has been sent. */
  readonly onResponse?: (exchange: HttpExchange) => void;
  /** Told what a handler threw that was no {@link HttpError}: its client learns nothing of it. */
  readonly onError?: (error: unknown, request: HttpRequest) => void;
  /**
   * The response to a request refused, for whoever wants pages of their own; by default a line of text.
   * `request` is `undefined` when it could not be read.
   */
  readonly renderError?: (error: HttpError, request: HttpRequest | undefined) => HttpResponse;
}

export type HttpServerOptions = HttpOptions & ListenOptions;

/** A web server. Disposing of it closes it with the default drain time. */
export interface HttpServer extends AsyncDisposable {
  /** Where it listens, with the port the system chose. */
  readonly endpoint: TransportEndpoint;
  /** The same for a browser: `http://127.0.0.1:8080/`. */
  readonly url: string;
  /** Connections open now. */
  readonly connections: number;
  /** Connections refused because there were too many. */
  readonly refused: number;
  /** Answers every request from now on with another handler; those under way keep theirs. */
  setHandler(handler: HttpHandler): void;
  /** Accepts nobody any more, answers what was asked for so many milliseconds (default 5,000). */
  close(drainTimeout?: number): Promise<void>;
}

/** A stream handler that speaks HTTP, and what goes with it. */
export interface HttpStreamHandler extends StreamHandler<HttpSession> {
  setHandler(handler: HttpHandler): void;
  /** Connections closed at once because their address had too many. */
  readonly refused: number;
  /** Stops the clock of the time-outs, once all connections are closed. */
  stop(): void;
}

/** `OPTIONS *` asks about the server as a whole (RFC 9110, section 9.3.7). */
function answerAsterisk(): HttpResponse {
  return { status: 200, headers: [['Allow', 'GET, HEAD, OPTIONS']], content: '' };
}

function makeService(options: HttpOptions, current: { handler: HttpHandler }): HttpService {
  const { server = 'sioux', http2, onResponse, onError, renderError, ...given } = options;
  const limits: HttpLimits = { ...httpDefaults, ...given };
  const render = renderError ?? errorResponse;
  const shortest = Math.min(
    limits.headerTimeout,
    limits.bodyTimeout,
    limits.keepAliveTimeout,
    limits.writeTimeout,
  );
  const refuse = (thrown: unknown, request: HttpRequest | undefined): HttpResponse => {
    const error = toHttpError(thrown);
    if (error !== thrown && request !== undefined) onError?.(thrown, request);
    const response = render(error, request);
    return error.close ? { ...response, close: true } : response;
  };
  return {
    limits,
    http2: { ...http2Defaults, ...(http2 || undefined) },
    clock: new DeadlineClock(Math.max(5, Math.min(500, shortest / 8))),
    queues: new SendQueues(limits.writeTimeout / 10),
    server: server === '' ? '' : formatFields([['Server', server]]),
    onResponse,
    refuse,
    answer(request) {
      if (request.form === 'asterisk') return answerAsterisk();
      try {
        const answer = current.handler(request);
        return answer instanceof Promise
          ? answer.catch((error: unknown) => refuse(error, request))
          : answer;
      } catch (error) {
        return refuse(error, request);
      }
    },
  };
}

/** Begins to speak HTTP/2 on a connection that agreed on it. */
type StartHttp2 = (connection: Connection<unknown>, service: HttpService) => HttpSession & Timed;

/**
 * Speaks HTTP over connections of any transport; {@link serveHttp} listens with it.
 *
 * @param startHttp2 what to do with connections that agreed on `h2`; without it, none may.
 */
export function httpStreamHandler(
  handler: HttpHandler,
  options: HttpOptions = {},
  startHttp2?: StartHttp2,
): HttpStreamHandler {
  const current = { handler };
  const service = makeService(options, current);
  const { clock, limits } = service;
  const byAddress = new Map<string, number>();
  let refused = 0;
  return {
    get refused() {
      return refused;
    },
    setHandler(next) {
      current.handler = next;
    },
    stop: () => clock.stop(),
    open(connection) {
      const { host } = connection.remote;
      const count = (byAddress.get(host) ?? 0) + 1;
      byAddress.set(host, count);
      const opened =
        startHttp2 !== undefined && connection.applicationProtocol === 'h2'
          ? startHttp2(connection, service)
          : new HttpConnection(connection as Connection<HttpConnection>, service);
      if (count > limits.maxConnectionsPerAddress) {
        refused++;
        connection.reset();
      }
      clock.add(opened);
      return opened;
    },
    data: (connection, bytes) => connection.state.receive(bytes),
    drain: (connection) => connection.state.drain(),
    end: (connection) => connection.state.receiveEnd(),
    shutdown: (connection) => connection.state.shutDown(),
    close(connection, reason) {
      const { host } = connection.remote;
      const count = (byAddress.get(host) ?? 1) - 1;
      if (count === 0) byAddress.delete(host);
      else byAddress.set(host, count);
      connection.state.finish(reason);
    },
  };
}

/**
 * Serves HTTP/1.1 and 1.0 (RFC 9110, RFC 9112) on a transport of ours: nothing of the platform's own
 * HTTP is used, but for its HTTP/2 (RFC 9113) over TLS. The request given to the handler has been judged: its syntax, its framing, its limits.
 *
 * @param endpoint `tcp://127.0.0.1:8080`, `tls://…`, `unix:/run/web.sock`, `memory://…`.
 * @throws {TransportError} {@link EndpointError} when it cannot listen there.
 * @example
 * ```ts
 * import { serveHttp } from 'guichet/http';
 * await using server = await serveHttp('tcp://127.0.0.1:0', async (request) => ({
 *   status: 200,
 *   headers: [['Content-Type', 'text/plain; charset=utf-8']],
 *   content: `${request.method} ${request.path}: ${await request.body.text()}`,
 * }));
 * const answer = await fetch(`${server.url}upper`, { method: 'POST', body: 'abc' });
 * if ((await answer.text()) !== 'POST /upper: abc') throw new Error('not what was sent');
 * ```
 */
export async function serveHttp(
  endpoint: string | TransportEndpoint,
  handler: HttpHandler,
  options: HttpServerOptions = {},
): Promise<HttpServer> {
  const isSecure = toTransportEndpoint(endpoint).transport === 'tls';
  const speaksHttp2 = isSecure && options.http2 !== false;
  const streams = httpStreamHandler(handler, options, speaksHttp2 ? await loadHttp2() : undefined);
  const listener = await listen(endpoint, streams, {
    ...options,
    // The time-outs here say more than the transport's, which would cut a long answer being made.
    idleTimeout: 0,
    ...(speaksHttp2 && { tls: { ALPNProtocols: ['h2', 'http/1.1'], ...options.tls } }),
  });
  const close = async (drainTimeout?: number): Promise<void> => {
    await listener.close(drainTimeout);
    streams.stop();
  };
  return {
    endpoint: listener.endpoint,
    url: formatUrl(listener.endpoint),
    get connections() {
      return listener.connections;
    },
    get refused() {
      return listener.refused + streams.refused;
    },
    setHandler: (next) => streams.setHandler(next),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

/** Loaded only where it may be spoken. */
async function loadHttp2(): Promise<StartHttp2> {
  const { Http2Connection } = await import('./http2-connection.ts');
  return (connection, service) => new Http2Connection(connection, service);
}

function formatUrl(endpoint: TransportEndpoint): string {
  if (endpoint.transport === 'memory' || endpoint.transport === 'unix') return '';
  const { host, port } = endpoint;
  const scheme = endpoint.transport === 'tls' ? 'https' : 'http';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}
