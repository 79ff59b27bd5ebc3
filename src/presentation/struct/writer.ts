import type { CodecErrorCode } from '../codec.ts';
import { findLoneSurrogate } from '../utf8.ts';
import { describe, FieldFailure, toFailure } from './failure.ts';

const initialBytes = 1024;
/** A larger buffer is let go of after use, so that one big value does not hold memory for ever. */
const maxKeptBytes = 65_536;

/** Writes one value from its first byte to its last into a buffer that grows up to a limit. */
export class Writer {
  #bytes: Buffer = Buffer.alloc(initialBytes);
  #view: DataView = viewOf(this.#bytes);
  #offset = 0;
  #maxBytes = 0;
  /** How far the buffer may be written without growing: its end or the limit. */
  #room = 0;

  /** Where the next field begins. */
  get offset(): number {
    return this.#offset;
  }

  /** For numbers, at offsets that {@link reserve} gave; replaced when the buffer grows. */
  get view(): DataView {
    return this.#view;
  }

  /** To write at offsets that {@link reserve} gave; replaced when the buffer grows. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Forgets what was written: the next value may have up to `maxBytes`. */
  begin(maxBytes: number): void {
    if (this.#bytes.length > maxKeptBytes) {
      this.#bytes = Buffer.alloc(initialBytes);
      this.#view = viewOf(this.#bytes);
    }
    this.#offset = 0;
    this.#maxBytes = maxBytes;
    this.#room = Math.min(maxBytes, this.#bytes.length);
  }

  /** A copy of what was written, of exactly its length. */
  finish(): Uint8Array {
    const value = Buffer.allocUnsafe(this.#offset);
    this.#bytes.copy(value, 0, 0, this.#offset);
    return value;
  }

  /**
   * Claims the next `length` bytes, which hold anything, and returns where they begin.
   * @throws `TOO_LARGE` past the limit.
   */
  reserve(length: number): number {
    const start = this.#offset;
    const end = start + length;
    if (end > this.#room) this.#grow(end);
    this.#offset = end;
    return start;
  }

  /**
   * Writes the text as UTF-8 and returns how many bytes it took, at most `limit`.
   * @throws `UNENCODABLE` for what is no string or holds a lone surrogate, `TOO_LARGE` past the limit.
   */
  writeText(value: unknown, limit: number): number {
    if (typeof value !== 'string') {
      this.fail('UNENCODABLE', `expected a string, got ${describe(value)}`);
    }
    // A string never has fewer bytes than UTF-16 units: the long one is refused unmeasured.
    const length = value.length > limit ? value.length : Buffer.byteLength(value, 'utf8');
    if (length > limit) {
      this.fail('TOO_LARGE', `expected at most ${limit} bytes of UTF-8, got ${length} or more`);
    }
    if (length !== value.length && !value.isWellFormed()) {
      const index = findLoneSurrogate(value);
      this.fail('UNENCODABLE', `expected UTF-8, got half a surrogate pair at index ${index}`);
    }
    const start = this.reserve(length);
    this.#bytes.write(value, start, length, 'utf8');
    return length;
  }

  /** Refuses the value whose field begins at `offset`. */
  fail(code: CodecErrorCode, problem: string, offset: number = this.#offset): never {
    throw new FieldFailure(code, problem, offset);
  }

  /** The failure that something thrown while writing is. */
  failureOf(error: unknown): FieldFailure {
    return toFailure(error, 'UNENCODABLE', this.#offset);
  }

  #grow(needed: number): void {
    if (needed > this.#maxBytes) {
      this.fail('TOO_LARGE', `the value takes over ${this.#maxBytes} bytes: raise maxBytes`);
    }
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#offset);
    this.#bytes = grown;
    this.#view = viewOf(grown);
    this.#room = Math.min(this.#maxBytes, grown.length);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

let spare: Writer | undefined = new Writer();

/**
 * Lends the one writer that all layouts share. A getter of the value that encodes in its turn while
 * it is lent gets a writer of its own.
 */
export function borrowWriter(): Writer {
  const writer = spare ?? new Writer();
  spare = undefined;
  return writer;
}

/** Takes a lent writer back. */
export function returnWriter(writer: Writer): void {
  spare = writer;
}
