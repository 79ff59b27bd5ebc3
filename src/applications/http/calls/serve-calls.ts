import { readTlsOptions } from '../../../presentation/index.ts';
import type { Endpoint } from '../../../presentation/index.ts';
import type { Dispatcher } from '../../../service/index.ts';
import type { ListenOptions, WebEndpoint } from '../../../transport/index.ts';
import { HttpError } from '../errors.ts';
import { serveHttp } from '../server.ts';
import { rpcHandler } from './index.ts';
import type { RpcOptions } from './index.ts';

/** Calls served at one place of the web, and nothing else there. */
export interface CallsListener {
  /** With the port that the system chose. */
  readonly endpoint: WebEndpoint;
  close(drainTimeout?: number): Promise<void>;
}

/**
 * Serves calls at an endpoint such as `json+ws://127.0.0.1:8080/rpc` or `json+https://…`: requests and
 * WebSockets alike, in either encoding.
 *
 * @throws {TransportError} as `serveHttp` does.
 */
export async function serveCalls(
  place: WebEndpoint,
  tls: Endpoint['tls'],
  dispatcher: Dispatcher,
  options: ListenOptions & RpcOptions = {},
): Promise<CallsListener> {
  const { transport, host, port, path } = place;
  const isSecure = transport === 'wss' || transport === 'https';
  const answer = rpcHandler(dispatcher, options);
  const server = await serveHttp(
    { transport: isSecure ? 'tls' : 'tcp', host, port },
    (request) => {
      if (request.path === path) return answer(request);
      throw new HttpError('NOT_FOUND', `calls are at ${path}`);
    },
    { ...options, ...(tls !== undefined && { tls: await readTlsOptions(tls) }) },
  );
  const bound = 'port' in server.endpoint ? server.endpoint.port : port;
  return {
    endpoint: { ...place, port: bound },
    close: (drainTimeout) => server.close(drainTimeout),
  };
}
