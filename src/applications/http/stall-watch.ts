import type { Connection } from '../../transport/index.ts';

/** Sees whether a client takes what is sent to it, however slowly. */
export class StallWatch {
  readonly #connection: Connection<unknown>;
  /** No number of bytes at first: the first look is never at a stall. */
  #sent = -1;
  #lastProgress = 0;

  constructor(connection: Connection<unknown>) {
    this.#connection = connection;
  }

  /** Milliseconds for which bytes have been waiting without one being taken; 0 when none waits. */
  look(now: number): number {
    const { bytesWritten, unsentBytes } = this.#connection;
    // What was sent is what was written but for what is still here.
    const sent = bytesWritten - unsentBytes;
    if (unsentBytes === 0 || sent !== this.#sent) this.#lastProgress = now;
    this.#sent = sent;
    return now - this.#lastProgress;
  }
}
