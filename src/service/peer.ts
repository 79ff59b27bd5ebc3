import type { CodecError, ValueConnection } from '../presentation/index.ts';
import { tap } from '../observe/index.ts';
import type { FramingError } from '../framing/index.ts';
import type { Address, CloseReason } from '../transport/index.ts';
import { formatAddress } from '../transport/index.ts';
import type { CallerHandle } from './context.ts';
import { InFlight } from './dispatcher.ts';
import type { Dispatcher } from './dispatcher.ts';
import { CallError } from './errors.ts';
import type { RpcErrorObject } from './errors.ts';
import { receiveBatch } from './batch.ts';
import type { IncomingCall } from './incoming.ts';
import { IncomingCalls } from './incoming-calls.ts';
import { Listening } from './listening.ts';
import { Patience } from './patience.ts';
import { describeNothing, invalid, isOffence, isResponse, unreadable } from './responses.ts';
import { isTooLong } from './too-long.ts';
import { findRequestFault, isRecord, isRequestId } from './wire.ts';
import { answerOwn } from './own-methods.ts';
import type { OwnSide } from './own-methods.ts';
import { PendingCalls } from './pending.ts';
import type { OutgoingOptions } from './pending.ts';
import { Outbox } from './outbox.ts';
import type { OutgoingStream } from './outgoing-stream.ts';
import { Turns } from './turns.ts';
import { publishCall } from './publish-calls.ts';
import type { Respond } from './responses.ts';
import type { CallMeta, RequestId, ResponseMessage } from './wire.ts';

/**
 * One side of a JSON-RPC 2.0 conversation. Both sides are alike: each answers the calls of the other, if
 * it has a dispatcher, and makes its own.
 */
export class Peer implements CallerHandle {
  readonly memory: Map<unknown, unknown> = new Map();
  readonly #connection: ValueConnection<Peer>;
  readonly #dispatcher: Dispatcher | undefined;
  readonly #incoming = new IncomingCalls();
  readonly #inFlight = new InFlight();
  readonly #pending: PendingCalls;
  #isEnding = false;
  readonly #listening: Listening;
  readonly #patience: Patience;
  readonly #turns: Turns;
  readonly #outbox: Outbox;
  /** Batches of which some messages have not had their turn. */
  #batches = 0;
  /** Times the peer has asked what is served, and has not been told yet. */
  #descriptions = 0;

  constructor(connection: ValueConnection<Peer>, dispatcher: Dispatcher | undefined) {
    this.#connection = connection;
    this.#listening = new Listening(connection);
    this.#patience = new Patience(this.#listening);
    this.#turns = new Turns(this.#listening);
    this.#dispatcher = dispatcher;
    const maxUnread = dispatcher?.limits.maxBytesPerConnection ?? Number.POSITIVE_INFINITY;
    this.#outbox = new Outbox(connection, this.#listening, maxUnread);
    this.#pending = new PendingCalls(
      (message, exchange) => void this.#outbox.send(message, exchange),
      connection.frames,
      () => {
        if (this.#isEnding) this.#closeIfIdle();
      },
    );
  }

