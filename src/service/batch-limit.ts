import { CodecError } from '../presentation/index.ts';
import type { Codec } from '../presentation/index.ts';

/**
 * The same codec of JSON, which refuses a batch of more messages before any of it is read: a million
 * numbers in brackets are soon sent, and made values of only at the expense of everybody else.
 *
 * The error it throws is the {@link CodecError} `TOO_LARGE`.
 */
export function limitBatches(
  codec: Codec<unknown, unknown>,
  maxBatch: number,
): Codec<unknown, unknown> {
  // Each message costs a comma and a byte: a shorter text holds fewer.
  const shortest = 2 * maxBatch;
  return {
    ...codec,
    decode(frame) {
      if (frame.length > shortest) checkBatch(frame, maxBatch);
      return codec.decode(frame);
    },
  };
}

function checkBatch(frame: Uint8Array, limit: number): void {
  const offset = findExcessMessage(frame, limit);
  if (offset === -1) return;
  throw new CodecError('TOO_LARGE', `a batch of more than ${limit} is not a request`, {
    details: { path: '', offset, limit, length: frame.length },
  });
}

/**
 * The offset of the comma before one message more than `limit` of a batch, or -1, as it is of what is no
 * batch. Makes no other demand of the text.
 */
function findExcessMessage(text: Uint8Array, limit: number): number {
  let at = 0;
  while (isSpace(text[at])) at++;
  if (text[at] !== openBracket) return -1;
  let depth = 0;
  let messages = 1;
  for (const end = text.length; at < end; at++) {
    const byte = text[at] ?? 0;
    if (byte === quote) {
      for (at++; at < end && text[at] !== quote; at++) if (text[at] === backslash) at++;
    } else if (byte === comma) {
      if (depth === 1 && ++messages > limit) return at;
    } else if (byte === openBracket || byte === openBrace) {
      depth++;
    } else if (byte === closeBracket || byte === closeBrace) {
      depth--;
    }
  }
  return -1;
}

/** White space of JSON: RFC 8259, section 2. */
function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
