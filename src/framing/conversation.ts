import type { Address, CloseReason, Exchange, TransportEndpoint } from '../transport/index.ts';
import type { FramingError } from './framing.ts';

/** One side of a conversation in frames, whatever carries it. */
export interface FrameConnection<State = undefined> {
  /** The number of the transport's connection, or of its datagram socket. */
  readonly id: number;
  readonly local: Address;
  readonly remote: Address;
  /** Whether each frame is a datagram, which may be lost and never waits. */
  readonly isDatagram: boolean;
  /** Whether each frame sent is an exchange, in which alone its answers come: HTTP. */
  readonly isExchange: boolean;
  /** Whether what was asked is still answered after {@link FrameConnection.end}. */
  readonly answersAfterEnd: boolean;
  /** What the handler's `open` returned. */
  readonly state: State;
  readonly isClosed: boolean;
  /** Bytes sent that the platform has not yet taken. */
  readonly bufferedBytes: number;
  /**
   * Sends one frame; those of one turn of the event loop leave in one write, many in a few.
   *
   * @param message the number that links the events of one message on the tap, if it has one.
   * @param exchange how to give the exchange up and who is told that it failed, where frames are some.
   * @returns false when enough is buffered: stop, `drain` will follow. The frame is sent all the same,
   *   but for a datagram, which is dropped. After the end or the close nothing is sent.
   * @throws {FramingError} `FRAME_TOO_LONG`, `FRAME_UNENCODABLE`.
   */
  send(payload: Uint8Array, message?: number, exchange?: Exchange): boolean;
  /**
   * Sends one frame of text: the same as its UTF-8 bytes by {@link FrameConnection.send}. The text is
   * trusted to be well formed and, where frames are lines, to be one; it saves a copy there.
   */
  sendText(payload: string, message?: number, exchange?: Exchange): boolean;
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
  /**
   * In place of `frame`, where nobody taps: one that is a short line of ASCII alone, as that part of a text
   * which begins at `start` and ends before `end`.
   */
  frameText?(connection: FrameConnection<State>, text: string, start: number, end: number): void;
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
