import type {
  ConnectOptions,
  Connection,
  ListenOptions,
  Listener,
  StreamHandler,
} from './contract.ts';
import { EndpointError, formatEndpoint, isWebEndpoint, toTransportEndpoint } from './endpoint.ts';
import type { MemoryEndpoint, TransportEndpoint } from './endpoint.ts';
import { connectMemory, listenMemory } from './memory.ts';
import { connectSocket, listenSocket } from './sockets.ts';
import type { SocketEndpoint } from './sockets.ts';

/** A stream endpoint: what carries neither datagrams nor messages. */
function toStreamEndpoint(endpoint: string | TransportEndpoint): SocketEndpoint | MemoryEndpoint {
  const parsed = toTransportEndpoint(endpoint);
  if (parsed.transport === 'udp' || isWebEndpoint(parsed)) {
    const text = formatEndpoint(parsed);
    const carried = parsed.transport === 'udp' ? 'datagrams' : 'messages';
    throw new EndpointError('UNKNOWN_TRANSPORT', `"${text}" carries ${carried}, not a stream`, {
      details: { endpoint: text, transport: parsed.transport, known: 'tcp, tls, unix, memory' },
    });
  }
  // The host and the transport vary together in ways that narrowing a spread union does not see.
  return parsed as SocketEndpoint | MemoryEndpoint;
}

/**
 * Listens on a stream endpoint, with one handler for all connections; resolves once it does.
 *
 * @throws {TransportError} `ADDRESS_IN_USE`, `PERMISSION_DENIED`, `ADDRESS_NOT_AVAILABLE`…
 * @throws {EndpointError} when the notation is wrong.
 * @example
 * ```ts
 * import { listen, openStream } from 'guichet/transport';
 * await using listener = await listen('tcp://127.0.0.1:0', {
 *   data(connection, bytes) {
 *     if (!connection.write(bytes)) connection.pause();
 *   },
 *   drain: (connection) => connection.resume(),
 * });
 * await using stream = await openStream(listener.endpoint);
 * await stream.write(new TextEncoder().encode('bonjour'));
 * const answer = await stream.read();
 * if (new TextDecoder().decode(answer) !== 'bonjour') throw new Error('no echo');
 * ```
 */
export async function listen<State = undefined>(
  endpoint: string | TransportEndpoint,
  handler: StreamHandler<State>,
  options: ListenOptions = {},
): Promise<Listener> {
  const place = toStreamEndpoint(endpoint);
  return place.transport === 'memory'
    ? listenMemory(place, handler, options)
    : listenSocket(place, handler, options);
}

/**
 * Connects to a stream endpoint; resolves once connected, and for TLS once hands are shaken.
 *
 * @throws {TransportError} `CONNECTION_REFUSED`, `CONNECT_TIMEOUT`, `HOST_NOT_FOUND`, `TLS_FAILED`…
 * @throws {EndpointError} when the notation is wrong.
 * @example
 * ```ts
 * import { connect, listen } from 'guichet/transport';
 * await using listener = await listen('memory://connect-example', {
 *   data: (connection, bytes) => connection.write(bytes),
 * });
 * const reason = await new Promise(async (resolve) => {
 *   const connection = await connect('memory://connect-example', {
 *     data: (self) => self.end(),
 *     close: (self, why) => resolve(why.code),
 *   });
 *   connection.write(new Uint8Array([1]));
 * });
 * if (reason !== 'ended') throw new Error(String(reason));
 * ```
 */
export async function connect<State = undefined>(
  endpoint: string | TransportEndpoint,
  handler: StreamHandler<State>,
  options: ConnectOptions = {},
): Promise<Connection<State>> {
  const place = toStreamEndpoint(endpoint);
  return place.transport === 'memory'
    ? connectMemory(place, handler, options)
    : connectSocket(place, handler, options);
}
