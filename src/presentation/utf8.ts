import { Buffer } from 'node:buffer';

const replacement = '\uFFFD';

/** A `Buffer` over the same memory, for the methods a plain `Uint8Array` lacks. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The text in `bytes` from `start` to `end` (byte offsets), or undefined when it is not well-formed
 * UTF-8 (RFC 3629). A byte order mark is kept as the character U+FEFF.
 */
export function decodeUtf8(
  bytes: Buffer,
  start: number = 0,
  end: number = bytes.length,
): string | undefined {
  const text = bytes.toString('utf8', start, end);
  // The native decoder writes U+FFFD for what is ill-formed, so only a text that holds one needs the
  // second look which tells a real U+FFFD from a substituted one.
  if (text.includes(replacement) && findIllFormedUtf8(bytes, start, end) !== -1) return undefined;
  return text;
}

/**
 * The offset of the first byte of the first ill-formed sequence between `start` and `end`, or -1:
 * the well-formed sequences are those of RFC 3629 section 4.
 */
export function findIllFormedUtf8(
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): number {
  let at = start;
  while (at < end) {
    const length = sequenceLength(bytes, at, end);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** The length of the sequence that begins at `at`, or 0 when it is ill-formed or cut by `end`. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  // The second byte alone rules out overlong forms, surrogates and what lies above U+10FFFF.
  const second = bytes[at + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let next = at + 2; next < at + length; next++) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** The index, in UTF-16 units, of the first surrogate without its other half, or -1. */
export function findLoneSurrogate(text: string): number {
  if (text.isWellFormed()) return -1;
  for (let index = 0; index < text.length; index++) {
    const point = text.codePointAt(index) ?? 0;
    if (point >= 0xd800 && point <= 0xdfff) return index;
    if (point > 0xffff) index++;
  }
  return -1;
}
