import { shorten } from '../path.ts';
import { asBuffer } from '../utf8.ts';
import { checkSize } from './counts.ts';
import { FieldType } from './field-type.ts';
import { BigIntegerType } from './big-integers.ts';
import { IntegerType } from './integers.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** Bytes that are in the layout and not in the value: a struct's value has no such field. */
export abstract class FillerType extends FieldType<undefined> {
  readonly isFiller = true;
}

class PaddingType extends FillerType {
  readonly notation: string;
  readonly minBytes: number;

  constructor(length: number) {
    super();
    this.minBytes = checkSize(length);
    this.notation = `pad[${length}]`;
  }

  read(reader: Reader): undefined {
    reader.take(this.minBytes);
  }

  write(writer: Writer): void {
    const start = writer.reserve(this.minBytes);
    writer.bytes.fill(0, start, start + this.minBytes);
  }
}

class ConstantType<Value, Encodable> extends FillerType {
  readonly notation: string;
  readonly minBytes: number;
  readonly #expected: Uint8Array;

  constructor(type: FieldType<Value, Encodable>, value: Encodable) {
    super();
    this.#expected = type.encode(value);
    this.minBytes = this.#expected.length;
    const isInteger = type instanceof IntegerType || type instanceof BigIntegerType;
    this.notation = `${type.notation}=${isInteger ? value : toHex(this.#expected)}`;
  }

  read(reader: Reader): undefined {
    const start = reader.take(this.minBytes);
    const expected = this.#expected;
    for (let index = 0; index < expected.length; index++) {
      if (reader.bytes[start + index] !== expected[index]) {
        const found = toHex(reader.bytes.subarray(start, start + expected.length));
        reader.fail(
          'MALFORMED',
          `expected ${shorten(toHex(expected))}, got ${shorten(found)}`,
          start,
        );
      }
    }
  }

  write(writer: Writer): void {
    const start = writer.reserve(this.minBytes);
    writer.bytes.set(this.#expected, start);
  }
}

/** The bytes as `0x…`, two digits each. */
function toHex(bytes: Uint8Array): string {
  return `0x${asBuffer(bytes).toString('hex')}`;
}

/** `length` bytes without meaning: written as zeros, and whatever they are when read. */
export function padding(length: number): FillerType {
  return new PaddingType(length);
}

/**
 * Bytes that are always the same, such as a magic number or a version: those of `value` as `type`
 * encodes it. Written by themselves, and any others are refused when read.
 * @throws {CodecError} when `type` cannot encode `value`.
 *
 * @example
 * ```ts
 * import { constant, struct, u16, u8 } from 'guichet/presentation';
 * const packet = struct({ magic: constant(u16, 0xcafe), length: u8 });
 * const { length } = packet.decode(new Uint8Array([0xca, 0xfe, 7]));
 * if (length !== 7) throw new Error('the magic number is not part of the value');
 * ```
 */
export function constant<Value, Encodable>(
  type: FieldType<Value, Encodable>,
  value: Encodable,
): FillerType {
  return new ConstantType(type, value);
}
