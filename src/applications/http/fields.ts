import { HttpError } from './errors.ts';
import { tokenBytes, valueBytes } from './syntax.ts';

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const colon = 0x3a;

function refuse(message: string): never {
  throw new HttpError('BAD_REQUEST', message, { close: true });
}

function refuseLarge(message: string): never {
  throw new HttpError('HEADER_FIELDS_TOO_LARGE', message, { close: true });
}

/**
 * Reads field lines up to the empty line that ends them (RFC 9112, section 5): no line folding, no blank
 * before the colon, CR and LF only together.
 *
 * @param at where the first line begins.
 * @param origin what the places noted, and `maxBytes`, are counted from.
 * @param places takes four places a line: begin and end of its name, of its value.
 * @returns where the empty line ends, or -1 while it has not come.
 * @throws {HttpError} BAD_REQUEST, HEADER_FIELDS_TOO_LARGE.
 */
export function readFields(
  bytes: Uint8Array,
  at: number,
  origin: number,
  places: number[],
  maxBytes: number,
  maxCount: number,
): number {
  const end = bytes.length;
  let next = at;
  while (next < end) {
    const start = next;
    while (next < end && tokenBytes[bytes[next] ?? 0] === 1) next++;
    if (next === end) break;
    const byte = bytes[next] ?? 0;
    if (next === start && byte === carriageReturn) {
      if (next + 1 === end) break;
      if (bytes[next + 1] !== lineFeed) refuse('a CR without its LF');
      if (next + 2 - origin > maxBytes) refuseLarge(`the head is longer than ${maxBytes} bytes`);
      return next + 2;
    }
    if (next === start && (byte === space || byte === tab)) {
      refuse('a field line begins with a blank: folded lines are not read');
    }
    if (byte !== colon || next === start) {
      refuse('a field line begins with its name and a colon, without a blank between them');
    }
    if (places.length >= maxCount * 4) refuseLarge(`there are more than ${maxCount} field lines`);
    const nameEnd = next++;
    while (next < end && (bytes[next] === space || bytes[next] === tab)) next++;
    const valueStart = next;
    while (next < end && valueBytes[bytes[next] ?? 0] === 1) next++;
    if (next === end) break;
    let valueEnd = next;
    if (bytes[next] !== carriageReturn) refuse('a field value holds a control character');
    if (next + 1 === end) break;
    if (bytes[next + 1] !== lineFeed) refuse('a CR without its LF');
    while (
      valueEnd > valueStart &&
      (bytes[valueEnd - 1] === space || bytes[valueEnd - 1] === tab)
    ) {
      valueEnd--;
    }
    places.push(start - origin, nameEnd - origin, valueStart - origin, valueEnd - origin);
    next += 2;
  }
  if (end - origin > maxBytes) refuseLarge(`the head is longer than ${maxBytes} bytes`);
  return -1;
}
