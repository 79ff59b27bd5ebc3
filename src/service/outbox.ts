import { tap } from '../observe/index.ts';
import type { ValueConnection } from '../presentation/index.ts';
import type { Exchange } from '../transport/index.ts';
import type { Listening } from './listening.ts';
import { publishSent } from './publish-calls.ts';
import { refuseAnswer, unread } from './responses.ts';
import type { Respond } from './responses.ts';
import { isRecord } from './wire.ts';
import type { RequestId, ResponseMessage } from './wire.ts';

/** What one side of a conversation sends, and what it does when that is too much, or cannot be sent. */
export class Outbox {
  readonly #connection: ValueConnection<unknown>;
  readonly #listening: Listening;
  readonly #maxBytes: number;
  /** What streams wait for while the peer does not read. */
  #draining: PromiseWithResolvers<void> | undefined;

  /** @param maxBytes bytes waiting to be read above which no answers are given. */
  constructor(connection: ValueConnection<unknown>, listening: Listening, maxBytes: number) {
    this.#connection = connection;
    this.#listening = listening;
    this.#maxBytes = maxBytes;
  }

  /** Sends a message; false when the peer should first read what it was sent. */
  send(message: unknown, exchange?: Exchange): boolean {
    let link = 0;
    if (tap.active && isRecord(message)) {
      link = tap.nextMessage();
      publishSent(this.#connection, message, link);
    }
    const isFree = this.#connection.send(message, link, exchange);
    if (isFree || this.#connection.frames.isDatagram) return true;
    // The peer does not read its answers: it is not read from either until it does.
    this.#listening.stop('unread');
    return false;
  }

  /** Sends an item of a stream; the promise, if any, is of the time when the next may follow. */
  readonly sendItem = (id: RequestId, item: unknown): Promise<void> | undefined => {
    if (this.send({ jsonrpc: '2.0', method: 'rpc.item', params: { id, item } })) return undefined;
    if (this.#connection.isClosed) return undefined;
    this.#draining ??= Promise.withResolvers();
    return this.#draining.promise;
  };

  readonly respond: Respond = (response) => {
    try {
      this.send(this.#isOverfull() ? refuseAnswer(response, unread) : response);
    } catch (error) {
      // What cannot be sent is answered by an error: silence would cost the caller its whole deadline.
      this.send(refuseAnswer(response, error));
    }
  };

  /** The answers of a batch in one message; those that cannot be sent, or not together, as errors. */
  respondTogether(responses: readonly ResponseMessage[]): void {
    if (this.#isOverfull()) {
      this.send(responses.map((response) => refuseAnswer(response, unread)));
      return;
    }
    try {
      this.send(responses);
    } catch {
      const sendable = responses.map((response) => this.#refuseUnsendable(response));
      try {
        this.send(sendable);
      } catch (error) {
        const { length } = sendable;
        this.send(sendable.map((response) => refuseAnswer(response, error, length)));
      }
    }
  }

  /** Enough has been sent, or nothing more can be: streams go on. */
  drain(): void {
    this.#draining?.resolve();
    this.#draining = undefined;
  }

  #refuseUnsendable(response: ResponseMessage): ResponseMessage {
    try {
      this.#connection.check(response);
      return response;
    } catch (error) {
      return refuseAnswer(response, error);
    }
  }

  /** Whether so many answers wait to be read that no more are given. */
  #isOverfull(): boolean {
    return this.#connection.frames.bufferedBytes > this.#maxBytes;
  }
}
