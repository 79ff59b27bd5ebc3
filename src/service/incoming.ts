import type { CallContext, CallerHandle } from './context.ts';
import { Waiting, deadlines } from './deadlines.ts';
import { CallError } from './errors.ts';
import type { CallMeta, RequestId } from './wire.ts';

/**
 * One call being carried out: what its implementation sees of it, and the end it comes to. Whoever ends
 * it first (the result, an error, the deadline, a cancellation, the loss of the caller) decides the
 * answer; the rest is not heard any more.
 */
export class IncomingCall extends Waiting implements CallContext {
  readonly method: string;
  readonly caller: CallerHandle;
  readonly id: RequestId | undefined;
  /** Bytes of the message that asked, which count against the limits until the work is over. */
  readonly length: number;
  readonly #meta: CallMeta | undefined;
  #answer: ((result: unknown, error: CallError | undefined) => void) | undefined;
  #controller: AbortController | undefined;
  /** Items of a stream that may still be sent; see {@link IncomingCall.grant}. */
  window: number;
  #waiting: PromiseWithResolvers<void> | undefined;

  constructor(
    method: string,
    caller: CallerHandle,
    id: RequestId | undefined,
    meta: CallMeta | undefined,
    length: number,
    deadline: number,
    answer: (result: unknown, error: CallError | undefined) => void,
  ) {
    super();
    this.method = method;
    this.caller = caller;
    this.id = id;
    this.length = length;
    this.window = meta?.window ?? 0;
    this.#meta = meta;
    this.expiresAt = performance.now() + deadline;
    this.#answer = answer;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.isOver) this.#controller.abort();
    return this.#controller.signal;
  }

  get remaining(): number {
    return Math.max(0, this.expiresAt - performance.now());
  }

  get session(): string | undefined {
    return this.#meta?.session;
  }

  get idempotencyKey(): string | undefined {
    return this.#meta?.idempotencyKey;
  }

  get traceparent(): string | undefined {
    return this.#meta?.traceparent;
  }

  /** Whether the answer has been given. */
  get isOver(): boolean {
    return this.#answer === undefined;
  }

  /** Whether the caller asked for a stream, and said how many items it takes at first. */
  get isStreaming(): boolean {
    return this.#meta?.window !== undefined;
  }

  /** Starts to watch the deadline: only what is not answered at once needs to. */
  watchDeadline(): void {
    if (!this.isOver) deadlines.add(this, this.remaining);
  }

  override expire(): void {
    const { method } = this;
    this.abort(
      new CallError('DEADLINE_EXCEEDED', `${method}: the deadline passed before the answer`, {
        data: { method },
      }),
    );
  }

  succeed(result: unknown): void {
    this.#finish(result, undefined);
  }

  fail(error: CallError): void {
    this.#finish(undefined, error);
  }

  /** Ends the call with an error and tells the work to stop. */
  abort(error: CallError): void {
    if (this.isOver) return;
    this.#finish(undefined, error);
    this.#controller?.abort(error);
    this.#waiting?.resolve();
  }

  /** The caller takes so many items more. */
  grant(items: number): void {
    this.window += items;
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  /** Resolves when an item may be sent, or the call is over. */
  async waitForWindow(): Promise<void> {
    while (this.window <= 0 && !this.isOver) {
      this.#waiting ??= Promise.withResolvers();
      await this.#waiting.promise;
    }
  }

  #finish(result: unknown, error: CallError | undefined): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    this.#answer = undefined;
    deadlines.remove(this);
    answer(result, error);
  }
}
