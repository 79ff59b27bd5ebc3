/** What can be held back. */
interface Held {
  pause(): void;
  resume(): void;
}

/**
 * Why a peer is not read from for now: it takes no answers, it offends, its batch is being worked on, it has
 * had its turn, what it asked for has not had its own.
 */
export type HoldReason = 'unread' | 'penalty' | 'batch' | 'turn' | 'description';

/** Whether a peer is read from: it is, while there is no reason against it. */
export class Listening {
  readonly #connection: Held;
  readonly #reasons = new Set<HoldReason>();

  constructor(connection: Held) {
    this.#connection = connection;
  }

  stop(reason: HoldReason): void {
    this.#reasons.add(reason);
    this.#connection.pause();
  }

  resume(reason: HoldReason): void {
    if (this.#reasons.delete(reason) && this.#reasons.size === 0) this.#connection.resume();
  }
}
