import { CodecError } from '../codec.ts';

/** How far a {@link cbor} codec goes, and in which of its ways. */
export interface CborOptions {
  /**
   * How deep containers, and tags of unknown meaning, may nest, both ways; at most 1,000, which the
   * stack of a thread has room for. Default 512.
   */
  readonly maxDepth?: number;
  /** The longest encoding, in bytes, in both directions. Default 16,777,216 (16 MiB). */
  readonly maxBytes?: number;
  /** The most elements, keys and values in all containers together. Default 2,097,152. */
  readonly maxItems?: number;
  /** The longest magnitude of a big integer, in bytes. Default 8,192. */
  readonly maxBigIntBytes?: number;
  /**
   * Whether equal values always become equal bytes, by the core deterministic encoding of RFC 8949,
   * section 4.2.1: the keys of maps are sorted. Concerns encoding only. Default false.
   */
  readonly deterministic?: boolean;
  /**
   * Whether a value found in several places stays one value, by tags 28 and 29, so that cycles can be
   * carried. When it is off repeated values are written out again, cycles are refused, and so are
   * bytes with these tags. Default true.
   */
  readonly sharing?: boolean;
}

/** {@link CborOptions} with every default filled in. */
export type CborSettings = Readonly<Required<CborOptions>>;

const highestDepth = 1_000;
/** The longest text that V8 holds has so many characters. */
const highestBytes = 536_870_888;
const highestItems = 4_294_967_295;
/** The longest that V8's own big integers become, 2^30 bits. */
const highestBigIntBytes = 134_217_727;

/** @throws {CodecError} `INVALID_CODEC_LIMIT` when a limit is not an integer within its bounds. */
export function resolveOptions(options: CborOptions): CborSettings {
  return {
    maxDepth: checkLimit('maxDepth', options.maxDepth ?? 512, highestDepth),
    maxBytes: checkLimit('maxBytes', options.maxBytes ?? 16_777_216, highestBytes),
    maxItems: checkLimit('maxItems', options.maxItems ?? 2_097_152, highestItems),
    maxBigIntBytes: checkLimit(
      'maxBigIntBytes',
      options.maxBigIntBytes ?? 8_192,
      highestBigIntBytes,
    ),
    deterministic: options.deterministic ?? false,
    sharing: options.sharing ?? true,
  };
}

function checkLimit(name: string, limit: number, highest: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= highest) return limit;
  throw new CodecError(
    'INVALID_CODEC_LIMIT',
    `${name} is ${limit}: give an integer from 1 to ${highest}`,
    { details: { option: name, limit, highest } },
  );
}
