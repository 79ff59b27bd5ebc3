import type { Address, CloseReason, TlsOptions } from './contract.ts';
import type { TransportError } from './errors.ts';

/** What one message can be told where it is an exchange of its own: an HTTP request and its answer. */
export interface Exchange {
  /** Gives the exchange up. */
  readonly signal?: AbortSignal;
  /** Told that no answer will come, and why; without it, the connection closes with that error. */
  fail?(error: TransportError): void;
}

/** One side of a conversation in messages that the transport keeps apart itself, reliably and in order. */
export interface MessageConnection {
  /** Unique in the process, over all transports. */
  readonly id: number;
  readonly local: Address;
  readonly remote: Address;
  /** Whether each message sent has its answer to itself, and nothing else can come: HTTP. */
  readonly isExchange: boolean;
  readonly isClosed: boolean;
  /** Bytes accepted by {@link MessageConnection.send} that the platform has not yet taken. */
  readonly bufferedBytes: number;
  /**
   * Sends one message: text where it is a string. After the close nothing is sent.
   *
   * @returns false when more is buffered than the high-water mark: stop, `drain` will follow.
   */
  send(message: string | Uint8Array, exchange?: Exchange): boolean;
  /** Closes in order, once what was sent has left. */
  close(): void;
  /** Drops the connection at once. */
  reset(): void;
  pause(): void;
  resume(): void;
}

/** What happens to a conversation in messages; `close` is called once and last. */
export interface MessageHandler {
  /** One message came: as text, or as bytes. */
  message(connection: MessageConnection, bytes: Uint8Array, isText: boolean): void;
  /** After a `send` that returned false: send on. */
  drain?(connection: MessageConnection): void;
  close?(connection: MessageConnection, reason: CloseReason): void;
}

/** What a transport of messages can be told. */
export interface MessageOptions {
  /** Drops the connection when aborted. */
  readonly signal?: AbortSignal;
  /** The longest message taken, in bytes. Default 1,048,576. */
  readonly maxMessageBytes?: number;
  /** Milliseconds between pings, each of which the peer must answer before the next. Default 30,000. */
  readonly pingInterval?: number;
  /** Bytes buffered above which `send` returns false, and down to which `drain` waits. */
  readonly highWaterMark?: number;
  readonly lowWaterMark?: number;
  /** Milliseconds to be connected. Default 10,000. */
  readonly connectTimeout?: number;
  /** Milliseconds to wait for the answer of an exchange. Default 310,000: longer than any call may take. */
  readonly exchangeTimeout?: number;
  readonly tls?: TlsOptions;
}

/** The finite defaults of {@link MessageOptions}. */
export const messageTransportDefaults = {
  maxMessageBytes: 1_048_576,
  pingInterval: 30_000,
  exchangeTimeout: 310_000,
} as const;
