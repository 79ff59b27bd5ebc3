import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { CodecError } from '../codec.ts';
import { encodeMagnitude } from './big-integers.ts';
import { EncodedKey, KeyTable } from './keys.ts';
import type { CborSettings } from './options.ts';
import { Refusal } from './refusal.ts';
import { SharingWriter } from './sharing.ts';
import { tags } from './tags.ts';
import { encodeTypedArray } from './typed-arrays.ts';
import { Simple, Tagged } from './values.ts';
import { majors } from './writer.ts';

const falseByte = majors.simple | 20;
const trueByte = majors.simple | 21;
const nullByte = majors.simple | 22;
const undefinedByte = majors.simple | 23;

/** An object with more keys is a dictionary, whose keys are not likely to come again. */
const mostRecordKeys = 32;
const greatestArgument = 0xffff_ffff_ffff_ffffn;

/** Writes one value at a time; not to be entered again while it does. */
export class Encoder extends SharingWriter {
  readonly #settings: CborSettings;
  readonly #keys = new KeyTable();
  #lastKey = new EncodedKey('', Uint8Array.of(majors.text));
  #isSharing = false;
  #hasPlainPrototype = true;
  #items = 0;

  constructor(settings: CborSettings) {
    super(settings.maxBytes);
    this.#settings = settings;
  }

  encode(value: unknown): Uint8Array {
    this.#items = 0;
    this.#isSharing = this.#settings.sharing;
    this.#hasPlainPrototype = !hasEnumerableKey(Object.prototype);
    try {
      this.#writeItem(value, 0);
      return this.finish();
    } finally {
      this.reset();
    }
  }

