import { defaultMaxFrameBytes } from '../../framing/framing.ts';
import { CodecError } from '../codec.ts';
import type { Codec } from '../codec.ts';
import { toCodecError } from './failure.ts';
import { Reader } from './reader.ts';
import { borrowWriter, returnWriter } from './writer.ts';
import type { Writer } from './writer.ts';

/**
 * How one kind of value is laid out in bytes: what stands for a field of a `struct`, and by itself a
 * codec of such values. `Value` is what decoding gives, `Encodable` what encoding takes.
 *
 * Every type of a layout extends it, and one of your own does as well: read and write with the
 * reader's and the writer's methods, refuse with their `fail`, and the path and the offset come by
 * themselves.
 *
 * @example
 * ```ts
 * import { CodecError, u16 } from 'guichet/presentation';
 * const port = u16.encode(8080);
 * if (port[0] !== 0x1f || port[1] !== 0x90 || u16.decode(port) !== 8080) throw new Error('not big-endian');
 * try {
 *   u16.decode(new Uint8Array(1));
 *   throw new Error('one byte is no u16');
 * } catch (error) {
 *   if (!(error instanceof CodecError) || error.code !== 'TRUNCATED') throw error;
 * }
 * ```
 */
export abstract class FieldType<Value, Encodable = Value> implements Codec<Value, Encodable> {
  readonly name: string = 'struct';
  /** The type as `parseLayout` reads it, such as `u16` or `string[u8]`. */
  abstract readonly notation: string;
  /** The fewest bytes that a value takes. */
  abstract readonly minBytes: number;
  /** The longest encoding of a whole value, in bytes. */
  get maxBytes(): number {
    return defaultMaxFrameBytes;
  }

  /** Reads one value where the reader stands and leaves it after its last byte. */
  abstract read(reader: Reader): Value;
  /** Checks one value, from wherever it comes, and writes it where the writer stands. */
  abstract write(writer: Writer, value: unknown): void;

  /**
   * What `encode` is to be given for a value that came as JSON: itself, but for bytes, which are
   * hexadecimal text or an array of integers, 64-bit integers beyond 2^53 and floats without a number,
   * which are text. `encode` still checks it.
   *
   * @param _path the place in the value, for the error.
   * @throws {CodecError} `UNENCODABLE` with `details.path`.
   * @example
   * ```ts
   * import { parseLayout } from 'guichet/presentation';
   * const layout = parseLayout('id:u64,key:bytes8');
   * const value = layout.fromJson({ id: '18446744073709551615', key: '0a ff' });
   * const bytes = layout.encode(value as Record<string, unknown>);
   * const again = JSON.stringify(layout.toJson(layout.decode(bytes)));
   * if (again !== '{"id":"18446744073709551615","key":"0aff"}') throw new Error(again);
   * ```
   */
  fromJson(value: unknown, _path: string = ''): unknown {
    return value;
  }

  /** What `decode` gave, as {@link FieldType.fromJson} takes it. */
  toJson(value: unknown): unknown {
    return value;
  }

  /**
   * The bytes of one whole value.
   * @throws {CodecError} `UNENCODABLE` or `TOO_LARGE`, with `details.path` and `details.offset`.
   */
  encode(value: Encodable): Uint8Array {
    const writer = borrowWriter();
    try {
      writer.begin(this.maxBytes);
      this.write(writer, value);
      return writer.finish();
    } catch (error) {
      throw toCodecError(writer.failureOf(error));
    } finally {
      returnWriter(writer);
    }
  }

  /**
   * The value that the bytes are, from the first to the last of them.
   * @throws {CodecError} `MALFORMED`, `TRUNCATED`, `TRAILING_BYTES` or `TOO_LARGE`, with
   * `details.path` and `details.offset`.
   */
  decode(bytes: Uint8Array): Value {
    const { maxBytes } = this;
    if (bytes.length > maxBytes) {
      throw new CodecError(
        'TOO_LARGE',
        `At byte ${maxBytes}: expected at most ${maxBytes} bytes, got ${bytes.length}: raise maxBytes`,
        { details: { path: '', offset: maxBytes, length: bytes.length, limit: maxBytes } },
      );
    }
    const reader = new Reader(bytes);
    let value: Value;
    try {
      value = this.read(reader);
    } catch (error) {
      throw toCodecError(reader.failureOf(error));
    }
    if (reader.left > 0) {
      const { offset, left } = reader;
      throw new CodecError(
        'TRAILING_BYTES',
        `At byte ${offset}: expected the end of the value, got ${left} more`,
        { details: { path: '', offset, left } },
      );
    }
    return value;
  }
}

/** Any type of a layout, whatever its values. */
export type AnyFieldType = FieldType<unknown, never>;

/**
 * What decoding with a layout, or any codec, gives: `type Header = ValueOf<typeof header>`.
 *
 * @example
 * ```ts
 * import { ipv4, struct, u16, type ValueOf } from 'guichet/presentation';
 * const header = struct({ address: ipv4, port: u16 });
 * const home: ValueOf<typeof header> = { address: '127.0.0.1', port: 7000 };
 * if (header.encode(home).length !== 6) throw new Error('4 bytes and 2');
 * ```
 */
export type ValueOf<Type> = Type extends { decode(bytes: Uint8Array): infer Value } ? Value : never;

/** What encoding with a layout, or any codec, takes: as {@link ValueOf}, often a little wider. */
export type EncodableOf<Type> = Type extends { encode(value: infer Encodable): Uint8Array }
  ? Encodable
  : never;
