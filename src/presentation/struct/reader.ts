import type { CodecErrorCode } from '../codec.ts';
import { asBuffer, decodeUtf8, findIllFormedUtf8 } from '../utf8.ts';
import { countOf, FieldFailure, toFailure } from './failure.ts';

/** Walks the bytes of one value, from the first to the last; every offset is within them. */
export class Reader {
  readonly bytes: Uint8Array;
  /** Over the same bytes, for numbers. */
  readonly view: DataView;
  readonly #end: number;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.length;
  }

  /** Where the next field begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes not yet taken. */
  get left(): number {
    return this.#end - this.#offset;
  }

  /**
   * Moves past the next `length` bytes and returns where they begin.
   * @throws `TRUNCATED` when there are not as many.
   */
  take(length: number): number {
    const start = this.#offset;
    const end = start + length;
    if (end > this.#end) this.#failTruncated(length);
    this.#offset = end;
    return start;
  }

  /** The text in the bytes from `start` to `end`, strictly. */
  decodeText(start: number, end: number): string {
    const text = decodeUtf8(asBuffer(this.bytes), start, end);
    if (text === undefined) {
      this.fail(
        'MALFORMED',
        'expected UTF-8, got an ill-formed sequence',
        findIllFormedUtf8(this.bytes, start, end),
      );
    }
    return text;
  }

  /** A copy of the bytes from `start` to `end`, sharing nothing with what was received. */
  copyBytes(start: number, end: number): Uint8Array {
    return new Uint8Array(this.bytes.subarray(start, end));
  }

  /** Refuses what was read at `offset`. */
  fail(code: CodecErrorCode, problem: string, offset: number): never {
    throw new FieldFailure(code, problem, offset);
  }

  /** The failure that something thrown while reading is. */
  failureOf(error: unknown): FieldFailure {
    return toFailure(error, 'MALFORMED', this.#offset);
  }

  #failTruncated(length: number): never {
    const { left } = this;
    const verb = left === 1 ? 'is' : 'are';
    this.fail(
      'TRUNCATED',
      `expected ${countOf(length, 'byte')}, ${left === 0 ? 'none' : left} ${verb} left`,
      this.#offset,
    );
  }
}
