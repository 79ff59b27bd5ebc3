import { tap } from '../observe/tap.ts';
import type { Direction } from '../observe/tap.ts';
import {
  bind,
  connect,
  connectDatagrams,
  formatAddress,
  listen,
  toTransportEndpoint,
} from '../transport/index.ts';
import type {
  Address,
  CloseReason,
  ConnectOptions,
  Connection,
  DatagramHandler,
  DatagramOptions,
  DatagramSocket,
  ListenOptions,
  StreamHandler,
  TransportEndpoint,
} from '../transport/index.ts';
import { FrameGatherer } from './gather.ts';
import { FramingError } from './framing.ts';
import type { FrameDecoder, Framing } from './framing.ts';

/** One side of a conversation in frames, whatever carries it. */
export interface FrameConnection<State = undefined> {
  /** The number of the transport's connection, or of its datagram socket. */
  readonly id: number;
  readonly local: Address;
  readonly remote: Address;
  /** Whether each frame is a datagram, which may be lost and never waits. */
  readonly isDatagram: boolean;
  /** What the handler's `open` returned. */
  readonly state: State;
  readonly isClosed: boolean;
  /** Bytes sent that the platform has not yet taken. */
  readonly bufferedBytes: number;
  /**
   * Sends one frame; all frames of one turn of the event loop leave in one write.
   *
   * @param message the number that links the events of one message on the tap, if it has one.
   * @returns false when enough is buffered: stop, `drain` will follow. The frame is sent all the same,
   *   but for a datagram, which is dropped. After the end or the close nothing is sent.
   * @throws {FramingError} `FRAME_TOO_LONG`, `FRAME_UNENCODABLE`.
   */
  send(payload: Uint8Array, message?: number): boolean;
  /**
   * Sends one frame of text: the same as its UTF-8 bytes by {@link FrameConnection.send}. The text is
   * trusted to be well formed and, where frames are lines, to be one; it saves a copy there.
   */
  sendText(payload: string, message?: number): boolean;
  /** Ends this direction once everything sent has left. */
  end(): void;
  /** Ends this direction, then discards what still comes until the peer ends its own, for a time. */
  close(): void;
  /** Drops the connection at once. */
  reset(): void;
  pause(): void;
  resume(): void;
}

/**
 * What happens to conversations in frames. Over datagrams every frame comes on a connection of its own,
 * opened for it and never closed: what must outlive a datagram belongs in the handler.
 */
export interface FrameHandler<State = undefined> {
  open?(connection: FrameConnection<unknown>): State;
  /** One frame came; `message` links its events on the tap, and is 0 when nobody listens. */
  frame(connection: FrameConnection<State>, payload: Uint8Array, message: number): void;
  drain?(connection: FrameConnection<State>): void;
  /** The peer's end of data, after the last whole frame. Without this callback, `connection.end()`. */
  end?(connection: FrameConnection<State>): void;
  /**
   * What came cannot be cut into frames: a last frame may still be sent before the connection closes,
   * gracefully. Without this callback it is dropped at once, and `close` is given the error.
   */
  refuse?(connection: FrameConnection<State>, error: FramingError): void;
  /** The listener is closing: answer what was asked, then end. Without it, `connection.close()`. */
  shutdown?(connection: FrameConnection<State>): void;
  close?(connection: FrameConnection<State>, reason: CloseReason): void;
}

/** What listens for conversations in frames. */
export interface FrameListener extends AsyncDisposable {
  readonly endpoint: TransportEndpoint;
  /** Lets what was asked be answered for `drainTimeout` milliseconds (default 5,000), then closes. */
  close(drainTimeout?: number): Promise<void>;
}

/**
 * Publishes one frame to the tap; its place is that of the frame, header and all. A frame of a datagram
 * socket names its peer.
 */
export function publishFrame(
  connection: number,
  direction: Direction,
  message: number,
  framing: string,
  offset: number,
  length: number,
  bytes: Uint8Array,
  peer?: Address,
): void {
  tap.publish({
    layer: 'framing',
    kind: 'frame',
    time: tap.now(),
    connection,
    direction,
    message,
    framing,
    offset,
    length,
    bytes,
    ...(peer !== undefined && { remote: formatAddress(peer) }),
  });
}

