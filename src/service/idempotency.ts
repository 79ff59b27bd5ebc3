import { isDeepStrictEqual } from 'node:util';
import { CallError } from './errors.ts';
import { weigh } from './weigh.ts';

interface Remembered {
  readonly params: unknown;
  readonly result: unknown;
  readonly expiresAt: number;
  /** Bytes, about. */
  weight: number;
}

/**
 * Remembers what calls with an idempotency key gave, so that one that is repeated (because its answer was
 * lost) is not carried out again. Bounded in number, bytes and time; the oldest are forgotten first. A call that
 * failed is forgotten at once: it may be tried again.
 */
export class IdempotencyMemory {
  readonly #maxKeys: number;
  readonly #time: number;
  readonly #remembered = new Map<string, Remembered>();

  readonly #maxBytes: number;
  #bytes = 0;

  /** @param time milliseconds. */
  constructor(maxKeys: number, time: number, maxBytes: number) {
    this.#maxKeys = maxKeys;
    this.#maxBytes = maxBytes;
    this.#time = time;
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#remembered.size;
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
    const expiresAt = performance.now() + this.#time;
    const remembered = { params, result, expiresAt, weight: 0 };
    this.#remembered.set(name, remembered);
    this.#charge(name, remembered, weigh(params) + name.length);
    if (result instanceof Promise) {
      result.then(
        (value) => this.#charge(name, remembered, weigh(value)),
        () => this.#forget(name, remembered),
      );
    } else {
      this.#charge(name, remembered, weigh(result));
    }
    return result;
  }

  #charge(name: string, remembered: Remembered, bytes: number): void {
    if (this.#remembered.get(name) !== remembered) return;
    remembered.weight += bytes;
    this.#bytes += bytes;
    for (const [other, oldest] of this.#remembered) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#forget(other, oldest);
    }
  }

  #forget(name: string, remembered: Remembered): void {
    if (this.#remembered.get(name) !== remembered) return;
    this.#remembered.delete(name);
    this.#bytes -= remembered.weight;
  }

  #forgetExpired(): void {
    const now = performance.now();
    for (const [name, remembered] of this.#remembered) {
      if (remembered.expiresAt > now && this.#remembered.size < this.#maxKeys) break;
      this.#forget(name, remembered);
    }
  }
}
