import { isDeepStrictEqual } from 'node:util';
import { CallError } from './errors.ts';

interface Remembered {
  readonly params: unknown;
  readonly result: unknown;
  readonly expiresAt: number;
}

/**
 * Remembers what calls with an idempotency key gave, so that one that is repeated (because its answer was
 * lost) is not carried out again. Bounded in number and time; the oldest are forgotten first. A call that
 * failed is forgotten at once: it may be tried again.
 */
export class IdempotencyMemory {
  readonly #maxKeys: number;
  readonly #time: number;
  readonly #remembered = new Map<string, Remembered>();

  /** @param time milliseconds. */
  constructor(maxKeys: number, time: number) {
    this.#maxKeys = maxKeys;
    this.#time = time;
  }

  /** Carries the work out, or gives what it gave, or is still about to give, the first time. */
  once(
    key: string,
    scope: string | undefined,
    method: string,
    params: unknown,
    work: () => unknown,
  ): unknown {
    this.#forgetExpired();
    // A key belongs to who uses it: two may well choose the same.
    const name = JSON.stringify([scope ?? '', method, key]);
    const before = this.#remembered.get(name);
    if (before !== undefined) {
      if (isDeepStrictEqual(before.params, params)) return before.result;
      throw new CallError(
        'CONFLICT',
        `${method}: the idempotency key was used with other parameters`,
        {
          data: { path: 'meta.idempotencyKey' },
        },
      );
    }
    const result = work();
    this.#remembered.set(name, { params, result, expiresAt: performance.now() + this.#time });
    if (result instanceof Promise) result.catch(() => this.#remembered.delete(name));
    return result;
  }

  #forgetExpired(): void {
    const now = performance.now();
    for (const [name, { expiresAt }] of this.#remembered) {
      if (expiresAt > now && this.#remembered.size < this.#maxKeys) break;
      this.#remembered.delete(name);
    }
  }
}
