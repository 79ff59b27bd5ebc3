import { CodecError } from '../codec.ts';
import type { Codec } from '../codec.ts';
import { Decoder } from './decoder.ts';
import { Encoder } from './encoder.ts';
import { resolveOptions } from './options.ts';
import type { CborOptions, CborSettings } from './options.ts';
import { explainRefusal, Refusal } from './refusal.ts';

/**
 * A codec of CBOR (RFC 8949) for whole graphs of objects: what is in several places of a value, or
 * holds itself, is one value again when decoded, by tags 28 and 29
 * (http://cbor.schmorp.de/value-sharing).
 *
 * `encode` carries numbers (integers as integers, others as the shortest float that holds them
 * exactly), bigints, strings, booleans, null, undefined, arrays, objects, `Map`, `Set`, `Date`, byte
 * strings and all typed arrays, {@link Tagged} and {@link Simple}. An instance of a class is written
 * with its own enumerable properties, as a plain object. All else is refused, `UNENCODABLE` with
 * `details.path` and `details.found`: functions, symbols, invalid dates, texts with half of a surrogate
 * pair, errors, promises, regular expressions, weak collections… Not looked at: properties keyed by
 * symbols, those that are not enumerable, and named properties of arrays; a hole in an array is written
 * as undefined. The bytes belong to the caller.
 *
 * `decode` reads every form RFC 8949 has, and refuses what is not well-formed or not valid, keys and
 * set elements that come twice included, with `MALFORMED`, `TRUNCATED` or `TRAILING_BYTES`. A map
 * becomes an object when all its keys are texts and it is not under tag 259, else a `Map`; an integer
 * becomes a bigint beyond 2^53 - 1; tags without a meaning here become {@link Tagged}. No key reaches
 * a prototype. All errors have `details.offset`. It keeps nothing of the bytes it was given.
 *
 * Both throw `TOO_DEEP` and `TOO_LARGE` by the limits of the options; no length is believed before the
 * bytes that it declares are there. docs/cbor.md has the tables.
 *
 * @throws {CodecError} `INVALID_CODEC_LIMIT`.
 * @example
 * ```ts
 * import { cbor } from 'guichet/presentation';
 * const promotion: { name: string; students: object[] } = { name: 'L3', students: [] };
 * promotion.students.push({ name: 'Zoé', born: new Date('2005-11-21'), promotion });
 *
 * const codec = cbor();
 * const received = codec.decode(codec.encode(promotion)) as typeof promotion;
 *
 * const [zoe] = received.students as { name: string; born: Date; promotion: object }[];
 * if (zoe?.name !== 'Zoé' || zoe.born.getUTCFullYear() !== 2005) throw new Error('another student');
 * if (zoe.promotion !== received) throw new Error('a copy of the promotion');
 * ```
 */
export function cbor(options: CborOptions = {}): Codec<unknown> {
  return new CborCodec(resolveOptions(options));
}

class CborCodec implements Codec<unknown> {
  readonly name = 'cbor';
  readonly #settings: CborSettings;
  readonly #encoder: Encoder;
  readonly #decoder: Decoder;
  #isEncoding = false;

  constructor(settings: CborSettings) {
    this.#settings = settings;
    this.#encoder = new Encoder(settings);
    this.#decoder = new Decoder(settings);
  }

  encode(value: unknown): Uint8Array {
    // A getter of the value that is being encoded may come here again.
    const isInner = this.#isEncoding;
    const encoder = isInner ? new Encoder(this.#settings) : this.#encoder;
    this.#isEncoding = true;
    try {
      return encoder.encode(value);
    } catch (error) {
      throw explainFailure(error, value);
    } finally {
      this.#isEncoding = isInner;
    }
  }

  decode(bytes: Uint8Array): unknown {
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      throw isStackOverflow(error) ? createStackError(error, { offset: 0 }) : error;
    }
  }
}

function explainFailure(error: unknown, value: unknown): unknown {
  if (error instanceof Refusal) return explainRefusal(error, value);
  if (error instanceof CodecError) return error;
  if (isStackOverflow(error)) return createStackError(error);
  return new CodecError('UNENCODABLE', 'Reading the value failed, see the cause', { cause: error });
}

/** The stack may have been nearly full when the codec was called. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

function createStackError(cause: unknown, details: { offset?: number } = {}): CodecError {
  return new CodecError(
    'TOO_DEEP',
    'The value nests deeper than the stack has room for: flatten it or lower maxDepth',
    { cause, details },
  );
}
