import { describe } from './failure.ts';
import { FieldType } from './field-type.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** The largest number that rounds to a finite 32-bit float: half a unit above the largest one. */
const maxFloat32 = 2 ** 128 - 2 ** 103;

const numberless: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** Floats, of which JSON writes all but three as numbers. */
abstract class FloatType extends FieldType<number> {
  override toJson(value: unknown): unknown {
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  }

  override fromJson(value: unknown): unknown {
    return numberless.get(value) ?? value;
  }
}

class Float32Type extends FloatType {
  readonly notation: string;
  readonly minBytes = 4;
  readonly #littleEndian: boolean;

  constructor(littleEndian: boolean) {
    super();
    this.notation = littleEndian ? 'f32le' : 'f32';
    this.#littleEndian = littleEndian;
  }

  read(reader: Reader): number {
    return reader.view.getFloat32(reader.take(4), this.#littleEndian);
  }

  write(writer: Writer, value: unknown): void {
    const number = checkNumber(writer, value);
    if (Number.isFinite(number) && Math.abs(number) >= maxFloat32) {
      writer.fail('UNENCODABLE', `expected a number a 32-bit float can hold, got ${number}`);
    }
    const offset = writer.reserve(4);
    writer.view.setFloat32(offset, number, this.#littleEndian);
  }
}

class Float64Type extends FloatType {
  readonly notation: string;
  readonly minBytes = 8;
  readonly #littleEndian: boolean;

  constructor(littleEndian: boolean) {
    super();
    this.notation = littleEndian ? 'f64le' : 'f64';
    this.#littleEndian = littleEndian;
  }

  read(reader: Reader): number {
    return reader.view.getFloat64(reader.take(8), this.#littleEndian);
  }

  write(writer: Writer, value: unknown): void {
    const number = checkNumber(writer, value);
    const offset = writer.reserve(8);
    writer.view.setFloat64(offset, number, this.#littleEndian);
  }
}

function checkNumber(writer: Writer, value: unknown): number {
  if (typeof value !== 'number') {
    writer.fail('UNENCODABLE', `expected a number, got ${describe(value)}`);
  }
  return value;
}

/**
 * A 32-bit IEEE 754 float, big-endian. Numbers are rounded to its 24 significant bits, as they are in
 * any 32-bit float; one too large for it is refused rather than made infinite.
 */
export const f32: FieldType<number> = new Float32Type(false);
/** As {@link f32}, little-endian. */
export const f32le: FieldType<number> = new Float32Type(true);
/** A 64-bit IEEE 754 float, big-endian: any number exactly, NaN and infinities included. */
export const f64: FieldType<number> = new Float64Type(false);
/** As {@link f64}, little-endian. */
export const f64le: FieldType<number> = new Float64Type(true);
