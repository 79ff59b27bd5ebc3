import type { DatagramHandler, DatagramOptions, DatagramSocket } from './datagram.ts';
import { EndpointError, formatEndpoint, isWebEndpoint, toTransportEndpoint } from './endpoint.ts';
import type { TransportEndpoint } from './endpoint.ts';
import { openMemoryDatagrams } from './memory-datagram.ts';
import { openUdp } from './udp.ts';

async function open(
  endpoint: string | TransportEndpoint,
  handler: DatagramHandler,
  options: DatagramOptions,
  connected: boolean,
): Promise<DatagramSocket> {
  const place = toTransportEndpoint(endpoint);
  if (place.transport === 'memory') return openMemoryDatagrams(place, handler, options, connected);
  if (place.transport !== 'unix' && !isWebEndpoint(place) && place.transport === 'udp') {
    return openUdp(place, handler, options, connected);
  }
  const text = formatEndpoint(place);
  throw new EndpointError(
    'UNKNOWN_TRANSPORT',
    `"${text}" carries ${isWebEndpoint(place) ? 'messages' : 'a stream'}, not datagrams`,
    {
      details: { endpoint: text, transport: place.transport, known: 'udp, memory' },
    },
  );
}

/**
 * Binds a datagram socket, which receives from anybody and sends to whom it is told.
 *
 * @throws {TransportError} `ADDRESS_IN_USE`, `PERMISSION_DENIED`, `ADDRESS_NOT_AVAILABLE`…
 * @throws {EndpointError} when the notation is wrong.
 * @example
 * ```ts
 * import { bind, connectDatagrams } from 'guichet/transport';
 * await using server = await bind('udp://127.0.0.1:0', {
 *   datagram: (socket, bytes, peer) => socket.send(bytes, peer),
 * });
 * const answer = Promise.withResolvers<Uint8Array>();
 * await using client = await connectDatagrams(server.endpoint, {
 *   datagram: (_socket, bytes) => answer.resolve(bytes),
 * });
 * client.send(new Uint8Array([1, 2, 3]));
 * if ((await answer.promise).length !== 3) throw new Error('not the same');
 * ```
 */
export async function bind(
  endpoint: string | TransportEndpoint,
  handler: DatagramHandler,
  options: DatagramOptions = {},
): Promise<DatagramSocket> {
  return open(endpoint, handler, options, false);
}

/**
 * Opens a datagram socket with one peer: it sends to and hears nobody else, and is told through `error`
 * when the peer's host says that nobody listens there. Nothing is sent yet.
 *
 * @throws {TransportError} `HOST_NOT_FOUND`, `UNREACHABLE`…
 * @throws {EndpointError} when the notation is wrong.
 */
export async function connectDatagrams(
  endpoint: string | TransportEndpoint,
  handler: DatagramHandler,
  options: DatagramOptions = {},
): Promise<DatagramSocket> {
  return open(endpoint, handler, options, true);
}
