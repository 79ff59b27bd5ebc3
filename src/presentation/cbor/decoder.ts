import { CodecError } from '../codec.ts';
import { ContentReader } from './content-reader.ts';
import { indefinite } from './reader.ts';
import { longestSequence, ShapeTable } from './shapes.ts';
import type { Shape } from './shapes.ts';
import { tags } from './tags.ts';
import { isTypedArrayTag } from './typed-arrays.ts';
import { Tagged } from './values.ts';
import { majors } from './writer.ts';

/** Stands for a shareable value that is not there yet. */
const incomplete = Symbol('incomplete');
const halfFloat = majors.simple | 25;
const doubleFloat = majors.simple | 27;
const tagInOneByte = majors.tag | 24;
/** In place of a count: none is declared, and a break ends the container. */
const untilBreak = -1;

/**
 * Reads one value at a time. Throughout, `depth` is the number of containers around the item that is
 * read, and `context` the key of which the item is the value, or is somewhere in it.
 */
export class Decoder extends ContentReader {
  readonly #shapes = new ShapeTable();
  #items = 0;
  /** By index, the values that were marked as shareable. */
  #shares: unknown[] = [];
  /** The index that the container which comes next is to have, or -1. */
  #pendingShare = -1;
  /** The map that comes next is under tag 259. */
  #wantsMap = false;
  /** Where the maps begin whose first key is a text and of whose later ones one is not. */
  #mixedMaps: Set<number> | undefined;

  decode(bytes: Uint8Array): unknown {
    const { maxBytes } = this.settings;
    if (bytes.length > maxBytes) {
      throw new CodecError(
        'TOO_LARGE',
        `There are ${bytes.length} bytes, over ${maxBytes}: send less at once or raise maxBytes`,
        { details: { offset: maxBytes, limit: maxBytes, length: bytes.length } },
      );
    }
    try {
      const value = this.#decodeWhole(bytes);
      // An object may have been referred to before one of its keys showed that it had to be a Map.
      // Now that all such maps are known, they are made as Maps from the start.
      return this.#mixedMaps === undefined ? value : this.#decodeWhole(bytes);
    } finally {
      this.close();
      this.#shares = [];
      this.#mixedMaps = undefined;
    }
  }

