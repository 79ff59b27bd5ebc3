import { describe } from './failure.ts';
import { FieldType } from './field-type.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** An integer of 8, 16 or 32 bits, as a number. */
export abstract class IntegerType extends FieldType<number> {
  readonly notation: string;
  readonly minBytes: number;
  readonly min: number;
  readonly max: number;
  /** The least significant byte first; otherwise the most significant, which is network order. */
  readonly littleEndian: boolean;

  constructor(bits: 8 | 16 | 32, signed: boolean, littleEndian: boolean = false) {
    super();
    this.notation = `${signed ? 'i' : 'u'}${bits}${littleEndian ? 'le' : ''}`;
    this.minBytes = bits / 8;
    this.min = signed ? -(2 ** (bits - 1)) : 0;
    this.max = 2 ** (signed ? bits - 1 : bits) - 1;
    this.littleEndian = littleEndian;
  }

  protected check(writer: Writer, value: unknown): number {
    if (
      typeof value !== 'number' ||
      !Number.isInteger(value) ||
      value < this.min ||
      value > this.max
    ) {
      const range = `${this.min} to ${this.max}`;
      writer.fail('UNENCODABLE', `expected an integer from ${range}, got ${describe(value)}`);
    }
    return value;
  }
}

/** An integer that can count: unsigned, of 8, 16 or 32 bits. */
export abstract class UnsignedType extends IntegerType {
  constructor(bits: 8 | 16 | 32, littleEndian: boolean = false) {
    super(bits, false, littleEndian);
  }

  /** Writes a count over bytes that were reserved for it before it was known. */
  abstract writeAt(writer: Writer, offset: number, count: number): void;

  write(writer: Writer, value: unknown): void {
    const number = this.check(writer, value);
    this.writeAt(writer, writer.reserve(this.minBytes), number);
  }
}

class U8 extends UnsignedType {
  read(reader: Reader): number {
    return reader.view.getUint8(reader.take(1));
  }
  writeAt(writer: Writer, offset: number, count: number): void {
    writer.view.setUint8(offset, count);
  }
}

class U16 extends UnsignedType {
  read(reader: Reader): number {
    return reader.view.getUint16(reader.take(2), this.littleEndian);
  }
  writeAt(writer: Writer, offset: number, count: number): void {
    writer.view.setUint16(offset, count, this.littleEndian);
  }
}

class U32 extends UnsignedType {
  read(reader: Reader): number {
    return reader.view.getUint32(reader.take(4), this.littleEndian);
  }
  writeAt(writer: Writer, offset: number, count: number): void {
    writer.view.setUint32(offset, count, this.littleEndian);
  }
}

class I8 extends IntegerType {
  read(reader: Reader): number {
    return reader.view.getInt8(reader.take(1));
  }
  write(writer: Writer, value: unknown): void {
    const number = this.check(writer, value);
    const offset = writer.reserve(1);
    writer.view.setInt8(offset, number);
  }
}

class I16 extends IntegerType {
  read(reader: Reader): number {
    return reader.view.getInt16(reader.take(2), this.littleEndian);
  }
  write(writer: Writer, value: unknown): void {
    const number = this.check(writer, value);
    const offset = writer.reserve(2);
    writer.view.setInt16(offset, number, this.littleEndian);
  }
}

class I32 extends IntegerType {
  read(reader: Reader): number {
    return reader.view.getInt32(reader.take(4), this.littleEndian);
  }
  write(writer: Writer, value: unknown): void {
    const number = this.check(writer, value);
    const offset = writer.reserve(4);
    writer.view.setInt32(offset, number, this.littleEndian);
  }
}

/** An integer from 0 to 255, in 1 byte. */
export const u8: UnsignedType = new U8(8);
/** An integer from 0 to 65,535, in 2 bytes, big-endian. */
export const u16: UnsignedType = new U16(16);
/** An integer from 0 to 4,294,967,295, in 4 bytes, big-endian. */
export const u32: UnsignedType = new U32(32);
/** As {@link u16}, little-endian. */
export const u16le: UnsignedType = new U16(16, true);
/** As {@link u32}, little-endian. */
export const u32le: UnsignedType = new U32(32, true);
/** An integer from -128 to 127, in 1 byte, two's complement. */
export const i8: IntegerType = new I8(8, true);
/** An integer from -32,768 to 32,767, in 2 bytes, two's complement, big-endian. */
export const i16: IntegerType = new I16(16, true);
/** An integer from -2,147,483,648 to 2,147,483,647, in 4 bytes, two's complement, big-endian. */
export const i32: IntegerType = new I32(32, true);
/** As {@link i16}, little-endian. */
export const i16le: IntegerType = new I16(16, true, true);
/** As {@link i32}, little-endian. */
export const i32le: IntegerType = new I32(32, true, true);
