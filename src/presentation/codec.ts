import { GuichetError } from '../errors.ts';

/** Why a value could not become bytes, or bytes a value. */
export type CodecErrorCode =
  /** The bytes break the encoding's rules. */
  | 'MALFORMED'
  /** The bytes stop before the value is complete. */
  | 'TRUNCATED'
  /** Bytes are left after the value. */
  | 'TRAILING_BYTES'
  /** The value has no form in this encoding: a function, a number out of range, a missing field… */
  | 'UNENCODABLE'
  /** Nested deeper than the limit. */
  | 'TOO_DEEP'
  /** Longer, or more numerous, than the limit. */
  | 'TOO_LARGE'
  /** A limit in a codec's options that is not an integer within its bounds. */
  | 'INVALID_CODEC_LIMIT';

/**
 * What a codec throws. `details.offset` is the byte it concerns when decoding, `details.path` the
 * place in the value (`.students[3].name`), where they are known.
 */
export class CodecError extends GuichetError<CodecErrorCode> {}

/**
 * Turns one value into the bytes of one frame and back. Pure and synchronous; never keeps a reference
 * to the bytes it was given unless it says so; `decode` accepts exactly one whole value.
 */
export interface Codec<Value, Encodable = Value> {
  /** As it stands in an endpoint's scheme: `bytes`, `text`, `struct`, `json`, `cbor`. */
  readonly name: string;
  /** @throws {CodecError} when the value cannot be carried. */
  encode(value: Encodable): Uint8Array;
  /**
   * What `encode` gives, before it is made UTF-8: one line of well-formed text. A codec of text has it so
   * that many small messages can be made bytes together, which costs half.
   * @throws {CodecError} as `encode` does.
   */
  encodeText?(value: Encodable): string;
  /** @throws {CodecError} when the bytes are not one whole value. */
  decode(bytes: Uint8Array): Value;
  /**
   * What `decode` gives for ASCII: that part of a text which begins at `start` and ends before `end`. A
   * codec of text has it so that many small messages can be made text together.
   * @throws {CodecError} as `decode` does.
   */
  decodeText?(this: void, text: string, start: number, end: number): Value;
  /**
   * What `encode` is to be given for a value as JSON has it; `encode` still checks it. A codec of values
   * that JSON cannot write has it, and {@link Codec.toJson}, so that a command line can take and show them.
   * @throws {CodecError} `UNENCODABLE` when JSON's value stands for none.
   */
  fromJson?(value: unknown): unknown;
  /** What `decode` gave, as `fromJson` takes it. */
  toJson?(value: unknown): unknown;
}
