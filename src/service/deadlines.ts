import timers from 'node:timers';

/** What waits until its time is over, at one place at most; its fields are those of {@link Deadlines}. */
export abstract class Waiting {
  /** On the clock of `performance.now()`. */
  expiresAt = 0;
  previous: Waiting | undefined;
  next: Waiting | undefined;
  line: DeadlineLine | undefined;

  /** Called when the time is over. */
  abstract expire(): void;
}

/** Those that were given the same time: the first to have come is the first to expire. */
class DeadlineLine {
  /** Milliseconds. */
  readonly time: number;
  readonly #onEmpty: () => void;
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(time: number, onEmpty: () => void) {
    this.time = time;
    this.#onEmpty = onEmpty;
  }

  add(waiting: Waiting): void {
    waiting.expiresAt = performance.now() + this.time;
    waiting.line = this;
    waiting.previous = this.#last;
    waiting.next = undefined;
    if (this.#last === undefined) this.#first = waiting;
    else this.#last.next = waiting;
    this.#last = waiting;
    if (this.#timer === undefined) this.#start(this.time);
    else if (this.#first === waiting) this.#timer.ref();
  }

  remove(waiting: Waiting): void {
    const { previous, next } = waiting;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    waiting.previous = undefined;
    waiting.next = undefined;
    waiting.line = undefined;
    // The timer stays for the next one to come, which often comes at once; alone it holds up nothing.
    if (this.#first === undefined) this.#timer?.unref();
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  stop(): void {
    timers.clearTimeout(this.#timer);
  }

  #start(time: number): void {
    this.#timer = timers.setTimeout(() => {
      this.#timer = undefined;
      this.#expire();
    }, time);
  }

  #expire(): void {
    const now = performance.now();
    for (let first = this.#first; first !== undefined; first = this.#first) {
      // A timer may be early by less than a millisecond.
      const left = first.expiresAt - now;
      if (left > 0) {
        if (this.#timer === undefined) this.#start(Math.ceil(left));
        return;
      }
      this.remove(first);
      first.expire();
    }
    if (this.#timer === undefined) this.#onEmpty();
  }
}

/** The longest that a timer of Node's waits; what is given more waits so long. */
export const longestTime: number = 2 ** 31 - 1;

/** So many times may be kept that nobody waits for at the moment: whoever picks them must not fill memory. */
const mostEmptyLines = 64;

/**
 * Deadlines of many calls, most of which end long before: one timer for all that were given the same time,
 * since a timer of its own would cost a call more than all else that is done for it.
 */
export class Deadlines {
  readonly #lines = new Map<number, DeadlineLine>();

  /** Has it expire after so many milliseconds, unless it is removed before. */
  add(waiting: Waiting, milliseconds: number): void {
    const time = Math.min(Math.max(1, Math.ceil(milliseconds)), longestTime);
    let line = this.#lines.get(time);
    if (line === undefined) {
      line = new DeadlineLine(time, () => this.#lines.delete(time));
      this.#lines.set(time, line);
    }
    line.add(waiting);
  }

  /** It waits no longer; nothing happens when it does not. */
  remove(waiting: Waiting): void {
    const { line } = waiting;
    if (line === undefined) return;
    line.remove(waiting);
    if (line.isEmpty && this.#lines.size > mostEmptyLines) {
      line.stop();
      this.#lines.delete(line.time);
    }
  }
}

/** All of this process. */
export const deadlines: Deadlines = new Deadlines();
