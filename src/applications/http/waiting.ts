import type { DeadlineClock } from './deadline-clock.ts';
import { HttpError } from './errors.ts';
import type { HttpLimits } from './limits.ts';

/** What a connection waits for: each has a time-out of its own. */
export type Wait = 'request' | 'head' | 'body' | 'nothing';

/** What a connection waits for, and until when. */
export class Waiting {
  readonly #clock: DeadlineClock;
  readonly #limits: HttpLimits;
  /** By the clock's `now`; infinity for never. */
  deadline: number = Number.POSITIVE_INFINITY;
  for: Wait = 'nothing';

  constructor(clock: DeadlineClock, limits: HttpLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  forNothing(): void {
    this.for = 'nothing';
    this.deadline = Number.POSITIVE_INFINITY;
  }

  /** For the first byte of a request. */
  forRequest(): void {
    this.for = 'request';
    this.deadline = this.#clock.now + this.#limits.keepAliveTimeout;
  }

  /** For the rest of a head: its time runs from the first byte, whatever comes of it. */
  forHead(): void {
    if (this.for === 'head') return;
    this.for = 'head';
    this.deadline = this.#clock.now + this.#limits.headerTimeout;
  }

  /** For the next byte of a content. */
  forBody(): void {
    this.for = 'body';
    this.deadline = this.#clock.now + this.#limits.bodyTimeout;
  }
}

/** The error of what was waited for too long. */
export function timedOut(message: string): HttpError {
  return new HttpError('REQUEST_TIMEOUT', message, { close: true });
}
