import { Count, checkSize, defaultMaxFieldBytes } from './counts.ts';
import type { CountedBytesOptions } from './counts.ts';
import { countOf, describe, jsonError } from './failure.ts';
import { FieldType } from './field-type.ts';
import { u16, u32, u8 } from './integers.ts';
import type { UnsignedType } from './integers.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

const hexadecimal = /^(?:[0-9a-f]{2}[\s:]?)*$/i;

function isOctet(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}

/** Bytes, which JSON writes as hexadecimal text, `0aff` or `0a ff`, or as an array of integers. */
abstract class BytesType extends FieldType<Uint8Array> {
  override toJson(value: unknown): unknown {
    return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  }

  override fromJson(value: unknown, path: string = ''): unknown {
    if (typeof value === 'string' && hexadecimal.test(value)) {
      return Buffer.from(value.replaceAll(/[\s:]/g, ''), 'hex');
    }
    if (Array.isArray(value) && value.every(isOctet)) return Uint8Array.from(value as number[]);
    throw jsonError(
      path,
      `expected bytes as hexadecimal text, "0aff", or an array of integers from 0 to 255, got ${describe(value)}`,
    );
  }
}

class FixedBytesType extends BytesType {
  readonly notation: string;
  readonly minBytes: number;

  constructor(length: number) {
    super();
    this.minBytes = checkSize(length);
    this.notation = `bytes[${length}]`;
  }

  read(reader: Reader): Uint8Array {
    const start = reader.take(this.minBytes);
    return reader.copyBytes(start, start + this.minBytes);
  }

  write(writer: Writer, value: unknown): void {
    if (!(value instanceof Uint8Array) || value.length !== this.minBytes) {
      const length = countOf(this.minBytes, 'byte');
      writer.fail('UNENCODABLE', `expected a Uint8Array of ${length}, got ${describe(value)}`);
    }
    const start = writer.reserve(this.minBytes);
    writer.bytes.set(value, start);
  }
}

class CountedBytesType extends BytesType {
  readonly notation: string;
  readonly minBytes: number;
  readonly #count: Count;

  constructor(count: UnsignedType, maxBytes: number) {
    super();
    this.#count = new Count(count, maxBytes, defaultMaxFieldBytes, 'byte');
    this.minBytes = count.minBytes;
    this.notation = `bytes[${this.#count.notation}]`;
  }

  read(reader: Reader): Uint8Array {
    const length = this.#count.read(reader);
    const start = reader.take(length);
    return reader.copyBytes(start, start + length);
  }

  write(writer: Writer, value: unknown): void {
    if (!(value instanceof Uint8Array)) {
      writer.fail('UNENCODABLE', `expected a Uint8Array, got ${describe(value)}`);
    }
    this.#count.write(writer, value.length);
    const start = writer.reserve(value.length);
    writer.bytes.set(value, start);
  }
}

/** Exactly `length` bytes. Decoding gives a copy. */
export function bytesOf(length: number): FieldType<Uint8Array> {
  return new FixedBytesType(length);
}

/**
 * A count of the type `count`, then as many bytes. Decoding gives a copy, made only once the count is
 * known to be within the limit and the bytes to be there.
 */
export function bytesCounted(
  count: UnsignedType,
  options: CountedBytesOptions = {},
): FieldType<Uint8Array> {
  return new CountedBytesType(count, options.maxBytes ?? defaultMaxFieldBytes);
}

/** Up to 255 bytes after their count in 1 byte. */
export const bytes8: FieldType<Uint8Array> = bytesCounted(u8);
/** Up to 65,535 bytes after their count in 2 bytes. */
export const bytes16: FieldType<Uint8Array> = bytesCounted(u16);
/** Up to 1 MiB after its count in 4 bytes. */
export const bytes32: FieldType<Uint8Array> = bytesCounted(u32);