  #writeItem(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.writeText(value);
        break;
      case 'number':
        this.writeNumber(value);
        break;
      case 'object':
        if (value === null) this.writeByte(nullByte);
        else this.#writeObject(value, depth);
        break;
      case 'boolean':
        this.writeByte(value ? trueByte : falseByte);
        break;
      case 'undefined':
        this.writeByte(undefinedByte);
        break;
      case 'bigint':
        this.#writeBigInt(value);
        break;
      default:
        throw new Refusal(value, `a ${typeof value}`, 'leave it out');
    }
  }

  #writeObject(value: object, depth: number): void {
    if (this.#isSharing && this.refer(value)) return;
    if (Array.isArray(value)) {
      this.#writeArray(value, this.#enter(depth));
      return;
    }
    if (isPlain(value)) this.#writePlain(value, this.#enter(depth));
    else this.#writeInstance(value, depth);
  }

  #writeArray(array: readonly unknown[], depth: number): void {
    const { length } = array;
    this.#count(length);
    this.writeHead(majors.array, length);
    for (let index = 0; index < length; index += 1) this.#writeItem(array[index], depth);
  }

  /** Writes an object of the plain prototype: `for…in` is the fastest way there is to its values. */
  #writePlain(value: object, depth: number): void {
    if (!this.#hasPlainPrototype || this.#settings.deterministic) {
      this.#writeOwn(value, depth);
      return;
    }
    let left = 0;
    for (const _ in value) left += 1;
    this.#count(2 * left);
    this.writeHead(majors.map, left);
    const isRecord = left <= mostRecordKeys;
    for (const key in value) {
      if (isRecord) this.#writeKey(key);
      else this.writeText(key);
      this.#writeItem((value as Readonly<Record<string, unknown>>)[key], depth);
      left -= 1;
    }
    if (left !== 0) refuseChange(value);
  }

  /** Writes the own enumerable properties of any object. */
  #writeOwn(value: object, depth: number): void {
    const keys = Object.keys(value);
    this.#count(2 * keys.length);
    this.writeHead(majors.map, keys.length);
    if (this.#settings.deterministic) {
      const encoded = keys.map((key) => this.#encodeKey(key)).sort(compareEncoded);
      for (const { key, bytes } of encoded) {
        this.writeEncoded(bytes);
        this.#writeItem((value as Readonly<Record<string, unknown>>)[key], depth);
      }
      return;
    }
    for (const key of keys) {
      this.#writeKey(key);
      this.#writeItem((value as Readonly<Record<string, unknown>>)[key], depth);
    }
  }

  #writeKey(key: string): void {
    let encoded = this.#lastKey.follower;
    if (encoded.key !== key) {
      encoded = this.#encodeKey(key);
      this.#lastKey.follower = encoded;
    }
    this.#lastKey = encoded;
    this.writeWords(encoded.words, encoded.bytes);
  }

  #encodeKey(key: string): EncodedKey {
    const known = this.#keys.find(key);
    if (known !== undefined) return known;
    const start = this.position;
    this.writeText(key);
    const encoded = new EncodedKey(key, this.#takeBack(start));
    this.#keys.add(encoded);
    return encoded;
  }

  /** Writes an instance of a class: of those that have a form, and of a user's own. */
  #writeInstance(value: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype) {
      this.#writeOwn(value, this.#enter(depth));
    } else if (value instanceof Tagged) this.#writeTagged(value, this.#enter(depth));
    else if (value instanceof Simple) {
      // It is a value, like a number: never shared.
      this.forget(value);
      this.writeHead(majors.simple, value.value);
    } else if (types.isDate(value)) this.#writeDate(value);
    else if (types.isMap(value)) this.#writeMap(value, this.#enter(depth));
    else if (types.isSet(value)) this.#writeSet(value, this.#enter(depth));
    else if (types.isTypedArray(value)) this.#writeTypedArray(value);
    else if (isOrdinary(value)) this.#writeOwn(value, this.#enter(depth));
    else throw new Refusal(value, describe(value), 'send a plain object made of it');
  }

  #writeTagged(value: Tagged, depth: number): void {
    const { tag } = value;
    if (tag === tags.shareable || tag === tags.sharedReference) {
      throw new Refusal(value, `tag ${tag}`, 'leave sharing to the codec');
    }
    if (typeof tag === 'bigint') this.writeBigHead(majors.tag, tag);
    else this.writeHead(majors.tag, tag);
    this.#writeItem(value.value, depth);
  }

  #writeDate(date: Date): void {
    const milliseconds = date.getTime();
    if (Number.isNaN(milliseconds)) {
      throw new Refusal(date, 'an invalid Date', 'send null instead');
    }
    this.writeHead(majors.tag, tags.epochSeconds);
    this.writeNumber(milliseconds / 1000);
  }

  #writeTypedArray(array: NodeJS.TypedArray): void {
    if (types.isUint8Array(array)) {
      this.writeByteString(array);
      return;
    }
    const { tag, bytes } = encodeTypedArray(array);
    this.writeHead(majors.tag, tag);
    this.writeByteString(bytes);
  }

  #writeBigInt(integer: bigint): void {
    const isNegative = integer < 0n;
    const magnitude = isNegative ? -1n - integer : integer;
    if (magnitude <= greatestArgument) {
      this.writeBigHead(isNegative ? majors.negative : majors.unsigned, magnitude);
      return;
    }
    const bytes = encodeMagnitude(magnitude);
    const { maxBigIntBytes } = this.#settings;
    if (bytes.length > maxBigIntBytes) {
      throw new CodecError(
        'TOO_LARGE',
        `A big integer takes ${bytes.length} bytes, over ${maxBigIntBytes}: send a smaller one or raise maxBigIntBytes`,
        { details: { limit: maxBigIntBytes, length: bytes.length } },
      );
    }
    this.writeHead(majors.tag, isNegative ? tags.negativeBigInt : tags.positiveBigInt);
    this.writeByteString(bytes);
  }

  /** Without tag 259 only where the keys alone show that it is a Map and not an object. */
  #writeMap(map: ReadonlyMap<unknown, unknown>, depth: number): void {
    this.#count(2 * map.size);
    if (this.#settings.deterministic) {
      this.#writeSortedMap(map, depth);
      return;
    }
    this.#writeMapHead(map);
    let left = map.size;
    for (const [key, value] of map) {
      if (typeof key === 'bigint' && map.has(Number(key)))
        refuseRepeat(map, `both a bigint and a number ${key}`);
      this.#writeItem(key, depth);
      this.#writeItem(value, depth);
      left -= 1;
    }
    if (left !== 0) refuseChange(map);
  }

  #writeMapHead(map: ReadonlyMap<unknown, unknown>): void {
    if (map.keys().every((key) => typeof key === 'string')) this.writeHead(majors.tag, tags.map);
    this.writeHead(majors.map, map.size);
  }

  /** Keys in the order of their bytes (RFC 8949, section 4.2.1), which must not depend on it. */
  #writeSortedMap(map: ReadonlyMap<unknown, unknown>, depth: number): void {
    const entries = Array.from(map, ([key, value]) => ({
      bytes: this.#encodeApart(key, depth),
      value,
    }));
    sortEncoded(entries, map);
    this.#writeMapHead(map);
    for (const { bytes, value } of entries) {
      this.writeEncoded(bytes);
      this.#writeItem(value, depth);
    }
  }

  #writeSet(set: ReadonlySet<unknown>, depth: number): void {
    const { size } = set;
    this.#count(size);
    this.writeHead(majors.tag, tags.set);
    this.writeHead(majors.array, size);
    if (this.#settings.deterministic && set.values().every(isPrimitive)) {
      const entries = Array.from(set, (element) => ({ bytes: this.#encodeApart(element, depth) }));
      sortEncoded(entries, set);
      for (const { bytes } of entries) this.writeEncoded(bytes);
      return;
    }
    let left = size;
    for (const element of set) {
      if (typeof element === 'bigint' && set.has(Number(element)))
        refuseRepeat(set, `both a bigint and a number ${element}`);
      this.#writeItem(element, depth);
      left -= 1;
    }
    if (left !== 0) refuseChange(set);
  }

  /** The encoding of a value that is not yet to be written, with all it holds written in full. */
  #encodeApart(value: unknown, depth: number): Uint8Array {
    const start = this.position;
    const isSharing = this.#isSharing;
    this.#isSharing = false;
    this.#writeItem(value, depth);
    this.#isSharing = isSharing;
    return this.#takeBack(start);
  }

  /** A copy of what was written since a position, which is as if it had not been written. */
  #takeBack(start: number): Uint8Array {
    const bytes = this.copyFrom(start);
    this.position = start;
    return bytes;
  }

  #enter(depth: number): number {
    return depth < this.#settings.maxDepth ? depth + 1 : this.#refuseDepth();
  }

  #refuseDepth(): never {
    const { maxDepth, sharing } = this.#settings;
    const advice = sharing ? 'flatten it' : 'flatten it, turn sharing on if it is cyclic,';
    throw new CodecError(
      'TOO_DEEP',
      `The value nests deeper than ${maxDepth}: ${advice} or raise maxDepth`,
      { details: { limit: maxDepth } },
    );
  }

  #count(items: number): void {
    this.#items += items;
    if (this.#items > this.#settings.maxItems) this.#refuseItems();
  }

  #refuseItems(): never {
    const { maxItems } = this.#settings;
    throw new CodecError(
      'TOO_LARGE',
      `The value has more than ${maxItems} items: send less at once or raise maxItems`,
      { details: { limit: maxItems } },
    );
  }
}

