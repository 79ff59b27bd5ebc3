import { Buffer } from 'node:buffer';
import { tap } from '../observe/tap.ts';
import type { Address, CloseReason, Connection, StreamHandler } from '../transport/index.ts';
import type { FrameConnection, FrameHandler } from './conversation.ts';
import { blameHandler, publishFrame, publishRefusal } from './events.ts';
import { FramingError } from './framing.ts';
import type { FrameDecoder, Framing } from './framing.ts';
import { FrameGatherer } from './gather.ts';

/** Bytes that are cut into frames before a look at whether to go on. */
const sliceBytes = 8_192;

/** A conversation in frames over one connection of a stream transport. */
class StreamFrames<State> implements FrameConnection<State> {
  readonly isDatagram = false;
  readonly isExchange = false;
  readonly answersAfterEnd = true;
  readonly connection: Connection<unknown>;
  readonly #framing: Framing;
  readonly #handler: FrameHandler<State>;
  readonly #decoder: FrameDecoder;
  readonly #outgoing: FrameGatherer;
  #state: State | undefined;
  #framedBytes = 0;
  #ended = false;
  #isPaused = false;

  constructor(connection: Connection<unknown>, framing: Framing, handler: FrameHandler<State>) {
    this.connection = connection;
    this.#framing = framing;
    this.#handler = handler;
    this.#outgoing = new FrameGatherer(connection);
    this.#decoder = framing.decoder(
      (payload, overhead) => this.#receive(payload, overhead),
      handler.frameText &&
        ((text, start, end, overhead) => this.#receiveText(text, start, end, overhead)),
    );
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
    this.#isPaused = true;
    this.connection.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.connection.resume();
  }

  push(bytes: Uint8Array): void {
    let rest = bytes;
    // Thousands of small frames can come at once: a pause among them holds back those behind it.
    while (rest.length > sliceBytes && this.#framing.name !== 'chunk') {
      const slice = rest.subarray(0, sliceBytes);
      if (!this.#attempt(() => this.#decoder.push(slice))) return;
      rest = rest.subarray(sliceBytes);
      if (!this.#isPaused) continue;
      this.connection.unread(rest);
      return;
    }
    this.#attempt(() => this.#decoder.push(rest));
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
    try {
      this.#handler.frame(this, payload, message);
    } catch (error) {
      throw blameHandler(error, this.local);
    }
  }

  #receiveText(text: string, start: number, end: number, overhead: number): void {
    if (tap.active) {
      this.#receive(Buffer.from(text.slice(start, end)), overhead);
      return;
    }
    this.#framedBytes += end - start + overhead;
    try {
      this.#handler.frameText?.(this, text, start, end);
    } catch (error) {
      throw blameHandler(error, this.local);
    }
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
