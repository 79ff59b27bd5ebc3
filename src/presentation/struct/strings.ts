import { Count, checkSize, defaultMaxFieldBytes } from './counts.ts';
import type { CountedBytesOptions } from './counts.ts';
import { FieldType } from './field-type.ts';
import { u16, u32, u8 } from './integers.ts';
import type { UnsignedType } from './integers.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

class FixedStringType extends FieldType<string> {
  readonly notation: string;
  readonly minBytes: number;

  constructor(length: number) {
    super();
    this.minBytes = checkSize(length);
    this.notation = `string[${length}]`;
  }

  read(reader: Reader): string {
    const start = reader.take(this.minBytes);
    const end = start + this.minBytes;
    const { bytes } = reader;
    let textEnd = start;
    while (textEnd < end && bytes[textEnd] !== 0) textEnd++;
    for (let at = textEnd; at < end; at++) {
      const byte = bytes[at];
      if (byte !== 0) reader.fail('MALFORMED', `expected NUL up to the end, got ${byte}`, at);
    }
    return reader.decodeText(start, textEnd);
  }

  write(writer: Writer, value: unknown): void {
    const start = writer.offset;
    if (typeof value === 'string' && value.includes('\0')) {
      // The padding would swallow it.
      writer.fail('UNENCODABLE', 'expected a string without NUL, got one');
    }
    const length = writer.writeText(value, this.minBytes);
    writer.reserve(this.minBytes - length);
    writer.bytes.fill(0, start + length, start + this.minBytes);
  }
}

class CountedStringType extends FieldType<string> {
  readonly notation: string;
  readonly minBytes: number;
  readonly #count: Count;

  constructor(count: UnsignedType, maxBytes: number) {
    super();
    this.#count = new Count(count, maxBytes, defaultMaxFieldBytes, 'byte');
    this.minBytes = count.minBytes;
    this.notation = `string[${this.#count.notation}]`;
  }

  read(reader: Reader): string {
    const length = this.#count.read(reader);
    const start = reader.take(length);
    return reader.decodeText(start, start + length);
  }

  write(writer: Writer, value: unknown): void {
    const start = writer.reserve(this.minBytes);
    const length = writer.writeText(value, this.#count.max);
    this.#count.writeAt(writer, start, length);
  }
}

/**
 * Text in exactly `length` bytes of UTF-8, filled up with NUL bytes, as C programs keep it. A text that
 * is longer, or holds a NUL, is refused; so are bytes after the first NUL that are not NUL.
 */
export function stringOf(length: number): FieldType<string> {
  return new FixedStringType(length);
}

/** A count of the type `count`, in bytes, then as many bytes of UTF-8. */
export function stringCounted(
  count: UnsignedType,
  options: CountedBytesOptions = {},
): FieldType<string> {
  return new CountedStringType(count, options.maxBytes ?? defaultMaxFieldBytes);
}

/** Text of up to 255 bytes of UTF-8 after their count in 1 byte. */
export const string8: FieldType<string> = stringCounted(u8);
/** Text of up to 65,535 bytes of UTF-8 after their count in 2 bytes. */
export const string16: FieldType<string> = stringCounted(u16);
/** Text of up to 1 MiB of UTF-8 after its count in 4 bytes. */
export const string32: FieldType<string> = stringCounted(u32);
