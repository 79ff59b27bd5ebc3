import type { CodecErrorCode } from './codec.ts';

/** What is wrong with a text that is not JSON, and where. */
export interface JsonFault {
  readonly code: Extract<CodecErrorCode, 'MALFORMED' | 'TRUNCATED' | 'TRAILING_BYTES'>;
  /** In bytes, from 0. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** What was found where what was expected. */
  readonly problem: string;
}

/**
 * The offset of the bracket that opens one level more than `maxDepth`, or -1. Brackets inside strings
 * do not count. Makes no other demand: text that is not JSON gets an answer too.
 */
export function findExcessDepth(text: Uint8Array, maxDepth: number): number {
  const end = text.length;
  let depth = 0;
  for (let at = 0; at < end; at++) {
    const byte = text[at] ?? 0;
    if (byte === quote) {
      for (at++; at < end && text[at] !== quote; at++) {
        if (text[at] === backslash) at++;
      }
      continue;
    }
    // One bit tells a bracket from a brace: two comparisons do for the four of them, on a loop that
    // every longer message goes through.
    const kind = byte | 0x20;
    if (kind === openBrace) {
      depth++;
      if (depth > maxDepth) return at;
    } else if (kind === closeBrace) {
      depth--;
    }
  }
  return -1;
}

/**
 * The offset of the comma or colon before one item more than `maxItems`, or -1: elements of arrays, names
 * and values of members, in all. Makes no other demand of the text.
 */
export function findExcessItem(text: Uint8Array, maxItems: number): number {
  const end = text.length;
  let items = 1;
  for (let at = 0; at < end; at++) {
    const byte = text[at];
    if (byte === quote) {
      for (at++; at < end && text[at] !== quote; at++) {
        if (text[at] === backslash) at++;
      }
    } else if (byte === comma || byte === colon) {
      if (++items > maxItems) return at;
    }
  }
  return -1;
}

/**
 * Finds the first byte at which well-formed UTF-8 text departs from the grammar of RFC 8259. Called
 * only once the native parser, which does not always say where, has refused the text.
 */
export function findJsonFault(text: Uint8Array): JsonFault {
  const departure = new Scanner(text).scan();
  return { ...departure, ...locate(text, departure.offset) };
}

