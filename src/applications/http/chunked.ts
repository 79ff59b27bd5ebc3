import { HttpError } from './errors.ts';
import { readFields } from './fields.ts';
import type { HttpHeaders } from './headers.ts';
import { noHeaders } from './headers.ts';
import type { HttpLimits } from './limits.ts';
import { ParsedHeaders } from './parsed-headers.ts';
import { hexadecimalValues, tokenBytes, valueBytes } from './syntax.ts';

const states = {
  size: 0,
  extension: 1,
  sizeLineFeed: 2,
  data: 3,
  dataReturn: 4,
  dataLineFeed: 5,
  trailers: 6,
  done: 7,
} as const;

type State = (typeof states)[keyof typeof states];

/** Fields that mean something to framing, routing or trust, and so are never taken from a trailer. */
const neverInTrailers: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Bytes of sizes and extensions beyond those that the data is worth, over all chunks of a content. */
const maxOverhead = 16_384;

/** More digits than any length that counts exactly: leading zeros beyond it serve nobody. */
const maxSizeDigits = 16;

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const semicolon = 0x3b;
const equals = 0x3d;
const backslash = 0x5c;

function refuse(message: string): never {
  throw new HttpError('BAD_REQUEST', message, { close: true });
}

/**
 * Takes a chunked content apart (RFC 9112, section 7.1), however it is cut: pure, and strict to the
 * letter, since servers that read chunks differently are what smuggling lives on.
 */
export class ChunkedDecoder {
  /** Valid once {@link isDone}. */
  trailers: HttpHeaders = noHeaders;
  readonly #limits: HttpLimits;
  #state: State = states.size;
  #remaining = 0;
  #digits = 0;
  #extension = '';
  #overhead = 0;
  #trailerBytes: Buffer = Buffer.alloc(0);

  constructor(limits: HttpLimits) {
    this.#limits = limits;
  }

  /** Whether the content and its trailers have ended. */
  get isDone(): boolean {
    return this.#state === states.done;
  }

