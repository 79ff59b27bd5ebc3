import { describe, jsonError } from './failure.ts';
import { FieldType } from './field-type.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** An integer of 64 bits: always decoded as a bigint; an integer number is accepted when encoding. */
export class BigIntegerType extends FieldType<bigint, bigint | number> {
  readonly notation: string;
  readonly minBytes = 8;
  readonly #signed: boolean;
  readonly #littleEndian: boolean;

  constructor(signed: boolean, littleEndian: boolean) {
    super();
    this.notation = `${signed ? 'i' : 'u'}64${littleEndian ? 'le' : ''}`;
    this.#signed = signed;
    this.#littleEndian = littleEndian;
  }

  read(reader: Reader): bigint {
    const offset = reader.take(8);
    return this.#signed
      ? reader.view.getBigInt64(offset, this.#littleEndian)
      : reader.view.getBigUint64(offset, this.#littleEndian);
  }

  write(writer: Writer, value: unknown): void {
    const integer = this.#check(writer, value);
    const offset = writer.reserve(8);
    // Both setters write the same 64 bits; which of them it is shows in reading only.
    writer.view.setBigInt64(offset, integer, this.#littleEndian);
  }

  override toJson(value: unknown): unknown {
    if (typeof value !== 'bigint') return value;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }

  override fromJson(value: unknown, path: string = ''): unknown {
    if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw jsonError(path, `expected an integer of 2^53 or more as text, in quotes`);
    }
    return value;
  }

  #check(writer: Writer, value: unknown): bigint {
    // Beyond 2^53 a number may already have lost the digits meant.
    const integer =
      typeof value === 'bigint'
        ? value
        : typeof value === 'number' && Number.isSafeInteger(value)
          ? BigInt(value)
          : undefined;
    if (integer === undefined || this.#keep(integer) !== integer) {
      const range = this.#signed ? '-2^63 to 2^63-1' : '0 to 2^64-1';
      const expected = `expected a bigint, or a number below 2^53, from ${range}`;
      writer.fail('UNENCODABLE', `${expected}, got ${describe(value)}`);
    }
    return integer;
  }

  #keep(integer: bigint): bigint {
    return this.#signed ? BigInt.asIntN(64, integer) : BigInt.asUintN(64, integer);
  }
}

/** An integer from 0 to 2^64-1, a bigint, in 8 bytes, big-endian. */
export const u64: BigIntegerType = new BigIntegerType(false, false);
/** As {@link u64}, little-endian. */
export const u64le: BigIntegerType = new BigIntegerType(false, true);
/** An integer from -2^63 to 2^63-1, a bigint, in 8 bytes, two's complement, big-endian. */
export const i64: BigIntegerType = new BigIntegerType(true, false);
/** As {@link i64}, little-endian. */
export const i64le: BigIntegerType = new BigIntegerType(true, true);
