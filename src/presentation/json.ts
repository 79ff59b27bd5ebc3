import { Buffer } from 'node:buffer';
import { defaultMaxFrameBytes } from '../framing/framing.ts';
import { CodecError } from './codec.ts';
import type { Codec } from './codec.ts';
import { findExcessDepth, findExcessItem, findJsonFault } from './json-fault.ts';
import { findInfinity } from './json-range.ts';
import { plainJson, weighPlainJson } from './json-plain.ts';
import { illFormedUtf8 } from './text.ts';
import { asBuffer, decodeUtf8 } from './utf8.ts';

/** What JSON text can say. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** The limits of a JSON codec, and what it lets pass. */
export interface JsonOptions {
  /** How deep arrays and objects may nest, both ways. Default 512. */
  readonly maxDepth?: number;
  /** The longest text, in bytes, both ways. Default 1,048,576 (1 MiB). */
  readonly maxBytes?: number;
  /** The most elements, keys and values in all that are read. Default 16,777,216. */
  readonly maxItems?: number;
  /**
   * Leaves out members of objects that are undefined, as TypeScript's optional properties may be, in place
   * of refusing them. Default false.
   */
  readonly omitsUndefined?: boolean;
}

/** The default of {@link JsonOptions.maxItems}. */
export const defaultMaxJsonItems: number = 16_777_216;

/** The default of {@link JsonOptions.maxDepth}. */
export const defaultMaxJsonDepth: number = 512;

/**
 * A codec of UTF-8 JSON text (RFC 8259) with limits of your own; {@link json} has the default ones.
 *
 * @example
 * ```ts
 * import { CodecError, createJson } from 'guichet/presentation';
 * const shallow = createJson({ maxDepth: 1 });
 * try {
 *   shallow.decode(new TextEncoder().encode('[[]]'));
 *   throw new Error('nested too deep, and accepted');
 * } catch (error) {
 *   if (!(error instanceof CodecError) || error.code !== 'TOO_DEEP') throw error;
 * }
 * ```
 */
export function createJson(options: JsonOptions = {}): Codec<JsonValue, unknown> {
  const {
    maxDepth = defaultMaxJsonDepth,
    maxBytes = defaultMaxFrameBytes,
    maxItems = defaultMaxJsonItems,
    omitsUndefined = false,
  } = options;
  const limits = { maxDepth, maxBytes, maxItems, omitsUndefined };
  return {
    name: 'json',
    encode: (value) => encodeJson(value, limits),
    encodeText: (value) => writeJson(value, limits),
    decode: (frame) => decodeJson(frame, limits),
  };
}

/**
 * Values as UTF-8 JSON text (RFC 8259), at most 1 MiB long and 512 deep.
 *
 * `encode` carries null, booleans, finite numbers, strings, arrays, and objects whose prototype is
 * `Object.prototype` or null; an object with a `toJSON` method, such as a `Date`, is carried as what
 * that method returns. All else would be dropped or altered without a word by `JSON.stringify`, so it
 * is refused, `UNENCODABLE` with `details.path`: undefined (as a property or an array item),
 * functions, symbols, bigints, NaN and infinities, cycles, maps, sets, byte arrays and other class
 * instances. Not looked at: properties keyed by symbols, non-enumerable ones, and named properties of
 * arrays, which are left out; -0 is written 0. The text is one line: it never holds a raw line feed,
 * so that it fits a line frame.
 *
 * `decode` throws `MALFORMED`, `TRUNCATED` or `TRAILING_BYTES` with `details.offset` (byte, from 0),
 * `details.line` and `details.column` (from 1, the column in characters). A byte order mark is
 * refused. Of members with the same name the last one counts, a `__proto__` member is a property as
 * any other, and numbers are rounded to doubles, all as `JSON.parse` has it; but a number beyond their
 * range, such as `1e400`, is refused as `MALFORMED` with `details.path`, where `JSON.parse` gives an
 * infinity.
 *
 * Both throw `TOO_DEEP` and `TOO_LARGE`.
 *
 * @example
 * ```ts
 * import { CodecError, json } from 'guichet/presentation';
 * const frame = json.encode({ name: 'Zoé', marks: [12.5, 17] });
 * if (new TextDecoder().decode(frame) !== '{"name":"Zoé","marks":[12.5,17]}') throw new Error('not JSON');
 * try {
 *   json.encode({ marks: [12.5, NaN] });
 *   throw new Error('NaN became something else');
 * } catch (error) {
 *   if (!(error instanceof CodecError) || error.details['path'] !== '.marks[1]') throw error;
 * }
 * ```
 */
