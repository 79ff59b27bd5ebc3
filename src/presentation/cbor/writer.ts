import { Buffer } from 'node:buffer';
import { CodecError } from '../codec.ts';
import { writeHalf } from './half.ts';
import { Refusal } from './refusal.ts';
import { viewBytes } from './words.ts';

/** Major types, in the high 3 bits of an item's first byte (RFC 8949, section 3.1). */
export const majors = {
  unsigned: 0x00,
  negative: 0x20,
  bytes: 0x40,
  text: 0x60,
  array: 0x80,
  map: 0xa0,
  tag: 0xc0,
  simple: 0xe0,
} as const;

const firstBytes = 8_192;
/** What is kept between two encodings, so that one large value does not hold memory for ever. */
const keptBytes = 1_048_576;
/** Room asked for may exceed what is then written by so much, before the limit is known to be passed. */
const slackBytes = 4_096;
/** Shorter texts are quicker written character by character than by a call out of JavaScript. */
const shortText = 16;
/** Texts whose bytes need not be counted before room is made for the most they may become. */
const boundedText = 1_024;

/** Writes items one after another into one buffer, kept from one encoding to the next. */
export class Writer {
  readonly #maxBytes: number;
  /** What has been written so far; beyond `position` its contents are arbitrary. */
  protected buffer: Buffer = Buffer.alloc(0);
  protected view: DataView = viewBytes(this.buffer);
  protected position = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  reset(): void {
    this.position = 0;
    if (this.buffer.length > keptBytes) this.#replaceBuffer(0);
  }

  /** @throws {CodecError} `TOO_LARGE` when a length is over the limit. */
  checkLength(length: number): void {
    if (length > this.#maxBytes) {
      throw new CodecError(
        'TOO_LARGE',
        `The value takes more than ${this.#maxBytes} bytes: raise maxBytes or send less at a time`,
        { details: { limit: this.#maxBytes } },
      );
    }
  }

  writeByte(byte: number): void {
    this.reserve(1);
    this.buffer[this.position++] = byte;
  }

  /** Writes an item's first byte and its argument in the shortest form (RFC 8949, section 4.2.1). */
  writeHead(major: number, argument: number): void {
    if (argument < 24) this.writeByte(major | argument);
    else this.#writeLongHead(major, argument);
  }

  #writeLongHead(major: number, argument: number): void {
    this.reserve(9);
    const { buffer, position } = this;
    if (argument < 0x100) {
      buffer[position] = major | 24;
      buffer[position + 1] = argument;
      this.position = position + 2;
    } else if (argument < 0x1_0000) {
      buffer[position] = major | 25;
      buffer[position + 1] = argument >>> 8;
      buffer[position + 2] = argument;
      this.position = position + 3;
    } else if (argument < 0x1_0000_0000) {
      buffer[position] = major | 26;
      this.position = buffer.writeUInt32BE(argument, position + 1);
    } else {
      buffer[position] = major | 27;
      buffer.writeUInt32BE(Math.floor(argument / 0x1_0000_0000), position + 1);
      this.position = buffer.writeUInt32BE(argument % 0x1_0000_0000, position + 5);
    }
  }

  /** As {@link writeHead}, for an argument of up to 64 bits. */
  writeBigHead(major: number, argument: bigint): void {
    if (argument <= Number.MAX_SAFE_INTEGER) {
      this.writeHead(major, Number(argument));
      return;
    }
    this.reserve(9);
    this.buffer[this.position] = major | 27;
    this.position = this.buffer.writeBigUInt64BE(argument, this.position + 1);
  }

  /** Integers that a number holds exactly as integers, all others as the shortest exact float. */
  writeNumber(value: number): void {
    const integer = value | 0;
    // Most integers have 32 bits, which is the quickest to find out.
    if (integer === value ? integer !== 0 || !Object.is(value, -0) : Number.isSafeInteger(value)) {
      if (value >= 0) this.writeHead(majors.unsigned, value);
      else this.writeHead(majors.negative, -1 - value);
    } else this.#writeFloat(value);
  }

  #writeFloat(value: number): void {
    this.reserve(9);
    const buffer = this.buffer;
    const position = this.position;
    if (Math.fround(value) === value || Number.isNaN(value)) {
      const bits = writeHalf(value);
      if (bits >= 0) {
        buffer[position] = majors.simple | 25;
        buffer[position + 1] = bits >>> 8;
        buffer[position + 2] = bits;
        this.position = position + 3;
      } else {
        buffer[position] = majors.simple | 26;
        this.position = buffer.writeFloatBE(value, position + 1);
      }
    } else {
      buffer[position] = majors.simple | 27;
      this.position = buffer.writeDoubleBE(value, position + 1);
    }
  }