function publishRefusal(connection: number, error: FramingError, peer?: Address): void {
  if (!tap.active) return;
  tap.publish({
    layer: 'framing',
    kind: 'error',
    time: tap.now(),
    connection,
    direction: 'in',
    code: error.code,
    text: error.message,
    details: error.details,
    ...(peer !== undefined && { remote: formatAddress(peer) }),
  });
}

class StreamFrames<State> implements FrameConnection<State> {
  readonly isDatagram = false;
  readonly connection: Connection<unknown>;
  readonly #framing: Framing;
  readonly #handler: FrameHandler<State>;
  readonly #decoder: FrameDecoder;
  readonly #outgoing: FrameGatherer;
  #state: State | undefined;
  #framedBytes = 0;
  #ended = false;

  constructor(connection: Connection<unknown>, framing: Framing, handler: FrameHandler<State>) {
    this.connection = connection;
    this.#framing = framing;
    this.#handler = handler;
    this.#outgoing = new FrameGatherer(connection);
    this.#decoder = framing.decoder((payload, overhead) => this.#receive(payload, overhead));
  }

  get id(): number {
    return this.connection.id;
  }
  get local(): Address {
    return this.connection.local;
  }
  get remote(): Address {
    return this.connection.remote;
  }
  get state(): State {
    return this.#state as State;
  }
  get isClosed(): boolean {
    return this.connection.isClosed;
  }
  get bufferedBytes(): number {
    return this.connection.bufferedBytes + this.#outgoing.pendingBytes;
  }

  open(): void {
    this.#state = this.#handler.open?.(this);
  }

