import type { CallError } from './errors.ts';
import { isRecord } from './wire.ts';

/** The items of a stream as they come, and its end. */
export interface OutgoingStream {
  next(): Promise<IteratorResult<unknown, undefined>>;
  /** Stops the stream, here and at the peer. */
  cancel(): void;
}

/** The items of a stream between their coming and their being taken: as many as its window at most. */
export class ItemQueue {
  readonly #window: number;
  readonly #onTaken: (count: number) => void;
  readonly #items: unknown[] = [];
  #received = 0;
  #taken = 0;
  #isOver = false;
  #error: CallError | undefined;
  #reader: PromiseWithResolvers<void> | undefined;

  /** @param onTaken told now and then of how many items were taken, for which others may come. */
  constructor(window: number, onTaken: (count: number) => void) {
    this.#window = window;
    this.#onTaken = onTaken;
  }

  /** Takes an item in; false when it is more than was allowed, and is not given memory. */
  push(item: unknown): boolean {
    if (this.#items.length >= this.#window) return false;
    this.#items.push(item);
    this.#received++;
    this.#wake();
    return true;
  }

  /** The answer came: how many items there were, or the result of a method that gives no stream. */
  answer(result: unknown): void {
    const isEnd = isRecord(result) && result['items'] === this.#received;
    if (!isEnd) this.#items.push(result);
    this.end();
  }

  /** There will be no more, because of an error if one is given. */
  end(error?: CallError): void {
    this.#isOver = true;
    this.#error = error;
    this.#wake();
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    while (this.#items.length === 0 && !this.#isOver) {
      this.#reader ??= Promise.withResolvers();
      await this.#reader.promise;
    }
    if (this.#items.length === 0) {
      if (this.#error !== undefined) throw this.#error;
      return { done: true, value: undefined };
    }
    const value = this.#items.shift();
    this.#taken++;
    if (!this.#isOver && this.#taken >= Math.ceil(this.#window / 2)) {
      this.#onTaken(this.#taken);
      this.#taken = 0;
    }
    return { done: false, value };
  }

  #wake(): void {
    this.#reader?.resolve();
    this.#reader = undefined;
  }
}

/**
 * A stream where one answer is all that can come: the items in an array, given one by one, or the result of
 * a method that gives no stream.
 */
export function streamCollected(
  outer: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<unknown>,
): OutgoingStream {
  const cancelled = new AbortController();
  const { signal } = cancelled;
  const collected = call(outer === undefined ? signal : AbortSignal.any([outer, signal]));
  // Whoever leaves before the first item does not hear of it.
  collected.catch(() => undefined);
  let index = 0;
  return {
    async next() {
      const items = await collected;
      const all: readonly unknown[] = Array.isArray(items) ? items : [items];
      return index >= all.length
        ? { done: true, value: undefined }
        : { done: false, value: all[index++] };
    },
    cancel: () => cancelled.abort(),
  };
}
