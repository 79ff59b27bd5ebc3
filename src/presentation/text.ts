import { Buffer } from 'node:buffer';
import { CodecError } from './codec.ts';
import type { Codec } from './codec.ts';
import { asBuffer, decodeUtf8, findIllFormedUtf8, findLoneSurrogate } from './utf8.ts';

/**
 * A character string as UTF-8 (RFC 3629), strict both ways: nothing is replaced, nothing is dropped,
 * and a byte order mark stays the character it is.
 *
 * `decode` throws `MALFORMED` with `details.offset`, the first byte of the first ill-formed sequence.
 * `encode` throws `UNENCODABLE` for what is not a string and for a lone surrogate, whose place in
 * UTF-16 units is `details.index`.
 *
 * @example
 * ```ts
 * import { text } from 'guichet/presentation';
 * const frame = text.encode('é');
 * if (frame.length !== 2 || text.decode(frame) !== 'é') throw new Error('not UTF-8');
 * ```
 */
export const text: Codec<string> = {
  name: 'text',
  encode(value) {
    if (typeof (value as unknown) !== 'string') {
      throw new CodecError('UNENCODABLE', 'Only a string can be sent as text', {
        details: { path: '' },
      });
    }
    const index = findLoneSurrogate(value);
    if (index !== -1) {
      throw new CodecError(
        'UNENCODABLE',
        `The text has half a surrogate pair at index ${index}: UTF-8 cannot carry it`,
        { details: { path: '', index } },
      );
    }
    return Buffer.from(value, 'utf8');
  },
  decode(frame) {
    const value = decodeUtf8(asBuffer(frame));
    if (value === undefined) throw illFormedUtf8(frame);
    return value;
  },
};

/** The error for bytes that are known not to be well-formed UTF-8. */
export function illFormedUtf8(frame: Uint8Array): CodecError {
  const offset = findIllFormedUtf8(frame);
  return new CodecError(
    'MALFORMED',
    `The bytes are not UTF-8: ill-formed sequence at byte ${offset}`,
    { details: { path: '', offset } },
  );
}
