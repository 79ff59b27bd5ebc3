import { readFile } from 'node:fs/promises';
import { tap } from '../observe/tap.ts';
import type { Direction } from '../observe/tap.ts';
import { connectFrames, framingByName, listenFrames } from '../framing/index.ts';
import type {
  FrameConnection,
  FrameHandler,
  FrameListener,
  Framing,
  FramingError,
} from '../framing/index.ts';
import { formatAddress } from '../transport/index.ts';
import type {
  Address,
  CloseReason,
  ConnectOptions,
  DatagramOptions,
  Exchange,
  ListenOptions,
  MessageOptions,
  TlsOptions,
} from '../transport/index.ts';
import { CodecError } from './codec.ts';
import type { Codec } from './codec.ts';
import { parseEndpoint } from './endpoint.ts';
import type { Endpoint, EndpointTls } from './endpoint.ts';
import { codecOf } from './codec-of.ts';

/** One side of a conversation in values, whatever carries it. */
export class ValueConnection<State = undefined> {
  /** The conversation in frames below. */
  readonly frames: FrameConnection<ValueConnection<State>>;
  readonly #codec: Codec<unknown, unknown>;
  #state: State | undefined;

  /** Made by {@link listenValues} and {@link connectValues}. @internal */
  constructor(frames: FrameConnection<unknown>, codec: Codec<unknown, unknown>) {
    this.frames = frames as FrameConnection<ValueConnection<State>>;
    this.#codec = codec;
  }

  /** The number of the transport's connection, or of its datagram socket. */
  get id(): number {
    return this.frames.id;
  }
  get remote(): Address {
    return this.frames.remote;
  }
  get state(): State {
    return this.#state as State;
  }
  get isClosed(): boolean {
    return this.frames.isClosed;
  }

  /** @internal */
  open(handler: ValueHandler<State>): void {
    this.#state = handler.open?.(this);
  }

