import { readWords } from './words.ts';

/** Keys beyond these are encoded anew each time, so that values used as dictionaries take no memory. */
const mostKeys = 1_024;
const longestKey = 64;

/** A key of an object, with its encoding. */
export class EncodedKey {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** The key that stood after this one the last time; at first the key itself. */
  follower: EncodedKey = this;

  constructor(key: string, bytes: Uint8Array) {
    this.key = key;
    this.bytes = bytes;
    this.words = readWords(bytes);
  }
}

/** The keys used lately. */
export class KeyTable {
  readonly #keys = new Map<string, EncodedKey>();

  find(key: string): EncodedKey | undefined {
    return this.#keys.get(key);
  }

  add(key: EncodedKey): void {
    if (key.key.length > longestKey) return;
    if (this.#keys.size >= mostKeys) this.#keys.clear();
    this.#keys.set(key.key, key);
  }
}
