import { Buffer } from 'node:buffer';
import { CodecError } from '../codec.ts';
import type { CodecErrorCode } from '../codec.ts';
import { asBuffer, decodeUtf8 } from '../utf8.ts';
import { readHalf } from './half.ts';
import { viewBytes } from './words.ts';
import { majors } from './writer.ts';

/** Shorter texts are quicker made from their characters than by a call out of JavaScript. */
const shortText = 16;
const noBytes = Buffer.alloc(0);
const breakByte = 0xff;

/** The high 3 bits of a first byte, which are the item's major type. */
const majorBits = 0xe0;
/** Its low 5 bits, when no length is declared and a break ends the item. */
export const indefinite = 31;

/**
 * Reads what items are made of: heads, arguments, floats and strings. The bytes are always read after
 * it is known that they are there; `?? 0` is for the type checker alone.
 */
export abstract class Reader {
  protected bytes: Buffer = noBytes;
  protected view: DataView = viewBytes(noBytes);
  protected position = 0;
  protected end = 0;
  /** By length, the characters of a short text. */
  readonly #characters = Array.from({ length: shortText + 1 }, (_, length) =>
    Array.from({ length }, () => 0),
  );

  protected open(bytes: Uint8Array): void {
    this.bytes = asBuffer(bytes);
    this.view = viewBytes(bytes);
    this.position = 0;
    this.end = bytes.length;
  }

  protected close(): void {
    this.bytes = noBytes;
    this.view = viewBytes(noBytes);
  }

  protected refuse(code: CodecErrorCode, message: string, offset = this.position): never {
    throw new CodecError(code, `At byte ${offset}: ${message}`, { details: { offset } });
  }

  /** @throws {CodecError} `TRUNCATED` when fewer bytes are left. */
  protected need(count: number): void {
    if (count > this.end - this.position) this.#refuseEnd(count);
  }

  #refuseEnd(count: number): never {
    throw new CodecError(
      'TRUNCATED',
      `The bytes end at ${this.end}, and at ${this.position} at least ${count} more are needed: send the whole value`,
      { details: { offset: this.end } },
    );
  }

  protected readByte(): number {
    this.need(1);
    const byte = this.bytes[this.position] ?? 0;
    this.position += 1;
    return byte;
  }

  /** Whether the next item is of a major type; false at the end. */
  protected isNext(major: number): boolean {
    return this.position < this.end && ((this.bytes[this.position] ?? 0) & majorBits) === major;
  }

  protected isNextBreak(): boolean {
    return this.position < this.end && this.bytes[this.position] === breakByte;
  }

  /** Takes the break that ends an item of indefinite length, if it is what comes next. */
  protected takeBreak(): boolean {
    this.need(1);
    if (this.bytes[this.position] !== breakByte) return false;
    this.position += 1;
    return true;
  }

  /** The argument of an item whose first byte has been read; above 2^53 - 1 it is not exact. */
  protected readArgument(initial: number): number {
    const information = initial & ~majorBits;
    return information < 24 ? information : this.#readLongArgument(initial);
  }

  #readLongArgument(initial: number): number {
    const { bytes, position } = this;
    switch (initial & ~majorBits) {
      case 24:
        this.need(1);
        this.position = position + 1;
        return bytes[position] ?? 0;
      case 25:
        this.need(2);
        this.position = position + 2;
        return ((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0);
      case 26:
        this.need(4);
        this.position = position + 4;
        return bytes.readUInt32BE(position);
      case 27:
        this.need(8);
        this.position = position + 8;
        return bytes.readUInt32BE(position) * 0x1_0000_0000 + bytes.readUInt32BE(position + 4);
      default:
        return this.refuse(
          'MALFORMED',
          `no item begins with 0x${initial.toString(16)}`,
          position - 1,
        );
    }
  }

  /** As {@link readArgument}, exact: a bigint above 2^53 - 1. */
  protected readExactArgument(initial: number): number | bigint {
    const argument = this.readArgument(initial);
    return argument <= Number.MAX_SAFE_INTEGER
      ? argument
      : this.bytes.readBigUInt64BE(this.position - 8);
  }

  protected readNegative(initial: number): number | bigint {
    const argument = this.readExactArgument(initial);
    return argument < Number.MAX_SAFE_INTEGER ? -1 - Number(argument) : -1n - BigInt(argument);
  }

  protected readFloat(initial: number): number {
    const { position } = this;
    if (initial === (majors.simple | 25)) {
      this.need(2);
      this.position = position + 2;
      return readHalf(((this.bytes[position] ?? 0) << 8) | (this.bytes[position + 1] ?? 0));
    }
    if (initial === (majors.simple | 26)) {
      this.need(4);
      this.position = position + 4;
      return this.bytes.readFloatBE(position);
    }
    this.need(8);
    this.position = position + 8;
    return this.bytes.readDoubleBE(position);
  }

  /**
   * A text string whose first byte has been read.
   * @throws {CodecError} `MALFORMED` when it, or a chunk of it, is not UTF-8 (RFC 8949, section 3.2.3).
   */
  protected readText(initial: number): string {
    if (initial !== (majors.text | indefinite)) return this.#readText(this.readArgument(initial));
    const chunks: string[] = [];
    while (!this.takeBreak()) chunks.push(this.#readText(this.#readChunkLength(majors.text)));
    return chunks.join('');
  }

  #readText(length: number): string {
    this.need(length);
    const { bytes, position } = this;
    this.position = position + length;
    const characters = this.#characters[length];
    if (characters === undefined) return this.#decodeText(position);
    for (let index = 0; index < length; index += 1) {
      const byte = bytes[position + index] ?? 0;
      if (byte > 0x7f) return this.#readAccents(position, length) ?? this.#decodeText(position);
      characters[index] = byte;
    }
    return String.fromCharCode(...characters);
  }

  /** A short text of characters of one or two bytes; undefined when there are others in it. */
  #readAccents(start: number, length: number): string | undefined {
    const { bytes } = this;
    let count = 0;
    for (let index = start; index < start + length; index += 1) {
      if (((bytes[index] ?? 0) & 0xc0) !== 0x80) count += 1;
    }
    const characters = this.#characters[count] ?? [];
    let index = start;
    for (let character = 0; character < count; character += 1) {
      const byte = bytes[index] ?? 0;
      if (byte < 0x80) {
        characters[character] = byte;
        index += 1;
      } else {
        const next = bytes[index + 1] ?? 0;
        // Below C2 it would be a form too long, from E0 on a longer one (RFC 3629, section 4).
        if (byte < 0xc2 || byte > 0xdf || (next & 0xc0) !== 0x80) return undefined;
        characters[character] = ((byte & 0x1f) << 6) | (next & 0x3f);
        index += 2;
      }
    }
    return index === start + length ? String.fromCharCode(...characters) : undefined;
  }

  #decodeText(start: number): string {
    return (
      decodeUtf8(this.bytes, start, this.position) ??
      this.refuse('MALFORMED', 'this text is not UTF-8', start)
    );
  }

  /** The content of a byte string whose first byte has been read: where it is, if it is in one piece. */
  protected viewByteString(initial: number): Uint8Array {
    if (initial !== (majors.bytes | indefinite)) return this.#viewBytes(this.readArgument(initial));
    const chunks: Uint8Array[] = [];
    while (!this.takeBreak()) chunks.push(this.#viewBytes(this.#readChunkLength(majors.bytes)));
    return Buffer.concat(chunks);
  }

  #viewBytes(length: number): Uint8Array {
    this.need(length);
    const { position } = this;
    this.position = position + length;
    return this.bytes.subarray(position, position + length);
  }

  /** The length of the next chunk of a string, which has the string's major type and declares it. */
  #readChunkLength(major: number): number {
    if (!this.isNext(major)) {
      this.refuse('MALFORMED', 'only chunks of the same type may stand in an indefinite string');
    }
    return this.readArgument(this.readByte());
  }
}