  /**
   * Sends one value; those of one turn of the event loop leave in one write, many in a few.
   *
   * @param message the number that links the events of one message on the tap, if it has one.
   * @param exchange as {@link FrameConnection.send} has it.
   * @returns false when enough is buffered: stop, `drain` will follow.
   * @throws {CodecError} when the codec cannot carry it, {@link FramingError} when the frame cannot.
   */
  send(value: unknown, message = 0, exchange?: Exchange): boolean {
    let link = message;
    if (tap.active) {
      link ||= tap.nextMessage();
      publishValue(this.frames, 'out', link, this.#codec.name, value);
    }
    const codec = this.#codec;
    return codec.encodeText === undefined
      ? this.frames.send(codec.encode(value), link, exchange)
      : this.frames.sendText(codec.encodeText(value), link, exchange);
  }

  /**
   * Whether the codec can carry a value, without sending it.
   * @throws {CodecError} as {@link ValueConnection.send} does.
   */
  check(value: unknown): void {
    if (this.#codec.encodeText === undefined) this.#codec.encode(value);
    else this.#codec.encodeText(value);
  }

  /** Ends this direction once everything sent has left. */
  end(): void {
    this.frames.end();
  }
  /** Ends this direction, then discards what still comes until the peer ends its own, for a time. */
  close(): void {
    this.frames.close();
  }
  /** Drops the connection at once. */
  reset(): void {
    this.frames.reset();
  }
  pause(): void {
    this.frames.pause();
  }
  resume(): void {
    this.frames.resume();
  }
}

/**
 * What happens to conversations in values; see `FrameHandler` for when each is called. `Value` is what the
 * codec's `decode` gives.
 */
export interface ValueHandler<State = undefined, Value = unknown> {
  open?(connection: ValueConnection<State>): State;
  /** One value came, in a frame of so many bytes; `message` links its events on the tap. */
  value(
    connection: ValueConnection<State>,
    value: Value,
    message: number,
    frameBytes: number,
  ): void;
  /**
   * A frame holds no value, or what came is no frame: an answer may be sent. After a frame without a
   * value the conversation goes on, after what is no frame it closes. Without this callback it is
   * dropped in both cases, and `close` is given the error.
   */
  refuse?(connection: ValueConnection<State>, error: CodecError | FramingError): void;
  drain?(connection: ValueConnection<State>): void;
  end?(connection: ValueConnection<State>): void;
  shutdown?(connection: ValueConnection<State>): void;
  close?(connection: ValueConnection<State>, reason: CloseReason): void;
}

/** On a datagram socket each event names its peer. */
function peerOf({ isDatagram, remote }: FrameConnection<unknown>): { remote?: string } {
  return isDatagram ? { remote: formatAddress(remote) } : {};
}

function publishValue(
  frames: FrameConnection<unknown>,
  direction: Direction,
  message: number,
  codec: string,
  value: unknown,
): void {
  tap.publish({
    layer: 'presentation',
    kind: 'value',
    time: tap.now(),
    connection: frames.id,
    direction,
    message,
    codec,
    value,
    ...peerOf(frames),
  });
}

/** A frame handler that decodes what comes for a value handler. */
export function valueFrames<State, Value = unknown>(
  codec: Codec<Value, unknown>,
  handler: ValueHandler<State, Value>,
): FrameHandler<ValueConnection<State>> {
  type Values = FrameConnection<ValueConnection<State>>;
  const { decodeText } = codec;
  const refuse = (frames: Values, error: unknown, message: number): void => {
    if (!(error instanceof CodecError)) throw error;
    if (tap.active) {
      tap.publish({
        layer: 'presentation',
        kind: 'error',
        time: tap.now(),
        connection: frames.id,
        direction: 'in',
        message,
        code: error.code,
        text: error.message,
        details: error.details,
        ...peerOf(frames),
      });
    }
    if (handler.refuse === undefined) throw error;
    handler.refuse(frames.state, error);
  };
  return {
    open(frames) {
      const connection = new ValueConnection<State>(frames, codec);
      connection.open(handler);
      return connection;
    },
    frame(frames: Values, payload, message) {
      let value: Value;
      try {
        value = codec.decode(payload);
      } catch (error) {
        refuse(frames, error, message);
        return;
      }
      if (tap.active) publishValue(frames, 'in', message, codec.name, value);
      handler.value(frames.state, value, message, payload.length);
    },
    ...(decodeText && {
      frameText(frames: Values, text: string, start: number, end: number) {
        let value: Value;
        try {
          value = decodeText(text, start, end);
        } catch (error) {
          refuse(frames, error, 0);
          return;
        }
        handler.value(frames.state, value, 0, end - start);
      },
    }),
    ...(handler.refuse && {
      refuse: (frames: Values, error: FramingError) => handler.refuse?.(frames.state, error),
    }),
    ...(handler.drain && { drain: (frames: Values) => handler.drain?.(frames.state) }),
    ...(handler.end && { end: (frames: Values) => handler.end?.(frames.state) }),
    ...(handler.shutdown && { shutdown: (frames: Values) => handler.shutdown?.(frames.state) }),
    ...(handler.close && {
      close: (frames: Values, reason: CloseReason) => handler.close?.(frames.state, reason),
    }),
  };
}

/** The options of {@link listenValues} and {@link connectValues} beyond those of the transports. */
export interface ValueOptions<Value = unknown> {
  /** The longest frame, in bytes. Default 1,048,576. */
  readonly maxFrameBytes?: number;
  /**
   * Used in place of the codec that the endpoint names, which must be of the same name; the handler's
   * values are then of its type.
   */
  readonly codec?: Codec<Value, never>;
}

function framingOf(endpoint: Endpoint, options: Pick<ValueOptions, 'maxFrameBytes'>): Framing {
  const { maxFrameBytes } = options;
  return framingByName(endpoint.framing, maxFrameBytes === undefined ? {} : { maxFrameBytes });
}

/** The files that an endpoint's TLS options name, read. */
export async function readTlsOptions(tls: EndpointTls | undefined): Promise<TlsOptions> {
  if (tls === undefined) return {};
  const { ca, cert, key, servername, verify } = tls;
  return {
    ...(ca !== undefined && { ca: await readFile(ca) }),
    ...(cert !== undefined && { cert: await readFile(cert) }),
    ...(key !== undefined && { key: await readFile(key) }),
    ...(servername !== undefined && { servername }),
    rejectUnauthorized: verify,
  };
}

async function resolve<Value, Options extends ValueOptions<Value> & { readonly tls?: TlsOptions }>(
  endpoint: string | Endpoint,
  options: Options,
) {
  const place = typeof endpoint === 'string' ? parseEndpoint(endpoint) : endpoint;
  const tls = place.tls && { ...(await readTlsOptions(place.tls)), ...options.tls };
  return {
    place,
    codec: (options.codec ?? codecOf(place)) as Codec<Value, unknown>,
    framing: framingOf(place, options),
    options: { ...options, ...(tls && { tls }) },
  };
}

/**
 * Listens for conversations in values at an endpoint whose notation names every layer.
 *
 * @throws {EndpointError} {@link TransportError} as `parseEndpoint`, `listen` and `bind` do.
 * @example
 * ```ts
 * import { connectValues, listenValues } from 'guichet/presentation';
 * await using listener = await listenValues('json+tcp://127.0.0.1:0', {
 *   value: (connection, value) => connection.send({ received: value }),
 * });
 * const answer = Promise.withResolvers<unknown>();
 * const connection = await connectValues(
 *   { codec: 'json', framing: 'line', transport: listener.endpoint },
 *   { value: (_connection, value) => answer.resolve(value) },
 * );
 * connection.send([1, 2]);
 * if (JSON.stringify(await answer.promise) !== '{"received":[1,2]}') throw new Error();
 * connection.close();
 * ```
 */
export async function listenValues<State = undefined, Value = unknown>(
  endpoint: string | Endpoint,
  handler: ValueHandler<State, NoInfer<Value>>,
  options: ListenOptions & DatagramOptions & ValueOptions<Value> = {},
): Promise<FrameListener> {
  const { place, codec, framing, options: resolved } = await resolve(endpoint, options);
  return listenFrames(place.transport, framing, valueFrames(codec, handler), resolved);
}

/**
 * Connects for a conversation in values to an endpoint whose notation names every layer.
 *
 * @throws {EndpointError} {@link TransportError} as `parseEndpoint`, `connect` and
 *   `connectDatagrams` do.
 */
export async function connectValues<State = undefined, Value = unknown>(
  endpoint: string | Endpoint,
  handler: ValueHandler<State, NoInfer<Value>>,
  options: ConnectOptions & DatagramOptions & MessageOptions & ValueOptions<Value> = {},
): Promise<ValueConnection<State>> {
  const { place, codec, framing, options: resolved } = await resolve(endpoint, options);
  const frames = await connectFrames(
    place.transport,
    framing,
    valueFrames(codec, handler),
    resolved,
  );
  return frames.state;
}
