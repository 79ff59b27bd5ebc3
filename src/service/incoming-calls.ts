import type { IncomingCall } from './incoming.ts';
import type { RequestId } from './wire.ts';

/** A call's id, or the call itself where that is null, which several may have, or is none. */
export type IncomingKey = RequestId | IncomingCall;

interface Entry {
  readonly key: IncomingKey;
  readonly call: IncomingCall;
  next: Entry | undefined;
}

const leastBuckets = 16;

/**
 * The calls of one connection that are being carried out. A `Map` would do; but one that is added to and
 * taken from all the time makes a new table ever so often, and V8 lets each table that grew old keep all
 * later ones, with the calls in them, until the next full collection. Most connections have one call at a
 * time, and of those there may be many: that one stands alone.
 */
export class IncomingCalls {
  #only: Entry | undefined;
  /** The others, by what their keys are hashed to; as many as a power of two. */
  #buckets: (Entry | undefined)[] | undefined;
  #others = 0;

  get size(): number {
    return this.#others + (this.#only === undefined ? 0 : 1);
  }

  get(key: IncomingKey): IncomingCall | undefined {
    if (this.#only?.key === key) return this.#only.call;
    const buckets = this.#buckets;
    if (buckets === undefined) return undefined;
    let entry = buckets[hash(key) & (buckets.length - 1)];
    while (entry !== undefined && entry.key !== key) entry = entry.next;
    return entry?.call;
  }

  /** Adds a call under a key that no other has. */
  add(key: IncomingKey, call: IncomingCall): void {
    const entry: Entry = { key, call, next: undefined };
    if (this.#only === undefined) {
      this.#only = entry;
      return;
    }
    this.#buckets ??= makeBuckets(leastBuckets);
    if (this.#others >= this.#buckets.length) this.#buckets = this.#grow(this.#buckets);
    put(this.#buckets, entry);
    this.#others++;
  }

  /** Takes the call with that key out; nothing happens when there is none. */
  delete(key: IncomingKey): void {
    if (this.#only?.key === key) {
      this.#only = undefined;
      return;
    }
    const buckets = this.#buckets;
    if (buckets === undefined) return;
    const place = hash(key) & (buckets.length - 1);
    let before: Entry | undefined;
    let entry = buckets[place];
    while (entry !== undefined && entry.key !== key) {
      before = entry;
      entry = entry.next;
    }
    if (entry === undefined) return;
    if (before === undefined) buckets[place] = entry.next;
    else before.next = entry.next;
    entry.next = undefined;
    this.#others--;
  }

  /** Takes all of them out. */
  clear(): IncomingCall[] {
    const calls: IncomingCall[] = [];
    for (const first of [this.#only, ...(this.#buckets ?? [])]) {
      for (let entry = first; entry !== undefined; entry = entry.next) calls.push(entry.call);
    }
    this.#only = undefined;
    this.#buckets = undefined;
    this.#others = 0;
    return calls;
  }

  #grow(before: readonly (Entry | undefined)[]): (Entry | undefined)[] {
    const buckets = makeBuckets(before.length * 2);
    for (const first of before) {
      for (let entry = first; entry !== undefined;) {
        const { next } = entry;
        put(buckets, entry);
        entry = next;
      }
    }
    return buckets;
  }
}

function makeBuckets(count: number): (Entry | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}

function put(buckets: (Entry | undefined)[], entry: Entry): void {
  const place = hash(entry.key) & (buckets.length - 1);
  entry.next = buckets[place];
  buckets[place] = entry;
}

/** Whoever chooses ids that collide makes a search as long as the calls they may have in flight. */
function hash(key: IncomingKey): number {
  if (typeof key === 'number') return key | 0;
  const text = typeof key === 'string' ? key : '';
  let sum = text.length;
  for (let at = Math.max(0, text.length - hashedUnits); at < text.length; at++) {
    sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  }
  return sum;
}

/** Units from the end of an id that are hashed: counters differ there. */
const hashedUnits = 16;