  /**
   * Takes bytes as they came.
   *
   * @param give is handed pieces of the content, parts of `bytes`.
   * @returns where in `bytes` the content ended; `bytes.length` while it has not.
   * @throws {HttpError} BAD_REQUEST, HEADER_FIELDS_TOO_LARGE: nothing more can be read.
   */
  push(bytes: Buffer, start: number, give: (piece: Buffer) => void): number {
    let at = start;
    while (at < bytes.length && this.#state !== states.done) {
      if (this.#state === states.data) {
        const end = Math.min(bytes.length, at + this.#remaining);
        this.#remaining -= end - at;
        give(bytes.subarray(at, end));
        at = end;
        if (this.#remaining === 0) this.#state = states.dataReturn;
      } else if (this.#state === states.trailers) {
        at = this.#readTrailers(bytes, at);
      } else {
        this.#take(bytes[at] ?? 0);
        at++;
      }
    }
    return at;
  }

  #take(byte: number): void {
    switch (this.#state) {
      case states.size:
        this.#takeSize(byte);
        break;
      case states.extension:
        this.#takeExtension(byte);
        break;
      case states.sizeLineFeed:
        if (byte !== lineFeed) refuse('a chunk size ends with CR and LF');
        this.#beginData();
        break;
      case states.dataReturn:
        if (byte !== carriageReturn) refuse('the data of a chunk is longer than its size');
        this.#state = states.dataLineFeed;
        break;
      case states.dataLineFeed:
        if (byte !== lineFeed) refuse('the data of a chunk ends with CR and LF');
        this.#state = states.size;
        break;
      default:
        break;
    }
  }

  #takeSize(byte: number): void {
    const value = hexadecimalValues[byte] ?? 255;
    if (value !== 255) {
      if (++this.#digits > maxSizeDigits) refuse('a chunk size has too many digits');
      this.#remaining = this.#remaining * 16 + value;
      if (!Number.isSafeInteger(this.#remaining)) refuse('a chunk is too large');
      return;
    }
    if (this.#digits === 0) refuse('a chunk begins with its size in hexadecimal');
    if (byte === carriageReturn) this.#state = states.sizeLineFeed;
    else if (byte === semicolon || byte === space || byte === tab) {
      this.#state = states.extension;
      this.#takeExtension(byte);
    } else refuse('a chunk size is a hexadecimal number');
  }

  /** Collects extensions, which nobody knows, only to see that they are some. */
  #takeExtension(byte: number): void {
    if (byte === carriageReturn) {
      if (!isExtension(this.#extension)) refuse('a chunk extension is not well formed');
      this.#state = states.sizeLineFeed;
      return;
    }
    if (valueBytes[byte] !== 1) refuse('a chunk extension holds a control character');
    if (this.#extension.length >= this.#limits.maxChunkExtensionBytes) {
      refuse(`a chunk extension is longer than ${this.#limits.maxChunkExtensionBytes} bytes`);
    }
    this.#extension += String.fromCharCode(byte);
  }

  #beginData(): void {
    // Many chunks of one byte with long extensions would be a flood that carries nothing.
    const spare = 16 + this.#remaining;
    this.#overhead = Math.max(0, this.#overhead + this.#digits + this.#extension.length - spare);
    if (this.#overhead > maxOverhead) refuse('the chunks are mostly extensions');
    this.#state = this.#remaining === 0 ? states.trailers : states.data;
    this.#digits = 0;
    this.#extension = '';
  }

  /** Reads the trailer section; what has come of it is kept until its end comes. */
  #readTrailers(bytes: Buffer, at: number): number {
    const before = this.#trailerBytes.length;
    const all =
      before === 0 ? bytes.subarray(at) : Buffer.concat([this.#trailerBytes, bytes.subarray(at)]);
    const places: number[] = [];
    const { maxTrailerBytes, maxHeaderCount } = this.#limits;
    const end = readFields(all, 0, 0, places, maxTrailerBytes, maxHeaderCount);
    if (end === -1) {
      this.#trailerBytes = Buffer.from(all);
      return bytes.length;
    }
    this.#state = states.done;
    const kept = keepHarmless(new ParsedHeaders(all.toString('latin1', 0, end), places), places);
    this.trailers = new ParsedHeaders(all.toString('latin1', 0, end), kept);
    return at + end - before;
  }
}

/** The places of the fields that may stand in a trailer section (RFC 9110, section 6.5.1). */
function keepHarmless(fields: ParsedHeaders, places: readonly number[]): readonly number[] {
  return [...fields].flatMap(([name], index) =>
    neverInTrailers.has(name) ? [] : places.slice(index * 4, index * 4 + 4),
  );
}

/** Whether text is `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )`. */
function isExtension(text: string): boolean {
  const bytes = Buffer.from(text, 'latin1');
  let at = 0;
  const passBlanks = (): void => {
    while (bytes[at] === space || bytes[at] === tab) at++;
  };
  const passToken = (): boolean => {
    const start = at;
    while (at < bytes.length && tokenBytes[bytes[at] ?? 0] === 1) at++;
    return at > start;
  };
  const passQuoted = (): boolean => {
    for (at++; at < bytes.length; at++) {
      if (bytes[at] === backslash) at++;
      else if (bytes[at] === quote) return ++at <= bytes.length;
    }
    return false;
  };
  while (at < bytes.length) {
    passBlanks();
    if (bytes[at++] !== semicolon) return false;
    passBlanks();
    if (!passToken()) return false;
    const nameEnd = at;
    passBlanks();
    if (bytes[at] !== equals) {
      at = nameEnd;
      continue;
    }
    at++;
    passBlanks();
    if (!(bytes[at] === quote ? passQuoted() : passToken())) return false;
  }
  return true;
}