function locate(text: Uint8Array, offset: number): { line: number; column: number } {
  let line = 1;
  let column = 1;
  for (let at = 0; at < offset; at++) {
    const byte = text[at] ?? 0;
    if (byte === 0x0a) {
      line++;
      column = 1;
    } else if ((byte & 0xc0) !== 0x80) {
      column++;
    }
  }
  return { line, column };
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;
const dot = 0x2e;

type Departure = Pick<JsonFault, 'code' | 'offset' | 'problem'>;

/** Thrown inside this file only, to leave the scan from any depth of it. */
class Stop extends Error {
  readonly departure: Departure;
  constructor(departure: Departure) {
    super(departure.problem);
    this.departure = departure;
  }
}

/** What the scanner looks for next. */
type Expectation = 'value' | 'first item' | 'first name' | 'name' | 'comma or end';

class Scanner {
  readonly #text: Uint8Array;
  /** The closing bracket each open array or object waits for. A list, since depth is the sender's. */
  readonly #open: number[] = [];
  #at = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  scan(): Departure {
    try {
      this.#scanText();
    } catch (error) {
      if (error instanceof Stop) return error.departure;
      throw error;
    }
    return { code: 'MALFORMED', offset: 0, problem: 'the text was refused' };
  }

  #scanText(): void {
    let expectation: Expectation = 'value';
    for (;;) {
      this.#skipSpace();
      if (expectation === 'comma or end' && this.#open.length === 0) {
        if (this.#at < this.#text.length) {
          throw this.#stop('expected the end of the text', 'TRAILING_BYTES');
        }
        return;
      }
      expectation = this.#step(expectation);
    }
  }

  #step(expectation: Expectation): Expectation {
    const byte = this.#text[this.#at];
    switch (expectation) {
      case 'first item':
        if (byte === closeBracket) return this.#close();
        return this.#scanValue();
      case 'value':
        return this.#scanValue();
      case 'first name':
        if (byte === closeBrace) return this.#close();
        return this.#scanName();
      case 'name':
        return this.#scanName();
      case 'comma or end':
        return this.#scanCommaOrEnd(byte);
      default:
        return expectation satisfies never;
    }
  }

  #scanCommaOrEnd(byte: number | undefined): Expectation {
    const end = this.#open.at(-1) ?? 0;
    if (byte === end) return this.#close();
    if (byte !== comma) throw this.#stop(`expected "," or "${String.fromCharCode(end)}"`);
    this.#at++;
    return end === closeBrace ? 'name' : 'value';
  }

  #close(): Expectation {
    this.#at++;
    this.#open.pop();
    return 'comma or end';
  }

  #scanName(): Expectation {
    if (this.#text[this.#at] !== quote) throw this.#stop('expected a name in double quotes');
    this.#scanString();
    this.#skipSpace();
    if (this.#text[this.#at] !== colon) throw this.#stop('expected ":"');
    this.#at++;
    return 'value';
  }

  #scanValue(): Expectation {
    const byte = this.#text[this.#at];
    switch (byte) {
      case openBracket:
        this.#at++;
        this.#open.push(closeBracket);
        return 'first item';
      case openBrace:
        this.#at++;
        this.#open.push(closeBrace);
        return 'first name';
      case quote:
        this.#scanString();
        return 'comma or end';
      case 0x74:
        return this.#scanWord('true');
      case 0x66:
        return this.#scanWord('false');
      case 0x6e:
        return this.#scanWord('null');
      default:
        if (byte !== minus && !isDigit(byte)) throw this.#stop('expected a value');
        this.#scanNumber();
        return 'comma or end';
    }
  }

  #scanWord(word: string): Expectation {
    for (let index = 0; index < word.length; index++) {
      if (this.#text[this.#at] !== word.charCodeAt(index)) throw this.#stop(`expected "${word}"`);
      this.#at++;
    }
    return 'comma or end';
  }

  #scanNumber(): void {
    if (this.#text[this.#at] === minus) this.#at++;
    if (this.#text[this.#at] === 0x30) {
      this.#at++;
      if (isDigit(this.#text[this.#at])) throw this.#stop('expected no digit after a leading 0');
    } else {
      this.#scanDigits();
    }
    if (this.#text[this.#at] === dot) {
      this.#at++;
      this.#scanDigits();
    }
    const exponent = this.#text[this.#at];
    if (exponent === 0x65 || exponent === 0x45) {
      this.#at++;
      const sign = this.#text[this.#at];
      if (sign === minus || sign === 0x2b) this.#at++;
      this.#scanDigits();
    }
  }

  #scanDigits(): void {
    if (!isDigit(this.#text[this.#at])) throw this.#stop('expected a digit');
    while (isDigit(this.#text[this.#at])) this.#at++;
  }

  #scanString(): void {
    this.#at++;
    for (;;) {
      const byte = this.#text[this.#at];
      if (byte === undefined) throw this.#stop('expected the closing double quote');
      if (byte < 0x20) throw this.#stop('expected control characters to be escaped');
      this.#at++;
      if (byte === quote) return;
      if (byte === backslash) this.#scanEscape();
    }
  }

  #scanEscape(): void {
    const byte = this.#text[this.#at];
    if (byte === 0x75) {
      this.#at++;
      for (let digit = 0; digit < 4; digit++) {
        if (!isHexDigit(this.#text[this.#at])) throw this.#stop('expected a hexadecimal digit');
        this.#at++;
      }
      return;
    }
    if (byte === undefined || !'"\\/bfnrt'.includes(String.fromCharCode(byte))) {
      throw this.#stop('expected one of " \\ / b f n r t u after the backslash');
    }
    this.#at++;
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#text[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }

  #stop(expected: string, code: Departure['code'] = 'MALFORMED'): Stop {
    const offset = this.#at;
    if (offset >= this.#text.length) {
      return new Stop({
        code: 'TRUNCATED',
        offset,
        problem: `${expected}, got the end of the text`,
      });
    }
    return new Stop({ code, offset, problem: `${expected}, got ${this.#found()}` });
  }

  #found(): string {
    const text = new TextDecoder('utf-8', { ignoreBOM: true });
    const found = String.fromCodePoint(
      text.decode(this.#text.subarray(this.#at, this.#at + 4)).codePointAt(0) ?? 0,
    );
    if (found === '\uFEFF') return 'a byte order mark';
    return JSON.stringify(found);
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
