import { CodecError } from '../codec.ts';

/**
 * A value under a tag that has no JavaScript form here (RFC 8949, section 3.4), encoded and decoded as
 * it stands. `value` may be assigned, so that a tagged value can take part in a cycle.
 *
 * @example
 * ```ts
 * import { cbor, Tagged } from 'guichet/presentation';
 * const codec = cbor();
 * const link = codec.decode(codec.encode(new Tagged(32, 'http://www.example.com')));
 * if (!(link instanceof Tagged) || link.tag !== 32 || link.value !== 'http://www.example.com') {
 *   throw new Error('not the link that was sent');
 * }
 * ```
 */
export class Tagged {
  /** From 0 to 2^64 - 1; a bigint when it is above 2^53 - 1. */
  readonly tag: number | bigint;
  value: unknown;

  /** @throws {CodecError} `UNENCODABLE` when the tag is not an integer from 0 to 2^64 - 1. */
  constructor(tag: number | bigint, value: unknown) {
    const isTag =
      typeof tag === 'bigint'
        ? tag >= 0n && tag <= 0xffff_ffff_ffff_ffffn
        : Number.isSafeInteger(tag) && tag >= 0;
    if (!isTag) {
      throw new CodecError('UNENCODABLE', `${tag} is not a tag: give one from 0 to 2^64 - 1`);
    }
    this.tag = typeof tag === 'bigint' && tag <= Number.MAX_SAFE_INTEGER ? Number(tag) : tag;
    this.value = value;
  }
}

/**
 * A simple value without a JavaScript form (RFC 8949, section 3.3): any but false, true, null and
 * undefined. It is a value: two of the same number are the same.
 *
 * @example
 * ```ts
 * import { cbor, Simple } from 'guichet/presentation';
 * const value = cbor().decode(Uint8Array.of(0xf0));
 * if (!(value instanceof Simple) || value.value !== 16) throw new Error('not simple(16)');
 * ```
 */
export class Simple {
  /** From 0 to 19, or from 32 to 255. */
  readonly value: number;

  /** @throws {CodecError} `UNENCODABLE` when the number is not free for a simple value. */
  constructor(value: number) {
    if (!Number.isInteger(value) || value < 0 || value > 255 || (value > 19 && value < 32)) {
      throw new CodecError(
        'UNENCODABLE',
        `${value} is not a simple value: give one from 0 to 19 or from 32 to 255`,
      );
    }
    this.value = value;
  }
}