  /** @throws {CodecError} `UNENCODABLE` for a lone surrogate, which UTF-8 has no form for. */
  writeText(value: string): void {
    if (value.length > shortText || !this.#writeShortText(value)) this.#writeLongText(value);
  }

  /** Writes a text of at most 23 bytes and of characters of one or two; says whether it is one. */
  #writeShortText(value: string): boolean {
    const { length } = value;
    this.reserve(1 + 2 * shortText);
    const { buffer, position } = this;
    let end = position + 1;
    for (let index = 0; index < length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit < 0x80) {
        buffer[end] = unit;
        end += 1;
      } else {
        if (unit >= 0x800) return false;
        buffer[end] = 0xc0 | (unit >> 6);
        buffer[end + 1] = 0x80 | (unit & 0x3f);
        end += 2;
      }
    }
    const size = end - position - 1;
    if (size > 23) return false;
    buffer[position] = majors.text | size;
    this.position = end;
    return true;
  }

  #writeLongText(value: string): void {
    const { length } = value;
    // In UTF-8 a text is never shorter.
    this.checkLength(length);
    const most = length <= boundedText ? 3 * length : Buffer.byteLength(value);
    this.reserve(9 + most);
    const start = this.position;
    // The head is first made for as many bytes as there are UTF-16 units, which is so for ASCII alone.
    this.writeHead(majors.text, length);
    const guessed = this.position;
    const written = this.buffer.write(value, guessed);
    if (written !== length) {
      if (!value.isWellFormed()) {
        throw new Refusal(value, 'a text with half of a surrogate pair', 'send a well-formed one');
      }
      this.position = start;
      this.writeHead(majors.text, written);
      if (this.position !== guessed) {
        // The head, being longer, has overwritten the first bytes.
        this.buffer.write(value, this.position);
      }
    }
    this.position += written;
  }

  writeByteString(bytes: Uint8Array): void {
    this.writeHead(majors.bytes, bytes.length);
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** Writes what is encoded already. */
  writeEncoded(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** As {@link writeEncoded}, for few bytes of which the whole words are known. */
  writeWords(words: Int32Array, bytes: Uint8Array): void {
    const { length } = bytes;
    this.reserve(length);
    const { buffer, position, view } = this;
    for (let index = 0; index < words.length; index += 1) {
      view.setInt32(position + 4 * index, words[index] ?? 0, true);
    }
    for (let index = 4 * words.length; index < length; index += 1) {
      buffer[position + index] = bytes[index] ?? 0;
    }
    this.position = position + length;
  }

  /** A copy of all that was written since a position. */
  copyFrom(start: number): Buffer {
    const copy = Buffer.allocUnsafe(this.position - start);
    this.buffer.copy(copy, 0, start, this.position);
    return copy;
  }

  protected reserve(length: number): void {
    if (this.position + length > this.buffer.length) this.#grow(this.position + length);
  }

  #grow(needed: number): void {
    this.checkLength(needed - slackBytes);
    const { buffer } = this;
    this.#replaceBuffer(Math.max(needed, 2 * buffer.length, firstBytes));
    buffer.copy(this.buffer, 0, 0, this.position);
  }

  #replaceBuffer(length: number): void {
    this.buffer = Buffer.allocUnsafeSlow(length);
    this.view = viewBytes(this.buffer);
  }
}
