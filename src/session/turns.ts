import { SessionError } from './errors.ts';

/** Lets work of the same name run one after the other, and work of different names side by side. */
export class TurnQueue {
  readonly #maxWaiting: number;
  readonly #queues = new Map<string, { last: Promise<unknown>; length: number }>();

  /** @param maxWaiting of one name at a time. */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** @throws {SessionError} `LOGIN_BUSY` when too much of that name is waiting. */
  async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const queue = this.#queues.get(name) ?? { last: Promise.resolve(), length: 0 };
    if (queue.length >= this.#maxWaiting) {
      throw new SessionError('LOGIN_BUSY', 'too many are logging in to this account at once');
    }
    this.#queues.set(name, queue);
    queue.length++;
    const turn = queue.last.then(work);
    // The next one comes whether or not this one fails.
    queue.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      if (--queue.length === 0) this.#queues.delete(name);
    }
  }
}
