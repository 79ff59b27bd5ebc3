/** Resolves after so many milliseconds. */
export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Resolves once what has come over connections meanwhile has been read. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Doubled with each attempt up to a limit, and spread, so that those in conflict do not march. */
export function backoff(attempt: number, first: number, longest: number): number {
  return Math.min(first * 2 ** attempt, longest) * (0.5 + Math.random());
}

/** How a piece of work ended. */
export type Settled =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'expired' };

interface UnderWay {
  readonly startedAt: number;
  readonly expire: () => void;
}

/**
 * Watches over work that may take so long and no longer. One timer looks at all of it now and then:
 * a timer for each would cost more than most work does.
 */
export class WorkWatch {
  readonly #limit: number;
  readonly #underWay = new Set<UnderWay>();
  #timer: NodeJS.Timeout | undefined;

  /** @param limit milliseconds. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits for work to settle, or to have taken too long: never rejects. */
  settle(work: () => Promise<unknown>): Promise<Settled> {
    return new Promise((resolve) => {
      const underWay: UnderWay = {
        startedAt: performance.now(),
        expire: () => {
          this.#underWay.delete(underWay);
          resolve({ kind: 'expired' });
        },
      };
      this.#underWay.add(underWay);
      this.#timer ??= setInterval(() => this.#look(), Math.min(this.#limit, 1_000) / 4).unref();
      const fail = (error: unknown): void => {
        this.#underWay.delete(underWay);
        resolve({ kind: 'failed', error });
      };
      try {
        work().then((value) => {
          this.#underWay.delete(underWay);
          resolve({ kind: 'done', value });
        }, fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    // With nothing to watch, the process may sleep.
    if (this.#underWay.size === 0) this.stop();
    const now = performance.now();
    for (const underWay of this.#underWay) {
      if (now - underWay.startedAt >= this.#limit) underWay.expire();
    }
  }
}
