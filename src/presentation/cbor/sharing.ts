import { Buffer } from 'node:buffer';
import { tags } from './tags.ts';
import { majors, Writer } from './writer.ts';

/** More objects than this, and the lists are not kept for the next encoding. */
const keptObjects = 65_536;
/** Shorter runs are quicker copied byte by byte than by a call out of JavaScript. */
const shortRun = 32;

/**
 * Finds the objects that a value holds more than once, while it is being written, and gives them their
 * tags (http://cbor.schmorp.de/value-sharing) when all is known: tag 28 before the first occurrence of
 * those alone, tag 29 with its index in place of the others. Indices count the tags 28 in the order in
 * which they stand in the bytes, so none is known before the last object was seen; until then a
 * reference is one byte, as it stays while there are no more than 24 shared objects.
 */
export abstract class SharingWriter extends Writer {
  /** The number of each object met, in the order of writing. */
  #numbers = new Map<object, number>();
  /** By number: where the object begins, or the complement of it once it is known to be shared. */
  #starts: number[] = [];
  #count = 0;
  /** By reference, in the order of writing: where its index goes, and the number of its object. */
  #places: number[] = [];
  #targets: number[] = [];
  #references = 0;

  /** Forgets the value that was written, of which nothing is to be kept. */
  override reset(): void {
    super.reset();
    if (this.#count > 0) this.#numbers = new Map();
    this.#count = 0;
    this.#references = 0;
    if (this.#starts.length > keptObjects) this.#starts = [];
    if (this.#places.length > keptObjects) {
      this.#places = [];
      this.#targets = [];
    }
  }

  /** Writes a reference in place of an object that was met before; says whether it was. */
  protected refer(value: object): boolean {
    const number = this.#numbers.get(value);
    const { position } = this;
    if (number === undefined) {
      this.#numbers.set(value, this.#count);
      this.#starts[this.#count] = position;
      this.#count += 1;
      return false;
    }
    const start = this.#starts[number] ?? 0;
    if (start >= 0) this.#starts[number] = ~start;
    this.reserve(3);
    const { buffer } = this;
    buffer[position] = majors.tag | 24;
    buffer[position + 1] = tags.sharedReference;
    buffer[position + 2] = majors.unsigned;
    this.position = position + 3;
    this.#places[this.#references] = position + 2;
    this.#targets[this.#references] = number;
    this.#references += 1;
    return true;
  }

  /** Takes back that an object was met: it is to be written in full each time. */
  protected forget(value: object): void {
    this.#numbers.delete(value);
  }

  /** All that was written, with its tags, as bytes of its own. */
  protected finish(): Buffer {
    if (this.#references === 0) {
      this.checkLength(this.position);
      return this.copyFrom(0);
    }
    const shared = this.#assignIndices();
    let length = this.position + 2 * shared.length;
    if (shared.length > 24) {
      for (let reference = 0; reference < this.#references; reference += 1) {
        length += widen(this.#indexOf(reference));
      }
    }
    this.checkLength(length);
    return this.#assemble(shared, length);
  }

  /** Replaces the starts of shared objects by their indices; the result is these starts, ascending. */
  #assignIndices(): number[] {
    const shared: number[] = [];
    const starts = this.#starts;
    for (let number = 0; number < this.#count; number += 1) {
      const start = starts[number] ?? 0;
      if (start < 0) {
        starts[number] = shared.length;
        shared.push(~start);
      }
    }
    return shared;
  }

  #indexOf(reference: number): number {
    return this.#starts[this.#targets[reference] ?? 0] ?? 0;
  }

  #assemble(shared: readonly number[], length: number): Buffer {
    const source = this.buffer;
    const target = Buffer.allocUnsafe(length);
    let from = 0;
    let to = 0;
    let next = 0;
    const copyUntil = (end: number): void => {
      for (let start = shared[next] ?? end; start < end; start = shared[next] ?? end) {
        to = copyRun(source, from, start, target, to);
        target[to] = majors.tag | 24;
        target[to + 1] = tags.shareable;
        to += 2;
        from = start;
        next += 1;
      }
      to = copyRun(source, from, end, target, to);
      from = end;
    };
    for (let reference = 0; reference < this.#references; reference += 1) {
      const index = this.#indexOf(reference);
      const place = this.#places[reference] ?? 0;
      if (index < 24) source[place] = index;
      else {
        copyUntil(place);
        to = writeIndex(target, to, index);
        from = place + 1;
      }
    }
    copyUntil(this.position);
    return target;
  }
}

/** How many bytes more than one an index takes. */
function widen(index: number): number {
  if (index < 24) return 0;
  if (index < 0x100) return 1;
  return index < 0x1_0000 ? 2 : 4;
}

function writeIndex(target: Buffer, position: number, index: number): number {
  if (index < 0x100) {
    target[position] = majors.unsigned | 24;
    return target.writeUInt8(index, position + 1);
  }
  if (index < 0x1_0000) {
    target[position] = majors.unsigned | 25;
    return target.writeUInt16BE(index, position + 1);
  }
  target[position] = majors.unsigned | 26;
  return target.writeUInt32BE(index, position + 1);
}

/** Copies `source[from…end]` to `target[to…]`; the result is where the copy ends. */
function copyRun(source: Buffer, from: number, end: number, target: Buffer, to: number): number {
  if (end - from > shortRun) source.copy(target, to, from, end);
  else {
    for (let index = from; index < end; index += 1) target[to + index - from] = source[index] ?? 0;
  }
  return to + end - from;
}
