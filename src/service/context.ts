import type { Address } from '../transport/index.ts';
import type { OutgoingStream } from './outgoing-stream.ts';
import type { OutgoingOptions } from './pending.ts';

/** A caller as an implementation knows it: it can be called back over the same connection. */
export interface CallerHandle {
  /** The number of its connection. */
  readonly id: number;
  readonly remote: Address;
  /**
   * Whether each message stands alone: datagrams, whose sender anybody can write, or requests over a
   * connection that many callers may share. Who speaks must then be told with every call.
   */
  readonly isStateless?: boolean;
  /** What this connection's calls have in common, kept as long as it is open. */
  readonly memory: Map<unknown, unknown>;
  /** Calls a method of the caller's, not validated on this side; `clientOf` makes calls that are. */
  call(method: string, params?: unknown, options?: OutgoingOptions): Promise<unknown>;
  /** Calls a method of the caller's whose result is a stream. Not over datagrams. */
  stream(method: string, params: unknown, options: OutgoingOptions): OutgoingStream;
  /** Tells the caller something, without an answer. */
  notify(method: string, params?: unknown): void;
}

/** What an implementation is told of a call beside its parameters. */
export interface CallContext {
  /** `calculator.evaluate`. */
  readonly method: string;
  /** Aborted when the caller cancels or leaves, or the deadline passes: stop the work. */
  readonly signal: AbortSignal;
  /** Milliseconds left until the deadline. */
  readonly remaining: number;
  readonly caller: CallerHandle;
  /** The session's token, as the message carried it. */
  readonly session: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** W3C Trace Context. */
  readonly traceparent: string | undefined;
}
