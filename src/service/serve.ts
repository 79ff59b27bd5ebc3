import { listenValues, parseEndpoint } from '../presentation/index.ts';
import type { Endpoint, ValueHandler, ValueOptions } from '../presentation/index.ts';
import type { DatagramOptions, ListenOptions } from '../transport/index.ts';
import { limitBatches } from './batch-limit.ts';
import { DatagramPeers } from './datagram-peers.ts';
import type { DatagramMemoryOptions } from './datagram-peers.ts';
import type { ImplementedService } from './define.ts';
import { Dispatcher } from './dispatcher.ts';
import type { DispatcherOptions } from './dispatcher.ts';
import { defaultMaxItems, messageCodecOf } from './message-json.ts';
import { Peer } from './peer.ts';

/** Services at an endpoint. Disposing of it closes it with the default drain time. */
export interface ServiceListener extends AsyncDisposable {
  /** Where it listens, with the port the system chose. */
  readonly endpoint: Endpoint;
  readonly dispatcher: Dispatcher;
  /** Takes no new calls, lets those in flight be answered for so many milliseconds (default 5,000). */
  close(drainTimeout?: number): Promise<void>;
}

export type ServeOptions = ListenOptions &
  DatagramOptions &
  DatagramMemoryOptions &
  ValueOptions &
  DispatcherOptions & {
    /**
     * The most elements, keys and values in all of a message of more than 1 MiB of JSON, where
     * `maxFrameBytes` allows one. Default 262,144.
     */
    readonly maxItems?: number;
  };

/** A value handler that answers calls, for whoever brings a transport of their own. */
export function serviceHandler(
  dispatcher: Dispatcher,
  options: DatagramMemoryOptions = {},
): ValueHandler<Peer> {
  const datagrams = new DatagramPeers(dispatcher, options);
  return {
    open: (connection) => new Peer(connection, dispatcher),
    value(connection, value, message, length) {
      if (connection.frames.isDatagram) datagrams.receive(connection, value, length, message);
      else connection.state.receive(value, length, message);
    },
    refuse: (connection, error) => connection.state.refuse(error),
    drain: (connection) => connection.state.drain(),
    end: (connection) => connection.state.receiveEnd(),
    shutdown: (connection) => connection.state.close(),
    close: (connection, reason) => connection.state.finish(reason),
  };
}

/**
 * Serves services at an endpoint; several endpoints can share one {@link Dispatcher}, and so its limits.
 *
 * @throws {TransportError} {@link EndpointError} as `listenValues` does.
 * @example
 * ```ts
 * import { connect, defineService, implement, method, serveServices } from 'guichet/service';
 * import { z } from 'zod';
 * const clock = defineService('clock', { now: method({ params: z.object({}), result: z.number() }) });
 * const implemented = implement(clock, { now: () => Date.now() });
 * await using server = await serveServices('json+udp://127.0.0.1:0', [implemented]);
 * await using client = await connect(server.endpoint, clock);
 * if ((await client.now({})) > Date.now()) throw new Error('the clock runs ahead');
 * ```
 */
export async function serveServices(
  endpoint: string | Endpoint,
  services: readonly ImplementedService[] | Dispatcher,
  options: ServeOptions = {},
): Promise<ServiceListener> {
  const place = typeof endpoint === 'string' ? parseEndpoint(endpoint) : endpoint;
  const dispatcher = services instanceof Dispatcher ? services : new Dispatcher(services, options);
  const handler = serviceHandler(dispatcher, options);
  const { codec } = messageCodecOf(place, options, options.maxItems ?? defaultMaxItems);
  const listener = await listenValues(place, handler, {
    ...options,
    ...(codec !== undefined && { codec: limitBatches(codec, dispatcher.limits.maxBatch) }),
  });
  return {
    endpoint: { ...place, transport: listener.endpoint },
    dispatcher,
    close: (drainTimeout) => listener.close(drainTimeout),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}
