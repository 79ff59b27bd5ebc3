import {
  bind,
  connect,
  connectDatagrams,
  isWebEndpoint,
  listen,
  toTransportEndpoint,
} from '../transport/index.ts';
import type {
  CloseReason,
  ConnectOptions,
  DatagramOptions,
  ListenOptions,
  MessageOptions,
  TransportEndpoint,
} from '../transport/index.ts';
import type { FrameConnection, FrameHandler, FrameListener } from './conversation.ts';
import { DatagramFrames, frameDatagrams, receiveDatagram } from './datagram-frames.ts';
import type { Framing } from './framing.ts';
import { connectMessageFrames } from './message-frames.ts';
import { frameStreams } from './stream-frames.ts';

/** The endpoint of a socket or a listener, and whether its transport carries datagrams. */
function carriesDatagrams(endpoint: TransportEndpoint, framing: Framing): boolean {
  // A memory name carries either, and the framing tells which is meant.
  return (
    endpoint.transport === 'udp' || (endpoint.transport === 'memory' && framing.name === 'datagram')
  );
}

/**
 * Listens for conversations in frames, over streams or datagrams.
 *
 * @throws {TransportError} {@link EndpointError} as `listen` and `bind` do.
 */
export async function listenFrames<State = undefined>(
  endpoint: string | TransportEndpoint,
  framing: Framing,
  handler: FrameHandler<State>,
  options: ListenOptions & DatagramOptions = {},
): Promise<FrameListener> {
  const place = toTransportEndpoint(endpoint);
  return carriesDatagrams(place, framing)
    ? bind(place, frameDatagrams(framing, handler), options)
    : listen(place, frameStreams(framing, handler), options);
}

/**
 * Connects for a conversation in frames, over a stream, messages or datagrams; over datagrams this one connection
 * is opened at once and closed with its socket, and an error of the network closes it.
 *
 * @throws {TransportError} {@link EndpointError} as `connect` and `connectDatagrams` do.
 */
export async function connectFrames<State = undefined>(
  endpoint: string | TransportEndpoint,
  framing: Framing,
  handler: FrameHandler<State>,
  options: ConnectOptions & DatagramOptions & MessageOptions = {},
): Promise<FrameConnection<State>> {
  const place = toTransportEndpoint(endpoint);
  if (isWebEndpoint(place)) return connectMessageFrames(place, framing, handler, options);
  if (!carriesDatagrams(place, framing)) {
    const connection = await connect(place, frameStreams(framing, handler), options);
    return connection.state;
  }
  const opened: { frames?: DatagramFrames<State>; reason?: CloseReason } = {};
  const socket = await connectDatagrams(
    place,
    {
      datagram(_socket, bytes) {
        if (opened.frames !== undefined) receiveDatagram(opened.frames, framing, handler, bytes);
      },
      error(failed, error) {
        opened.reason ??= { code: 'failed', error };
        void failed.close();
      },
      close(_socket, reason) {
        if (opened.frames !== undefined) handler.close?.(opened.frames, opened.reason ?? reason);
      },
    },
    options,
  );
  const frames = new DatagramFrames<State>(socket, framing, socket.peer ?? socket.local, true);
  opened.frames = frames;
  frames.open(handler);
  return frames;
}
