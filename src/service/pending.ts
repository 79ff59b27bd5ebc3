import type { GuichetError } from '../errors.ts';
import type { Exchange } from '../transport/index.ts';
import { CallTable } from './call-table.ts';
import { CallError } from './errors.ts';
import type { CallErrorCode, RpcErrorObject } from './errors.ts';
import { Waiting, deadlines } from './deadlines.ts';
import { ItemQueue, streamCollected } from './outgoing-stream.ts';
import type { OutgoingStream } from './outgoing-stream.ts';
import { isTooLong, tooLongToTake } from './too-long.ts';
import { isRequestId } from './wire.ts';
import type { CallMeta, RequestId } from './wire.ts';

/** What a call can be told beside its parameters. */
export interface OutgoingOptions {
  /** Milliseconds to wait for the answer, above 0 and finite. Default 30,000. */
  readonly deadline?: number;
  /** Cancels the call, here and at the peer. */
  readonly signal?: AbortSignal;
  readonly session?: string;
  /** Makes the call safe to repeat: the peer carries it out once for a key. */
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
  /** Items of a stream on their way at most. Default 64. */
  readonly window?: number;
}

/** The default of {@link OutgoingOptions.deadline}. */
export const defaultDeadline = 30_000;
const defaultWindow = 64;

/** Milliseconds until a datagram without an answer is sent again, doubled each time, up to a limit. */
const retransmission = { first: 200, longest: 2_000 } as const;

/** One call that waits for its answer. */
class PendingCall extends Waiting {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: CallError) => void;
  readonly receiveItem: ((item: unknown) => void) | undefined;
  readonly #onExpire: (call: PendingCall) => void;
  readonly number: number;
  /** As it travels: over datagrams with this conversation's nonce before it. */
  readonly id: RequestId;
  readonly deadline: number;
  forget: (() => void) | undefined;
  /** Where the call is an exchange of its own: drops it, which is how the peer learns. */
  giveUp: (() => void) | undefined;

  constructor(
    number: number,
    id: RequestId,
    method: string,
    deadline: number,
    resolve: (result: unknown) => void,
    reject: (error: CallError) => void,
    receiveItem: ((item: unknown) => void) | undefined,
    onExpire: (call: PendingCall) => void,
  ) {
    super();
    this.number = number;
    this.id = id;
    this.method = method;
    this.deadline = deadline;
    this.resolve = resolve;
    this.reject = reject;
    this.receiveItem = receiveItem;
    this.#onExpire = onExpire;
  }

  override expire(): void {
    this.#onExpire(this);
  }
}

/** The calls of this side that wait for their answers. */
export class PendingCalls {
  readonly #send: (message: unknown, exchange?: Exchange) => void;
  readonly #isDatagram: boolean;
  readonly #isExchange: boolean;
  readonly #calls = new CallTable<PendingCall>();
  /** Tells this conversation's datagrams from those of one that had the same port before. */
  readonly #nonce: string;
  readonly #onSettled: () => void;

  /** @param onSettled called after each call that got its answer, or was given up. */
  constructor(
    send: (message: unknown, exchange?: Exchange) => void,
    { isDatagram, isExchange }: { readonly isDatagram: boolean; readonly isExchange: boolean },
    onSettled: () => void,
  ) {
    this.#send = send;
    this.#isDatagram = isDatagram;
    this.#isExchange = isExchange;
    this.#onSettled = onSettled;
    this.#nonce = isDatagram ? `${crypto.randomUUID().slice(0, 13)}-` : '';
  }

  get size(): number {
    return this.#calls.size;
  }

  methodOf(id: RequestId): string | undefined {
    return this.#find(id)?.method;
  }

  #find(id: RequestId): PendingCall | undefined {
    if (typeof id === 'number') return this.#isDatagram ? undefined : this.#calls.get(id);
    if (!this.#isDatagram || id === null || !id.startsWith(this.#nonce)) return undefined;
    return this.#calls.get(Number(id.slice(this.#nonce.length)));
  }