  #decodeWhole(bytes: Uint8Array): unknown {
    this.open(bytes);
    this.#items = 0;
    this.#shares = [];
    this.#pendingShare = -1;
    this.#wantsMap = false;
    const value = this.#readItem(0, this.#shapes.root);
    if (this.position !== this.end) {
      this.refuse('TRAILING_BYTES', `the value is over, ${this.end - this.position} bytes early`);
    }
    return value;
  }

  #readItem(depth: number, context: Shape): unknown {
    const initial = this.readByte();
    if (initial < 24) return initial;
    switch (initial >> 5) {
      case 0:
        return this.readExactArgument(initial);
      case 1:
        return this.readNegative(initial);
      case 2:
        return new Uint8Array(this.viewByteString(initial));
      case 3:
        return this.readText(initial);
      case 4:
        return this.#readArray(initial, this.#enter(depth), context);
      case 5:
        return this.#readMap(initial, this.#enter(depth), context);
      case 6:
        // References are the most frequent of the tags.
        return initial === tagInOneByte && this.bytes[this.position] === tags.sharedReference
          ? this.#readReference(this.position + 1)
          : this.#readTagged(initial, depth, context);
      default:
        return initial >= halfFloat && initial <= doubleFloat
          ? this.readFloat(initial)
          : this.readSimple(initial);
    }
  }

  #readArray(initial: number, depth: number, context: Shape): unknown[] {
    const count = this.#readCount(initial, 1);
    const array: unknown[] = [];
    this.#share(array);
    for (let index = 0; index !== count; index += 1) {
      if (count === untilBreak && this.#isOver(1)) break;
      array.push(this.#readItem(depth, context));
    }
    return array;
  }

  /** Reads a map: as an object when all its keys are texts and it is not under tag 259. */
  #readMap(initial: number, depth: number, context: Shape): unknown {
    const start = this.position - 1;
    const count = this.#readCount(initial, 2);
    if (this.#isMap(start, count)) {
      const map = new Map<unknown, unknown>();
      this.#share(map);
      return this.#readEntries(map, 0, count, depth, context);
    }
    const object: Record<string, unknown> = {};
    this.#share(object);
    if (count > longestSequence) return this.#readRest(object, start, 0, count, depth, context);
    let shape = this.#shapes.root;
    let expected = context.inner;
    for (let index = 0; index !== count; index += 1) {
      if (this.#recognise(expected)) shape = expected;
      else {
        if (count === untilBreak && this.#isOver(2)) break;
        const learned = this.#learn(shape);
        if (learned === undefined) {
          return this.#readRest(object, start, index, count, depth, context);
        }
        if (index === 0) context.inner = learned;
        shape = learned;
      }
      object[shape.key] = this.#readItem(depth, shape);
      expected = shape.next;
    }
    return object;
  }

  /** Whether the map whose first key comes next is to be a Map. */
  #isMap(start: number, count: number): boolean {
    if (this.#wantsMap) {
      this.#wantsMap = false;
      return true;
    }
    if (count === 0) return false;
    if (this.isNext(majors.text)) return this.#mixedMaps?.has(start) ?? false;
    return count !== untilBreak || !this.isNextBreak();
  }

  /** Takes the expected key, if it is the next one. */
  #recognise(expected: Shape): boolean {
    const { bytes, position, view } = this;
    const { bytes: expectedBytes, size, words } = expected;
    if (position + size > this.end) return false;
    for (let index = 0; index < words.length; index += 1) {
      if (view.getInt32(position + 4 * index, true) !== words[index]) return false;
    }
    for (let index = 4 * words.length; index < size; index += 1) {
      if (bytes[position + index] !== expectedBytes[index]) return false;
    }
    this.position = position + size;
    return true;
  }

  /** Takes another key; undefined, and nothing taken, when it needs to be looked at more closely. */
  #learn(shape: Shape): Shape | undefined {
    if (!this.isNext(majors.text)) return undefined;
    const start = this.position;
    const key = this.readText(this.readByte());
    const found = this.#shapes.find(shape, key, this.bytes.subarray(start, this.position));
    if (found === undefined) this.position = start;
    return found;
  }

  /** Reads the remaining properties of an object without remembering its keys. */
  #readRest(
    object: Record<string, unknown>,
    start: number,
    from: number,
    count: number,
    depth: number,
    context: Shape,
  ): unknown {
    for (let index = from; index !== count; index += 1) {
      if (count === untilBreak && this.#isOver(2)) break;
      const keyStart = this.position;
      if (!this.isNext(majors.text)) {
        this.#mixedMaps ??= new Set();
        this.#mixedMaps.add(start);
        const map = new Map<unknown, unknown>(Object.entries(object));
        return this.#readEntries(map, index, count, depth, context);
      }
      const key = this.readText(this.readByte());
      if (Object.hasOwn(object, key)) this.#refuseRepeat(keyStart);
      const value = this.#readItem(depth, context);
      if (key === '__proto__') {
        Object.defineProperty(object, key, {
          value,
          configurable: true,
          enumerable: true,
          writable: true,
        });
      } else object[key] = value;
    }
    return object;
  }

  #readEntries(
    map: Map<unknown, unknown>,
    from: number,
    count: number,
    depth: number,
    context: Shape,
  ): Map<unknown, unknown> {
    for (let index = from; index !== count; index += 1) {
      if (count === untilBreak && this.#isOver(2)) break;
      const keyStart = this.position;
      const key = this.#readItem(depth, context);
      if (map.has(key)) this.#refuseRepeat(keyStart);
      map.set(key, this.#readItem(depth, context));
    }
    return map;
  }

  #readTagged(initial: number, depth: number, context: Shape): unknown {
    const tag = this.readExactArgument(initial);
    switch (tag) {
      case tags.sharedReference:
        return this.#readReference(this.position);
      case tags.shareable:
        return this.#readShareable(depth, context);
      case tags.dateText:
        return this.readDateText();
      case tags.epochSeconds:
        return this.readEpochDate();
      case tags.positiveBigInt:
      case tags.negativeBigInt:
        return this.readBigInteger(tag);
      case tags.set:
        return this.#readSet(this.#enter(depth), context);
      case tags.map:
        return this.#readTaggedMap(depth, context);
      case tags.selfDescribed:
        return this.#readItem(this.#enter(depth), context);
      default:
        if (typeof tag === 'number' && isTypedArrayTag(tag)) return this.readTypedArray(tag);
        return this.#readUnknown(tag, this.#enter(depth), context);
    }
  }

  #readUnknown(tag: number | bigint, depth: number, context: Shape): Tagged {
    const tagged = new Tagged(tag, undefined);
    this.#share(tagged);
    tagged.value = this.#readItem(depth, context);
    return tagged;
  }

  #readSet(depth: number, context: Shape): Set<unknown> {
    const set = new Set<unknown>();
    this.#share(set);
    if (this.isNext(majors.array)) {
      const count = this.#readCount(this.readByte(), 1);
      for (let index = 0; index !== count; index += 1) {
        if (count === untilBreak && this.#isOver(1)) break;
        this.#addElement(set, this.position, this.#readItem(depth, context));
      }
      return set;
    }
    const start = this.position;
    const array = this.#readItem(depth, context);
    if (!Array.isArray(array)) this.refuseContent(tags.set, 'an array', start);
    for (const element of array) this.#addElement(set, start, element);
    return set;
  }

  #addElement(set: Set<unknown>, start: number, element: unknown): void {
    if (set.has(element)) {
      this.refuse('MALFORMED', 'an element that its set has already: send it once', start);
    }
    set.add(element);
  }

  #readTaggedMap(depth: number, context: Shape): Map<unknown, unknown> {
    const start = this.position;
    this.#wantsMap = true;
    const map = this.isNext(majors.map)
      ? this.#readMap(this.readByte(), this.#enter(depth), context)
      : this.#readItem(this.#enter(depth), context);
    this.#wantsMap = false;
    return map instanceof Map ? map : this.refuseContent(tags.map, 'a map', start);
  }

  #readShareable(depth: number, context: Shape): unknown {
    this.#checkSharing();
    const isNested = this.#pendingShare >= 0;
    const index = this.#shares.length;
    this.#shares.push(incomplete);
    this.#pendingShare = index;
    const value = this.#readItem(isNested ? this.#enter(depth) : depth, context);
    this.#pendingShare = -1;
    if (this.#shares[index] === incomplete) this.#shares[index] = value;
    return value;
  }

  #readReference(start: number): unknown {
    this.#checkSharing();
    this.position = start;
    const initial = this.readByte();
    if (initial >= majors.negative) this.refuseContent(tags.sharedReference, 'an index', start);
    const index = this.readArgument(initial);
    if (index >= this.#shares.length) return this.#refuseReference(index, start);
    const value = this.#shares[index];
    return value === incomplete ? this.#refuseReference(index, start) : value;
  }

  #refuseReference(index: number, start: number): never {
    const what = index < this.#shares.length ? 'from within it' : 'which did not come';
    return this.refuse('MALFORMED', `a reference to shared value ${index}, ${what}`, start);
  }

  #checkSharing(): void {
    if (this.settings.sharing) return;
    this.refuse('MALFORMED', 'a shared value: turn sharing on, or send trees only');
  }

  /** Gives a container, before what it holds is read, the index it was marked for. */
  #share(container: object): void {
    if (this.#pendingShare < 0) return;
    this.#shares[this.#pendingShare] = container;
    this.#pendingShare = -1;
  }

  /** How many entries a container has, none of which can take less than `each` bytes. */
  #readCount(initial: number, each: number): number {
    if (initial % 32 === indefinite) return untilBreak;
    const count = this.readArgument(initial);
    this.need(each * count);
    this.#count(each * count);
    return count;
  }

  /** Takes the break, if that is next; if not, counts the items of the entry that is. */
  #isOver(each: number): boolean {
    if (this.takeBreak()) return true;
    this.#count(each);
    return false;
  }

  #count(items: number): void {
    this.#items += items;
    if (this.#items > this.settings.maxItems) this.#refuseItems();
  }

  #refuseItems(): never {
    const { maxItems } = this.settings;
    return this.refuse('TOO_LARGE', `over ${maxItems} items: send less at once or raise maxItems`);
  }

  #enter(depth: number): number {
    return depth < this.settings.maxDepth ? depth + 1 : this.#refuseDepth();
  }

  #refuseDepth(): never {
    const { maxDepth } = this.settings;
    return this.refuse('TOO_DEEP', `nested deeper than ${maxDepth}: flatten it or raise maxDepth`);
  }

  #refuseRepeat(start: number): never {
    return this.refuse('MALFORMED', 'a key that its map has already: send it once', start);
  }
}
