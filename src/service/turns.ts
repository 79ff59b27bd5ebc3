import { setImmediate } from 'node:timers/promises';
import type { Listening } from './listening.ts';

/** Milliseconds of the event loop that one peer has at a time. */
const turnTime = 1;

/** Messages between looks at the clock; a long one counts once more for so many of its bytes. */
const messagesPerLook = 16;
const bytesPerMessage = 4_096;

/**
 * Makes a peer that sends without a pause give way to the others: once its messages have taken their time,
 * it is not read from until the event loop has been round.
 */
export class Turns {
  readonly #listening: Listening;
  #messages = 0;
  /** When the turn began, as `performance.now` has it. */
  #start: number | undefined;

  constructor(listening: Listening) {
    this.#listening = listening;
  }

  /** One message more came, of so many bytes. */
  take(bytes: number): void {
    this.#messages += 1 + Math.floor(bytes / bytesPerMessage);
    if (this.#messages < messagesPerLook) return;
    this.#messages = 0;
    const now = performance.now();
    if (this.#start === undefined) {
      this.#start = now;
      void this.#renew();
    } else if (now - this.#start >= turnTime) {
      this.#listening.stop('turn');
    }
  }

  async #renew(): Promise<void> {
    await setImmediate();
    this.#start = undefined;
    this.#listening.resume('turn');
  }
}
