import { decodeMagnitude, toNumberIfSafe } from './big-integers.ts';
import { createDate, parseDateText } from './dates.ts';
import type { CborSettings } from './options.ts';
import { indefinite, Reader } from './reader.ts';
import { tags } from './tags.ts';
import { decodeTypedArray } from './typed-arrays.ts';
import { Simple } from './values.ts';
import { majors } from './writer.ts';

/** Reads simple values, and what stands under the tags whose content is a number or a string. */
export abstract class ContentReader extends Reader {
  protected readonly settings: CborSettings;

  constructor(settings: CborSettings) {
    super();
    this.settings = settings;
  }

  /** An item of major type 7 that is no float. */
  protected readSimple(initial: number): unknown {
    switch (initial) {
      case majors.simple | 20:
        return false;
      case majors.simple | 21:
        return true;
      case majors.simple | 22:
        return null;
      case majors.simple | 23:
        return undefined;
      case majors.simple | 24: {
        const value = this.readByte();
        if (value >= 32) return findSimple(value);
        return this.refuse('MALFORMED', `simple value ${value} in two bytes`, this.position - 2);
      }
      case majors.simple | indefinite:
        return this.refuse('MALFORMED', 'a break with nothing to end', this.position - 1);
      default:
        return findSimple(this.readArgument(initial));
    }
  }

  /** RFC 8949, section 3.4.1. */
  protected readDateText(): Date {
    const start = this.position;
    if (!this.isNext(majors.text)) this.refuseContent(tags.dateText, 'a text');
    const text = this.readText(this.readByte());
    return parseDateText(text) ?? this.refuseContent(tags.dateText, 'an RFC 3339 date', start);
  }

  /** RFC 8949, section 3.4.2. */
  protected readEpochDate(): Date {
    const start = this.position;
    const seconds = this.#readNumber();
    return (
      createDate(Number(seconds)) ??
      this.refuseContent(tags.epochSeconds, 'a number of seconds that a Date can hold', start)
    );
  }

  #readNumber(): number | bigint {
    const initial = this.readByte();
    if (initial < majors.negative) return this.readExactArgument(initial);
    if (initial < majors.bytes) return this.readNegative(initial);
    if (initial >= (majors.simple | 25) && initial <= (majors.simple | 27)) {
      return this.readFloat(initial);
    }
    return this.refuseContent(tags.epochSeconds, 'a number', this.position - 1);
  }

  /** RFC 8949, section 3.4.3. */
  protected readBigInteger(tag: number): number | bigint {
    const start = this.position;
    const bytes = this.#viewContent(tag);
    const { maxBigIntBytes } = this.settings;
    if (bytes.length > maxBigIntBytes) {
      this.refuse(
        'TOO_LARGE',
        `a big integer of ${bytes.length} bytes, over ${maxBigIntBytes}: send a smaller one or raise maxBigIntBytes`,
        start,
      );
    }
    const magnitude = decodeMagnitude(bytes);
    return toNumberIfSafe(tag === tags.positiveBigInt ? magnitude : -1n - magnitude);
  }

  /** RFC 8746, section 2. */
  protected readTypedArray(tag: number): NodeJS.TypedArray {
    const start = this.position;
    return (
      decodeTypedArray(tag, this.#viewContent(tag)) ??
      this.refuseContent(tag, 'a byte string of whole elements', start)
    );
  }

  protected refuseContent(tag: number, expected: string, offset: number = this.position): never {
    if (offset === this.end) this.need(1);
    return this.refuse('MALFORMED', `under tag ${tag} there must be ${expected}`, offset);
  }

  #viewContent(tag: number): Uint8Array {
    if (!this.isNext(majors.bytes)) this.refuseContent(tag, 'a byte string');
    return this.viewByteString(this.readByte());
  }
}

const simples: Simple[] = [];

/** One and the same for each number, as it has no identity. */
function findSimple(value: number): Simple {
  return (simples[value] ??= new Simple(value));
}