export const json: Codec<JsonValue, unknown> = createJson();

/** The most bytes that a UTF-16 code unit becomes in UTF-8. */
const bytesOfUnit = 3;

function writeJson(value: unknown, limits: Required<JsonOptions>): string {
  const { maxBytes } = limits;
  const text = stringifyJson(value, limits);
  if (text.length * bytesOfUnit > maxBytes) {
    const length = Buffer.byteLength(text);
    if (length > maxBytes) throw tooLarge(length, maxBytes, 'send less at once');
  }
  return text;
}

function encodeJson(value: unknown, limits: Required<JsonOptions>): Uint8Array {
  const { maxBytes } = limits;
  const frame = Buffer.from(stringifyJson(value, limits), 'utf8');
  if (frame.length > maxBytes) throw tooLarge(frame.length, maxBytes, 'send less at once');
  return frame;
}

function stringifyJson(value: unknown, limits: Required<JsonOptions>): string {
  const { maxDepth, maxBytes } = limits;
  try {
    // The native writer is trusted only with what the weighing found plain; anything else is
    // copied by our own rules first, which finds what to refuse and where.
    const isPlain = weighPlainJson(value, maxBytes, maxDepth) >= 0;
    return JSON.stringify(isPlain ? value : plainJson(value, limits));
  } catch (error) {
    if (error instanceof CodecError) throw error;
    throw new CodecError('UNENCODABLE', 'A getter or toJSON of the value threw: see the cause', {
      cause: error,
      details: { path: '' },
    });
  }
}

function decodeJson(
  frame: Uint8Array,
  { maxDepth, maxBytes, maxItems }: Required<JsonOptions>,
): JsonValue {
  if (frame.length > maxBytes) throw tooLarge(frame.length, maxBytes, 'raise maxBytes to read it');
  // Each level costs a bracket at both ends, so a shorter text cannot exceed the limit.
  if (frame.length > 2 * maxDepth) {
    const offset = findExcessDepth(frame, maxDepth);
    if (offset !== -1) {
      throw new CodecError(
        'TOO_DEEP',
        `The JSON text nests deeper than ${maxDepth} at byte ${offset}: flatten it or raise maxDepth`,
        { details: { path: '', offset, limit: maxDepth } },
      );
    }
  }
  // Each costs a comma or a colon and a byte: a shorter text holds fewer.
  if (frame.length > 2 * maxItems) {
    const offset = findExcessItem(frame, maxItems);
    if (offset !== -1) {
      throw new CodecError(
        'TOO_LARGE',
        `The JSON text has more than ${maxItems} items at byte ${offset}: send less at once or raise maxItems`,
        { details: { path: '', offset, limit: maxItems } },
      );
    }
  }
  const text = decodeUtf8(asBuffer(frame));
  if (text === undefined) throw illFormedUtf8(frame);
  try {
    const value = JSON.parse(text) as JsonValue;
    const path = findInfinity(value);
    if (path !== undefined) throw outOfRange(path);
    return value;
  } catch (error) {
    if (error instanceof CodecError) throw error;
    const fault = findJsonFault(frame);
    const { code, offset, line, column } = fault;
    throw new CodecError(
      code,
      `Not JSON at byte ${offset} (line ${line}, column ${column}): ${fault.problem}`,
      { cause: error, details: { path: '', offset, line, column } },
    );
  }
}

function outOfRange(path: string): CodecError {
  return new CodecError(
    'MALFORMED',
    `${path === '' ? 'The value' : path} is a number beyond the range of doubles: send it as a string`,
    { details: { path } },
  );
}

function tooLarge(length: number, limit: number, advice: string): CodecError {
  return new CodecError(
    'TOO_LARGE',
    `The JSON text has ${length} bytes, over the limit of ${limit}: ${advice}`,
    { details: { path: '', length, limit } },
  );
}
