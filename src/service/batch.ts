import { setImmediate } from 'node:timers/promises';
import type { Listening } from './listening.ts';
import type { Respond } from './responses.ts';
import { expectsAnswer } from './wire.ts';
import type { ResponseMessage } from './wire.ts';

/** Milliseconds of the event loop that one batch has at a time. */
const turnTime = 1;

/** Messages between looks at the clock. */
const messagesPerLook = 8;

/** Messages of one batch that are carried out at a time, unless they take long. */
const messagesAtOnce = 32;

/** Milliseconds that those may take until as many more join them: some may wait for one behind them. */
const patience = 50;

/** What a batch needs of its conversation. */
export interface BatchHost {
  isClosed(): boolean;
  readonly listening: Listening;
  /** @param waited milliseconds since the message came. */
  receive(message: unknown, respond: Respond, waited: number): void;
  /** Takes the answers, once there are all of them. */
  answer(responses: readonly ResponseMessage[]): void;
}

/**
 * Receives the messages of a batch, and answers all of it in one (JSON-RPC 2.0, section 6). A long batch
 * gives way to other connections now and then, and begins no more than it soon ends: a thousand calls
 * under way at once would be a thousand calls to be copied by each collection of garbage. Its own
 * connection is not read from meanwhile.
 */
export async function receiveBatch(messages: readonly unknown[], host: BatchHost): Promise<void> {
  const responses: ResponseMessage[] = [];
  const progress = new Progress();
  let waiting = messages.length;
  const settle = (): void => {
    if (--waiting === 0 && responses.length > 0) host.answer(responses);
  };
  const start = performance.now();
  let now = start;
  let turnEnd = start + turnTime;
  for (const [index, message] of messages.entries()) {
    const isTurnOver = index % messagesPerLook === 0 && index > 0 && performance.now() >= turnEnd;
    if (isTurnOver || progress.isFull) {
      host.listening.stop('batch');
      await (progress.isFull ? progress.wait() : setImmediate());
      if (host.isClosed()) return;
      now = performance.now();
      turnEnd = now + turnTime;
    }
    // A batch inside a batch is no message: told so, whatever it holds.
    if (Array.isArray(message) || expectsAnswer(message)) {
      progress.begin();
      const respond: Respond = (response) => {
        responses.push(response);
        progress.end();
        settle();
      };
      host.receive(message, respond, now - start);
    } else {
      host.receive(message, () => undefined, now - start);
      settle();
    }
  }
  host.listening.resume('batch');
}

/** How many messages of a batch are being carried out. */
class Progress {
  #underWay = 0;
  #most = messagesAtOnce;
  #room: PromiseWithResolvers<void> | undefined;

  get isFull(): boolean {
    return this.#underWay >= this.#most;
  }

  begin(): void {
    this.#underWay++;
  }

  end(): void {
    this.#underWay--;
    // Half of them at a time: to go on after each would cost a turn each.
    if (this.#underWay <= this.#most - messagesAtOnce / 2) this.#room?.resolve();
  }

  /** Resolves when there is room for more, which patience makes. */
  async wait(): Promise<void> {
    this.#room = Promise.withResolvers();
    const grow = (): void => {
      this.#most = this.#underWay + messagesAtOnce;
      this.#room?.resolve();
    };
    const timer = setTimeout(grow, patience);
    await this.#room.promise;
    clearTimeout(timer);
    this.#room = undefined;
  }
}
