import { Buffer } from 'node:buffer';
import { tap } from '../observe/tap.ts';
import { connectMessages } from '../transport/index.ts';
import type {
  Address,
  Exchange,
  MessageConnection,
  MessageHandler,
  MessageOptions,
  WebEndpoint,
} from '../transport/index.ts';
import type { FrameConnection, FrameHandler } from './conversation.ts';
import { blameHandler, publishFrame } from './events.ts';
import type { Framing } from './framing.ts';

/** A conversation in frames over a transport that keeps messages apart: each message is a frame. */
export class MessageFrames<State> implements FrameConnection<State> {
  readonly isDatagram = false;
  readonly #connection: MessageConnection;
  readonly #framing: Framing;
  #state: State | undefined;

  constructor(connection: MessageConnection, framing: Framing) {
    this.#connection = connection;
    this.#framing = framing;
  }

  get id(): number {
    return this.#connection.id;
  }
  get local(): Address {
    return this.#connection.local;
  }
  get remote(): Address {
    return this.#connection.remote;
  }
  get isExchange(): boolean {
    return this.#connection.isExchange;
  }
  /** A WebSocket has no half-close: what is not answered before its end is not answered. */
  get answersAfterEnd(): boolean {
    return this.#connection.isExchange;
  }
  get state(): State {
    return this.#state as State;
  }
  get isClosed(): boolean {
    return this.#connection.isClosed;
  }
  get bufferedBytes(): number {
    return this.#connection.bufferedBytes;
  }

  open(handler: FrameHandler<State>): void {
    this.#state = handler.open?.(this);
  }

  /** Hands one message that came to the handler. */
  receive(handler: FrameHandler<State>, bytes: Uint8Array): void {
    const message = tap.active ? this.#publish('in', bytes, 0) : 0;
    try {
      handler.frame(this, bytes, message);
    } catch (error) {
      throw blameHandler(error, this.local);
    }
  }

  send(payload: Uint8Array, message = 0, exchange?: Exchange): boolean {
    const frame = this.#framing.encode(payload);
    if (tap.active) this.#publish('out', payload, message);
    return this.#connection.send(frame, exchange);
  }

  sendText(payload: string, message = 0, exchange?: Exchange): boolean {
    if (tap.active || payload.length * 3 > this.#framing.maxFrameBytes) {
      const bytes = Buffer.from(payload);
      this.#framing.encode(bytes);
      if (tap.active) this.#publish('out', bytes, message);
    }
    return this.#connection.send(payload, exchange);
  }

  end(): void {
    this.#connection.close();
  }
  close(): void {
    this.#connection.close();
  }
  reset(): void {
    this.#connection.reset();
  }
  pause(): void {
    this.#connection.pause();
  }
  resume(): void {
    this.#connection.resume();
  }

  #publish(direction: 'in' | 'out', bytes: Uint8Array, message: number): number {
    const link = message === 0 ? tap.nextMessage() : message;
    publishFrame(this.id, direction, link, this.#framing.name, 0, bytes.length, bytes);
    return link;
  }
}

/** A message handler for a handler of frames; `frames` is who they belong to, once that is known. */
export function messageHandler<State>(
  handler: FrameHandler<State>,
  frames: (connection: MessageConnection) => MessageFrames<State>,
): MessageHandler {
  return {
    message: (connection, bytes) => frames(connection).receive(handler, bytes),
    drain: (connection) => handler.drain?.(frames(connection)),
    close: (connection, reason) => handler.close?.(frames(connection), reason),
  };
}

/** Connects for a conversation in frames with a place on a web server. */
export async function connectMessageFrames<State>(
  endpoint: WebEndpoint,
  framing: Framing,
  handler: FrameHandler<State>,
  options: MessageOptions,
): Promise<FrameConnection<State>> {
  let opened: MessageFrames<State> | undefined;
  const framesOf = (connection: MessageConnection): MessageFrames<State> => {
    if (opened === undefined) {
      opened = new MessageFrames<State>(connection, framing);
      opened.open(handler);
    }
    return opened;
  };
  const { maxFrameBytes } = framing;
  const connection = await connectMessages(endpoint, messageHandler(handler, framesOf), {
    ...options,
    maxMessageBytes: maxFrameBytes,
  });
  return framesOf(connection);
}