  /** @param finish makes of the result what the caller is given; it may throw, or take its time. */
  call(
    method: string,
    params: unknown,
    options: OutgoingOptions,
    finish: ((result: unknown) => unknown) | undefined,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle =
        finish === undefined
          ? resolve
          : (result: unknown): void => {
              try {
                resolve(finish(result));
              } catch (error) {
                reject(CallError.from(error));
              }
            };
      this.#start(method, params, options, undefined, undefined, settle, reject);
    });
  }

  stream(method: string, params: unknown, options: OutgoingOptions): OutgoingStream {
    if (this.#isDatagram) {
      throw new CallError('INVALID_REQUEST', `${method}: a stream needs a connection; use tcp`);
    }
    if (this.#isExchange) {
      return streamCollected(options.signal, (signal) =>
        this.call(method, params, { ...options, signal }, undefined),
      );
    }
    const window = options.window ?? defaultWindow;
    const queue = new ItemQueue(window, (count) =>
      this.#send({ jsonrpc: '2.0', method: 'rpc.credit', params: { id, count } }),
    );
    const id = this.#start(
      method,
      params,
      options,
      window,
      (item) => {
        if (queue.push(item)) return;
        this.#fail(id, new CallError('OVERLOADED', `${method}: more items than asked for`));
      },
      (result) => queue.answer(result),
      (error) => queue.end(error),
    );
    return {
      next: () => queue.next(),
      cancel: () => this.#cancel(id, new CallError('CANCELLED', `${method}: cancelled`)),
    };
  }

  receive(id: RequestId, result: unknown, error: RpcErrorObject | undefined): void {
    const call = this.#take(id === null && error !== undefined ? this.#onlyId() : id);
    if (call === undefined) return;
    if (error === undefined) call.resolve(result);
    else call.reject(CallError.fromObject(error, call.method));
    this.#onSettled();
  }

  /** What came with this id answers its call with nothing; false when no call waits for it. */
  refuse(id: unknown, place: string): boolean {
    const call = isRequestId(id) ? this.#take(id) : undefined;
    if (call === undefined) return false;
    const why = `what ${place} sent is no answer: neither a result nor an error`;
    const details = { method: call.method, place, why };
    call.reject(new CallError('PARSE_ERROR', `${call.method}: ${why}`, { details }));
    this.#onSettled();
    return true;
  }

  /**
   * Whose answer an error without an id is (JSON-RPC 2.0, section 5: the request could not be read): that of
   * the only call there is, if there is one.
   */
  #onlyId(): RequestId {
    if (this.#isDatagram || this.#calls.size !== 1) return null;
    for (const { id } of this.#calls.values()) return id;
    return null;
  }

  receiveItem(id: RequestId, item: unknown): void {
    this.#find(id)?.receiveItem?.(item);
  }

  /** No pending call will be answered. */
  failAll(code: CallErrorCode, why: string, place: string): void {
    for (const { id, method } of this.#calls.values()) {
      this.#fail(id, new CallError(code, `${method}: ${why}`, { details: { method, place, why } }));
    }
  }

  /** What came was longer than is taken: the answer to one of the pending calls. */
  failTooLong(error: GuichetError): void {
    const { size } = this;
    for (const { id, method } of this.#calls.values()) {
      this.#fail(id, tooLongToTake(method, size, error));
    }
  }

  #start(
    method: string,
    params: unknown,
    options: OutgoingOptions,
    window: number | undefined,
    receiveItem: ((item: unknown) => void) | undefined,
    resolve: (result: unknown) => void,
    reject: (error: CallError) => void,
  ): RequestId {
    const { signal } = options;
    const deadline = options.deadline ?? defaultDeadline;
    const number = this.#calls.next();
    const id = this.#isDatagram ? `${this.#nonce}${number}` : number;
    if (!(deadline > 0 && deadline < Number.POSITIVE_INFINITY)) {
      reject(refuseDeadline(method, deadline));
      return id;
    }
    if (signal?.aborted === true) {
      reject(new CallError('CANCELLED', `${method}: cancelled`, { cause: signal.reason }));
      return id;
    }
    const call = new PendingCall(
      number,
      id,
      method,
      deadline,
      resolve,
      reject,
      receiveItem,
      this.#onExpire,
    );
    this.#calls.add(call);
    deadlines.add(call, deadline);
    const meta = toMeta(options, deadline, window);
    const message = { jsonrpc: '2.0', id, method, params: params ?? {}, meta };
    try {
      this.#send(message, this.#isExchange ? this.#exchangeOf(id, call) : undefined);
    } catch (error) {
      if (error instanceof CallError) {
        this.#fail(id, error);
        return id;
      }
      const why = error instanceof Error ? error.message : String(error);
      this.#fail(id, new CallError('INVALID_PARAMS', `${method}: ${why}`, { cause: error }));
      return id;
    }
    if (signal !== undefined) this.#listen(id, call, signal);
    if (this.#isDatagram) this.#retransmit(id, call, message);
    return id;
  }

  /** How one call's own exchange is dropped, and what its failure does to the call. */
  #exchangeOf(id: RequestId, call: PendingCall): Exchange {
    const controller = new AbortController();
    call.giveUp = () => controller.abort();
    return {
      signal: controller.signal,
      fail: (error) => {
        const { method } = call;
        if (isTooLong(error)) {
          this.#fail(id, tooLongToTake(method, 1, error));
          return;
        }
        const details = { method, why: error.message };
        this.#fail(
          id,
          new CallError('UNAVAILABLE', `${method}: ${error.message}`, { cause: error, details }),
        );
      },
    };
  }

  readonly #onExpire = ({ id, method, deadline }: PendingCall): void =>
    this.#cancel(id, noAnswerWithin(method, deadline));

  #listen(id: RequestId, call: PendingCall, signal: AbortSignal): void {
    const onAbort = (): void =>
      this.#cancel(
        id,
        new CallError('CANCELLED', `${call.method}: cancelled`, { cause: signal.reason }),
      );
    signal.addEventListener('abort', onAbort, { once: true });
    call.forget = () => signal.removeEventListener('abort', onAbort);
  }

  /** Sends a datagram again until it is answered, ever less often, spread so that clients do not march. */
  #retransmit(id: RequestId, call: PendingCall, message: unknown): void {
    let pause: number = retransmission.first;
    const again = (): void => {
      if (this.#find(id) !== call) return;
      this.#send(message);
      pause = Math.min(pause * 2, retransmission.longest);
      timer = setTimeout(again, pause * (0.75 + Math.random() / 2));
    };
    let timer = setTimeout(again, pause);
    const { forget } = call;
    call.forget = () => {
      clearTimeout(timer);
      forget?.();
    };
  }

  /** Gives a call up and tells the peer, who may stop the work. */
  #cancel(id: RequestId, error: CallError): void {
    const call = this.#find(id);
    if (call === undefined) return;
    this.#fail(id, error);
    if (this.#isExchange) call.giveUp?.();
    else this.#send({ jsonrpc: '2.0', method: 'rpc.cancel', params: { id } });
  }

  #fail(id: RequestId, error: CallError): void {
    this.#take(id)?.reject(error);
    this.#onSettled();
  }

  #take(id: RequestId): PendingCall | undefined {
    const call = this.#find(id);
    if (call === undefined) return undefined;
    this.#calls.delete(call);
    deadlines.remove(call);
    call.forget?.();
    return call;
  }
}

/** The error of a call whose deadline, in milliseconds, is over on this side. */
export function noAnswerWithin(method: string, deadline: number): CallError {
  return new CallError('DEADLINE_EXCEEDED', `${method}: no answer within ${deadline} ms`, {
    details: { method, deadline },
  });
}

function refuseDeadline(method: string, deadline: number): CallError {
  return deadline === 0
    ? noAnswerWithin(method, deadline)
    : new CallError(
        'INVALID_REQUEST',
        `${method}: a deadline of ${deadline} ms: give a number of milliseconds above 0`,
        { details: { method, path: 'deadline' } },
      );
}

function toMeta(options: OutgoingOptions, deadline: number, window: number | undefined): CallMeta {
  const { session, idempotencyKey, traceparent } = options;
  if (
    session === undefined &&
    idempotencyKey === undefined &&
    traceparent === undefined &&
    window === undefined
  ) {
    return { deadline };
  }
  return {
    deadline,
    ...(session !== undefined && { session }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(traceparent !== undefined && { traceparent }),
    ...(window !== undefined && { window }),
  };
}