function hasEnumerableKey(value: object): boolean {
  for (const _ in value) return true;
  return false;
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/**
 * Whether an object has the plain prototype and no property that hides it. `Object.getPrototypeOf`
 * would take 6 % more of the time of a whole encoding.
 */
function isPlain(value: { readonly __proto__?: unknown }): boolean {
  return value.__proto__ === Object.prototype;
}

/** Whether an object is data, not a Promise, an Error, a RegExp… whose state is out of reach. */
function isOrdinary(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function describe(value: object): string {
  return `an instance of ${Object.prototype.toString.call(value).slice('[object '.length, -1)}`;
}

function compareEncoded(first: { bytes: Uint8Array }, second: { bytes: Uint8Array }): number {
  return Buffer.compare(first.bytes, second.bytes);
}

function sortEncoded(entries: { bytes: Uint8Array }[], container: object): void {
  entries.sort(compareEncoded);
  for (const [index, entry] of entries.entries()) {
    const next = entries[index + 1];
    if (next !== undefined && compareEncoded(entry, next) === 0)
      refuseRepeat(container, 'two equal keys');
  }
}

function refuseRepeat(container: object, found: string): never {
  throw new Refusal(container, `a collection with ${found}`, 'keep one of them');
}

function refuseChange(container: object): never {
  throw new Refusal(container, 'an object that changes while it is read', 'send a copy of it');
}
