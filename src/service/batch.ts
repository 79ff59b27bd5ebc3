import { setImmediate } from 'node:timers/promises';
import type { Listening } from './listening.ts';
import type { Respond } from './responses.ts';
import { expectsAnswer } from './wire.ts';
import type { ResponseMessage } from './wire.ts';

/** Milliseconds of the event loop that one batch has at a time. */
const turnTime = 1;

/** Messages between looks at the clock. */
const messagesPerLook = 8;

/** What a batch needs of its conversation. */
export interface BatchHost {
  isClosed(): boolean;
  readonly listening: Listening;
  receive(message: unknown, respond: Respond): void;
  /** Takes the answers, once there are all of them. */
  answer(responses: readonly ResponseMessage[]): void;
}

/**
 * Receives the messages of a batch, and answers all of it in one (JSON-RPC 2.0, section 6). A long batch
 * gives way to other connections now and then; its own is not read from meanwhile.
 */
export async function receiveBatch(messages: readonly unknown[], host: BatchHost): Promise<void> {
  const responses: ResponseMessage[] = [];
  let waiting = messages.length;
  const settle = (): void => {
    if (--waiting === 0 && responses.length > 0) host.answer(responses);
  };
  let end = performance.now() + turnTime;
  for (const [index, message] of messages.entries()) {
    if (index % messagesPerLook === 0 && index > 0 && performance.now() >= end) {
      host.listening.stop('batch');
      await setImmediate();
      if (host.isClosed()) return;
      end = performance.now() + turnTime;
    }
    // A batch inside a batch is no message: told so, whatever it holds.
    if (Array.isArray(message) || expectsAnswer(message)) {
      host.receive(message, (response) => {
        responses.push(response);
        settle();
      });
    } else {
      host.receive(message, () => undefined);
      settle();
    }
  }
  host.listening.resume('batch');
}
