import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work without a pause, after which others have their turn. */
const usualTurn = 10;

/** Lets everybody else have their turn now and then during work that is long because it is much. */
export class Pace {
  readonly #turn: number;
  #since = performance.now();

  /** @param turn milliseconds of work between two turns of the others. */
  constructor(turn: number = usualTurn) {
    this.#turn = turn;
  }

  /** To be awaited between two pieces of the work: resolves at once, or after a turn of the others. */
  async keep(): Promise<void> {
    if (performance.now() - this.#since < this.#turn) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
