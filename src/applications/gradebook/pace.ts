import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work without a pause, after which others have their turn. */
const usualTurn = 10;
/** Milliseconds without a pause at most, however long the others take. */
const longestTurn = 20;

/** Lets everybody else have their turn now and then during work that is long because it is much. */
export class Pace {
  readonly #leastTurn: number;
  #turn: number;
  #since = performance.now();

  /** @param turn milliseconds of work between two turns of the others, if those are short. */
  constructor(turn: number = usualTurn) {
    this.#leastTurn = turn;
    this.#turn = turn;
  }

  /** To be awaited between two pieces of the work: resolves at once, or after a turn of the others. */
  async keep(): Promise<void> {
    if (performance.now() - this.#since < this.#turn) return;
    const paused = performance.now();
    await setImmediate();
    this.#since = performance.now();
    // As long as the others took: however many they are, half of the time is left for the work.
    this.#turn = Math.min(longestTurn, Math.max(this.#leastTurn, this.#since - paused));
  }
}