  send(payload: Uint8Array, message = 0): boolean {
    if (this.#ended || this.isClosed) return false;
    const frame = this.#framing.encode(payload);
    if (tap.active) {
      const offset = this.connection.bytesWritten + this.#outgoing.pendingBytes;
      const link = message === 0 ? tap.nextMessage() : message;
      const { name } = this.#framing;
      publishFrame(this.id, 'out', link, name, offset, frame.length, payload);
    }
    return this.#outgoing.add(frame);
  }

  sendText(payload: string, message = 0): boolean {
    // A unit of UTF-16 is at most 3 bytes of UTF-8: far from the limit, they need not be counted.
    const isShort = payload.length * 3 <= this.#framing.maxFrameBytes;
    if (tap.active || !isShort || this.#framing.name !== 'line') {
      return this.send(Buffer.from(payload), message);
    }
    if (this.#ended || this.isClosed) return false;
    return this.#outgoing.addText(`${payload}\n`);
  }

  end(): void {
    this.#outgoing.flush();
    this.#ended = true;
    this.connection.end();
  }

  close(): void {
    this.#outgoing.flush();
    this.#ended = true;
    this.connection.close();
  }

  reset(): void {
    this.connection.reset();
  }

  pause(): void {
    this.connection.pause();
  }

  resume(): void {
    this.connection.resume();
  }

  push(bytes: Uint8Array): void {
    this.#attempt(() => this.#decoder.push(bytes));
  }

  receiveEnd(): void {
    if (!this.#attempt(() => this.#decoder.end())) return;
    if (this.#handler.end === undefined) this.end();
    else this.#handler.end(this);
  }

  #receive(payload: Uint8Array, overhead: number): void {
    const offset = this.#framedBytes;
    this.#framedBytes = offset + payload.length + overhead;
    let message = 0;
    if (tap.active) {
      message = tap.nextMessage();
      const { name } = this.#framing;
      publishFrame(this.id, 'in', message, name, offset, payload.length + overhead, payload);
    }
    this.#handler.frame(this, payload, message);
  }

  /** Feeds the decoder; bytes that break the framing end the conversation, the handler's way or at once. */
  #attempt(step: () => void): boolean {
    try {
      step();
      return true;
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      publishRefusal(this.id, error);
      if (this.#handler.refuse === undefined) throw error;
      this.#handler.refuse(this, error);
      this.close();
      return false;
    }
  }
}

/**
 * A transport handler that cuts what comes into frames for a frame handler.
 *
 * @example
 * ```ts
 * import { frameStreams, line } from 'guichet/framing';
 * import { listen, openStream } from 'guichet/transport';
 * await using listener = await listen('tcp://127.0.0.1:0', frameStreams(line(), {
 *   frame: (connection, payload) => connection.send(payload.toReversed()),
 * }));
 * await using stream = await openStream(listener.endpoint);
 * await stream.write(new TextEncoder().encode('abc\r\ndef\r\n'));
 * stream.end();
 * const answer = new TextDecoder().decode(await stream.readAll());
 * if (answer !== 'cba\nfed\n') throw new Error(answer);
 * ```
 */
export function frameStreams<State>(
  framing: Framing,
  handler: FrameHandler<State>,
): StreamHandler<FrameConnection<State>> {
  type Frames = Connection<StreamFrames<State>>;
  const streams: StreamHandler<StreamFrames<State>> = {
    open(connection) {
      const frames = new StreamFrames(connection, framing, handler);
      frames.open();
      return frames;
    },
    data: (connection: Frames, bytes) => connection.state.push(bytes),
    end: (connection: Frames) => connection.state.receiveEnd(),
    ...(handler.drain && {
      drain: (connection: Frames) => handler.drain?.(connection.state),
    }),
    ...(handler.shutdown && {
      shutdown: (connection: Frames) => handler.shutdown?.(connection.state),
    }),
    ...(handler.close && {
      close: (connection: Frames, reason: CloseReason) => handler.close?.(connection.state, reason),
    }),
  };
  return streams;
}

class DatagramFrames<State> implements FrameConnection<State> {
  readonly isDatagram = true;
  readonly #socket: DatagramSocket;
  readonly #framing: Framing;
  readonly #closesSocket: boolean;
  readonly remote: Address;
  #state: State | undefined;

  constructor(socket: DatagramSocket, framing: Framing, remote: Address, closesSocket: boolean) {
    this.#socket = socket;
    this.#framing = framing;
    this.#closesSocket = closesSocket;
    this.remote = remote;
  }

  get id(): number {
    return this.#socket.id;
  }
  get local(): Address {
    return this.#socket.local;
  }
  get state(): State {
    return this.#state as State;
  }
  get isClosed(): boolean {
    return this.#socket.isClosed;
  }
  get bufferedBytes(): number {
    return 0;
  }

  open(handler: FrameHandler<State>): void {
    this.#state = handler.open?.(this);
  }

  send(payload: Uint8Array, message = 0): boolean {
    const frame = this.#framing.encode(payload);
    if (tap.active) {
      const link = message === 0 ? tap.nextMessage() : message;
      const { name } = this.#framing;
      publishFrame(this.id, 'out', link, name, 0, frame.length, payload, this.remote);
    }
    return this.#socket.send(frame, this.remote);
  }

  sendText(payload: string, message = 0): boolean {
    return this.send(Buffer.from(payload), message);
  }

  end(): void {
    if (this.#closesSocket) void this.#socket.close();
  }

  close(): void {
    this.end();
  }

  reset(): void {
    this.end();
  }

  pause(): void {
    // A datagram socket has no way to hold its peers back.
  }

  resume(): void {
    // See pause.
  }
}

function receiveDatagram<State>(
  frames: DatagramFrames<State>,
  framing: Framing,
  handler: FrameHandler<State>,
  bytes: Uint8Array,
): void {
  try {
    const decoder = framing.decoder((payload) => {
      let message = 0;
      if (tap.active) {
        message = tap.nextMessage();
        const { id, remote } = frames;
        publishFrame(id, 'in', message, framing.name, 0, bytes.length, payload, remote);
      }
      handler.frame(frames, payload, message);
    });
    decoder.push(bytes);
    decoder.end();
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    publishRefusal(frames.id, error, frames.remote);
    handler.refuse?.(frames, error);
  }
}

/** A datagram handler that opens a connection of its own for every datagram. */
function frameDatagrams<State>(framing: Framing, handler: FrameHandler<State>): DatagramHandler {
  return {
    datagram(socket, bytes, peer) {
      const frames = new DatagramFrames<State>(socket, framing, peer, false);
      frames.open(handler);
      receiveDatagram(frames, framing, handler, bytes);
    },
  };
}

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
 * Connects for a conversation in frames, over a stream or datagrams; over datagrams this one connection
 * is opened at once and closed with its socket, and an error of the network closes it.
 *
 * @throws {TransportError} {@link EndpointError} as `connect` and `connectDatagrams` do.
 */
export async function connectFrames<State = undefined>(
  endpoint: string | TransportEndpoint,
  framing: Framing,
  handler: FrameHandler<State>,
  options: ConnectOptions & DatagramOptions = {},
): Promise<FrameConnection<State>> {
  const place = toTransportEndpoint(endpoint);
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
