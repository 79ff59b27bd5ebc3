import type { IncomingCall } from './incoming.ts';
import type { RequestId } from './wire.ts';

/** A call's id, or the call itself where that is null, which several may have, or is none. */
export type IncomingKey = RequestId | IncomingCall;

/**
 * The calls of one connection that are being carried out. Most have one at a time, and of those there
 * may be many: that one stands alone, since a `Map` makes a new table ever so often, and V8 lets each
 * table that grew old keep all later ones, with the calls in them, until the next full collection.
 */
export class IncomingCalls {
  #onlyKey: IncomingKey | undefined;
  #only: IncomingCall | undefined;
  #others: Map<IncomingKey, IncomingCall> | undefined;

  get size(): number {
    return (this.#only === undefined ? 0 : 1) + (this.#others?.size ?? 0);
  }

  get(key: IncomingKey): IncomingCall | undefined {
    if (this.#only !== undefined && this.#onlyKey === key) return this.#only;
    return this.#others?.get(key);
  }

  /** Adds a call under a key that no other has. */
  add(key: IncomingKey, call: IncomingCall): void {
    if (this.#only === undefined) {
      this.#onlyKey = key;
      this.#only = call;
      return;
    }
    this.#others ??= new Map();
    this.#others.set(key, call);
  }

  /** Takes the call with that key out; nothing happens when there is none. */
  delete(key: IncomingKey): void {
    if (this.#only !== undefined && this.#onlyKey === key) {
      this.#onlyKey = undefined;
      this.#only = undefined;
      return;
    }
    this.#others?.delete(key);
  }

  /** Takes all of them out. */
  clear(): IncomingCall[] {
    const calls = [
      ...(this.#only === undefined ? [] : [this.#only]),
      ...(this.#others?.values() ?? []),
    ];
    this.#onlyKey = undefined;
    this.#only = undefined;
    this.#others = undefined;
    return calls;
  }
}
