import { Buffer } from 'node:buffer';
import { tap } from '../observe/tap.ts';
import type { Address, DatagramHandler, DatagramSocket } from '../transport/index.ts';
import type { FrameConnection, FrameHandler } from './conversation.ts';
import { blameHandler, publishFrame, publishRefusal } from './events.ts';
import { FramingError } from './framing.ts';
import type { Framing } from './framing.ts';

/** A conversation in frames with one peer of a datagram socket. */
export class DatagramFrames<State> implements FrameConnection<State> {
  readonly isDatagram = true;
  readonly isExchange = false;
  readonly answersAfterEnd = false;
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

/** Hands what one datagram holds to the handler. */
export function receiveDatagram<State>(
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
      try {
        handler.frame(frames, payload, message);
      } catch (error) {
        throw blameHandler(error, frames.local);
      }
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
export function frameDatagrams<State>(
  framing: Framing,
  handler: FrameHandler<State>,
): DatagramHandler {
  return {
    datagram(socket, bytes, peer) {
      const frames = new DatagramFrames<State>(socket, framing, peer, false);
      frames.open(handler);
      receiveDatagram(frames, framing, handler, bytes);
    },
  };
}