  /** What the methods of the protocol itself see of this side. */
  readonly #own: OwnSide = {
    callOf: (id) => this.#incoming.get(id),
    receiveItem: (id, item) => this.#pending.receiveItem(id, item),
  };

  get id(): number {
    return this.#connection.id;
  }

  get remote(): Address {
    return this.#connection.remote;
  }

  get isStateless(): boolean {
    return this.#connection.frames.isDatagram;
  }

  get isClosed(): boolean {
    return this.#connection.isClosed;
  }

  /** Calls of this side that have no answer yet. */
  get pendingCalls(): number {
    return this.#pending.size;
  }

  /** Calls of the other side that are being carried out. */
  get callsInFlight(): number {
    return this.#inFlight.calls;
  }

  /** Makes a call, not validated on this side; rejects with a {@link CallError}. */
  call(
    method: string,
    params?: unknown,
    options: OutgoingOptions = {},
    finish?: (result: unknown) => unknown,
  ): Promise<unknown> {
    return this.#pending.call(method, params, options, finish);
  }

  /** Makes a call whose result is a stream. */
  stream(method: string, params: unknown, options: OutgoingOptions): OutgoingStream {
    return this.#pending.stream(method, params, options);
  }

  notify(method: string, params?: unknown): void {
    this.#outbox.send({ jsonrpc: '2.0', method, ...(params !== undefined && { params }) });
  }

  /** Closes once what is in flight has been answered. */
  close(): void {
    this.#isEnding = true;
    this.#closeIfIdle();
  }

  /** Drops the connection at once. */
  reset(): void {
    this.#connection.reset();
  }

  #lose(why: string): void {
    const place = formatAddress(this.remote);
    this.#pending.failAll('UNAVAILABLE', `no answer from ${place}: ${why}`, place);
  }

  /** The other side will send no more: its calls are still answered, ours will not be. */
  receiveEnd(): void {
    this.#lose('the peer ended the connection');
    this.close();
  }

  finish({ error: reason }: CloseReason): void {
    if (reason !== undefined && isTooLong(reason)) this.#pending.failTooLong(reason);
    this.#lose(reason?.message ?? 'the connection closed');
    const error = new CallError('CANCELLED', 'the caller has gone');
    for (const call of this.#incoming.clear()) call.abort(error);
    this.#patience.end();
    this.#outbox.drain();
  }

  /** What came could not be read as a value: answered as JSON-RPC 2.0, section 5.1, says. */
  refuse(error: CodecError | FramingError): void {
    // What comes over a connection is its peer's own word, and the last: an answer may have been in it.
    if (isTooLong(error) && !this.isStateless) this.#pending.failTooLong(error);
    const { length } = error.details;
    this.#patience.offend(typeof length === 'number' ? length : 0);
    this.#outbox.respond(unreadable(error));
  }

  /** What came is no answer to anything, or not all of one: no call is going to be answered here. */
  giveUp(error: CodecError | FramingError): void {
    if (error.code === 'TRUNCATED' || error.code === 'FRAME_TRUNCATED') {
      this.#lose('the connection was cut in the middle of a message');
    } else if (isTooLong(error)) {
      this.#pending.failTooLong(error);
    } else {
      const place = formatAddress(this.remote);
      const why = `what ${place} sent is no answer: ${error.message}`;
      this.#pending.failAll('PARSE_ERROR', why, place);
    }
    this.reset();
  }

  /** One message came: a call, an answer, or a batch of either. */
  receive(value: unknown, length: number, message: number, respond?: Respond): void {
    if (Array.isArray(value)) this.#receiveBatch(value, length, message);
    else this.#receiveOne(value, length, message, respond ?? this.#outbox.respond);
  }

  #receiveBatch(values: readonly unknown[], length: number, message: number): void {
    const limit = this.#dispatcher?.limits.maxBatch ?? 0;
    if (values.length === 0 || values.length > Math.max(limit, 1)) {
      const why = values.length === 0 ? 'an empty batch' : `a batch of more than ${limit}`;
      this.#outbox.respond(invalid(null, `${why} is not a request`));
      this.#patience.offend(length);
      return;
    }
    const share = Math.ceil(length / values.length);
    this.#batches++;
    receiveBatch(values, {
      isClosed: () => this.isClosed,
      listening: this.#listening,
      receive: (value, respond, waited) => this.#receiveOne(value, share, message, respond, waited),
      answer: (responses) => this.#outbox.respondTogether(responses),
    })
      .catch(() => this.reset())
      .finally(() => {
        this.#batches--;
        if (this.#isEnding) this.#closeIfIdle();
      });
  }

  #receiveOne(value: unknown, length: number, message: number, respond: Respond, waited = 0): void {
    if (!isRecord(value)) {
      this.#patience.offend(length);
      respond(invalid(null, 'a request is an object'));
      return;
    }
    const { method } = value;
    if (method === undefined && isResponse(value)) {
      this.#receiveResponse(value, message);
      return;
    }
    const fault = findRequestFault(value);
    if (fault !== undefined) {
      if (method === undefined && this.#pending.refuse(value['id'], formatAddress(this.remote))) {
        return;
      }
      this.#patience.offend(length);
      const { id } = value;
      respond(
        invalid(
          isRequestId(id) && id !== undefined ? id : null,
          `${fault.path}: expected ${fault.expected}`,
          fault.path,
        ),
      );
      return;
    }
    const id = value['id'] as RequestId | undefined;
    if (tap.active) {
      publishCall(
        this.#connection,
        id === undefined ? 'notification' : 'request',
        'in',
        message,
        method as string,
        id,
      );
    }
    this.#receiveRequest(
      id,
      method as string,
      value['params'],
      value['meta'] as CallMeta | undefined,
      length,
      respond,
      waited,
    );
  }

  #receiveRequest(
    id: RequestId | undefined,
    method: string,
    params: unknown,
    meta: CallMeta | undefined,
    length: number,
    respond: Respond,
    waited: number,
  ): void {
    const ongoing: { call: IncomingCall | undefined } = { call: undefined };
    const answer = (result: unknown, error: CallError | undefined): void => {
      if (error !== undefined && isOffence(error, length)) this.#patience.offend(length);
      if (ongoing.call !== undefined) this.#incoming.delete(id ?? ongoing.call);
      if (id !== undefined) {
        respond(
          error === undefined
            ? { jsonrpc: '2.0', id, result: result === undefined ? null : result }
            : { jsonrpc: '2.0', id, error: error.toObject() },
        );
      }
      if (this.#isEnding) this.#closeIfIdle();
    };
    if (this.#dispatcher !== undefined) this.#turns.take(length);
    if (method === 'rpc.discover') {
      this.#describe(answer);
      return;
    }
    if (method.startsWith('rpc.')) {
      answerOwn(method, params, this.#own, answer);
      return;
    }
    if (this.#dispatcher === undefined) {
      answer(
        undefined,
        new CallError('METHOD_NOT_FOUND', `this side serves no method "${method}"`),
      );
      return;
    }
    if (id !== undefined && id !== null && this.#incoming.get(id) !== undefined) {
      this.#patience.offend(length);
      // Answered without the id: with it, it would pass for the answer to the other call.
      respond(invalid(null, `id: ${JSON.stringify(id)} is that of a call still in flight`, 'id'));
      return;
    }
    const { isDatagram, isExchange } = this.#connection.frames;
    const canStream = id !== undefined && !isDatagram && !isExchange;
    const call = this.#dispatcher.dispatch(
      this,
      this.#inFlight,
      id,
      method,
      params,
      meta,
      length,
      waited,
      answer,
      canStream ? this.#outbox.sendItem : undefined,
    );
    if (call === undefined || call.isOver) return;
    ongoing.call = call;
    this.#incoming.add(id ?? call, call);
  }

  /** What is served is long to tell: those who ask for it are told one after another, a turn each. */
  #describe(answer: (result: unknown, error: CallError | undefined) => void): void {
    const dispatcher = this.#dispatcher;
    if (dispatcher === undefined) {
      answer(describeNothing, undefined);
      return;
    }
    this.#descriptions++;
    this.#listening.stop('description');
    void dispatcher.awaitTurn().then(() => {
      if (--this.#descriptions === 0) this.#listening.resume('description');
      if (!this.isClosed) answer(dispatcher.describe(), undefined);
    });
  }

  #receiveResponse(response: Readonly<Record<string, unknown>>, message: number): void {
    const id = response['id'] as RequestId;
    if (tap.active) {
      const step = response['error'] === undefined ? 'result' : 'error';
      const method = this.#pending.methodOf(id) ?? '';
      publishCall(this.#connection, step, 'in', message, method, id);
    }
    this.#pending.receive(id, response['result'], response['error'] as RpcErrorObject | undefined);
  }

  /** Sends an answer, for whoever keeps answers to repeat them. */
  repeat(response: ResponseMessage): void {
    this.#outbox.respond(response);
  }

  /** Enough has been sent: listen again. */
  drain(): void {
    this.#listening.resume('unread');
    this.#outbox.drain();
  }

  #closeIfIdle(): void {
    const isIdle = this.#incoming.size === 0 && this.#pending.size === 0;
    if (isIdle && this.#batches === 0 && this.#descriptions === 0) this.#connection.close();
  }
}
