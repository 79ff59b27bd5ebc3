import { pathStep } from '../path.ts';
import { Count, checkSize, defaultMaxFieldItems } from './counts.ts';
import type { CountedItemsOptions } from './counts.ts';
import { describe } from './failure.ts';
import { FieldType } from './field-type.ts';
import type { UnsignedType } from './integers.ts';
import { invalidLayout } from './layout-error.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

abstract class ArrayType<Item, EncodableItem> extends FieldType<Item[], readonly EncodableItem[]> {
  readonly #item: FieldType<Item, EncodableItem>;

  constructor(item: FieldType<Item, EncodableItem>) {
    super();
    if (item.minBytes === 0) {
      // Else a short message could declare any number of items.
      throw invalidLayout(
        `An array's items must take at least 1 byte each, and ${item.notation} may not`,
      );
    }
    this.#item = item;
  }

  override toJson(value: unknown): unknown {
    return Array.isArray(value) ? value.map((item) => this.#item.toJson(item)) : value;
  }

  override fromJson(value: unknown, path: string = ''): unknown {
    if (!Array.isArray(value)) return value;
    return value.map((item, index) => this.#item.fromJson(item, path + pathStep(index)));
  }

  protected readItems(reader: Reader, count: number): Item[] {
    const item = this.#item;
    const items: Item[] = [];
    try {
      while (items.length < count) items.push(item.read(reader));
    } catch (error) {
      throw reader.failureOf(error).within(pathStep(items.length));
    }
    return items;
  }

  protected writeItems(writer: Writer, items: readonly unknown[]): void {
    const item = this.#item;
    let index = 0;
    try {
      for (; index < items.length; index++) item.write(writer, items[index]);
    } catch (error) {
      throw writer.failureOf(error).within(pathStep(index));
    }
  }
}

class FixedArrayType<Item, EncodableItem> extends ArrayType<Item, EncodableItem> {
  readonly notation: string;
  readonly minBytes: number;
  readonly #length: number;

  constructor(item: FieldType<Item, EncodableItem>, length: number) {
    super(item);
    this.#length = checkSize(length);
    this.minBytes = item.minBytes * length;
    this.notation = `${item.notation}[${length}]`;
  }

  read(reader: Reader): Item[] {
    return this.readItems(reader, this.#length);
  }

  write(writer: Writer, value: unknown): void {
    if (!Array.isArray(value) || value.length !== this.#length) {
      writer.fail('UNENCODABLE', `expected an array of ${this.#length}, got ${describe(value)}`);
    }
    this.writeItems(writer, value);
  }
}

class CountedArrayType<Item, EncodableItem> extends ArrayType<Item, EncodableItem> {
  readonly notation: string;
  readonly minBytes: number;
  readonly #count: Count;

  constructor(count: UnsignedType, item: FieldType<Item, EncodableItem>, maxItems: number) {
    super(item);
    this.#count = new Count(count, maxItems, defaultMaxFieldItems, 'item');
    this.minBytes = count.minBytes;
    this.notation = `${item.notation}[${this.#count.notation}]`;
  }

  read(reader: Reader): Item[] {
    return this.readItems(reader, this.#count.read(reader));
  }

  write(writer: Writer, value: unknown): void {
    if (!Array.isArray(value)) {
      writer.fail('UNENCODABLE', `expected an array, got ${describe(value)}`);
    }
    this.#count.write(writer, value.length);
    this.writeItems(writer, value);
  }
}

/**
 * Exactly `length` items, one after the other.
 * @throws {LayoutError} `INVALID_LAYOUT` for items that may take no byte at all.
 */
export function array<Item, EncodableItem>(
  item: FieldType<Item, EncodableItem>,
  length: number,
): FieldType<Item[], readonly EncodableItem[]> {
  return new FixedArrayType(item, length);
}

/**
 * A count of the type `count`, then as many items. The count is held to the limit before anything is
 * read, and memory is taken only as items come.
 * @throws {LayoutError} `INVALID_LAYOUT` for items that may take no byte at all.
 *
 * @example
 * ```ts
 * import { arrayCounted, CodecError, u16 } from 'guichet/presentation';
 * const ports = arrayCounted(u16, u16);
 * if (ports.encode([80, 443]).join(' ') !== '0 2 0 80 1 187') throw new Error('count, then items');
 * try {
 *   ports.decode(new Uint8Array([0, 2, 0, 80]));
 *   throw new Error('one item is missing');
 * } catch (error) {
 *   if (!(error instanceof CodecError) || error.code !== 'TRUNCATED') throw error;
 * }
 * ```
 */
export function arrayCounted<Item, EncodableItem>(
  count: UnsignedType,
  item: FieldType<Item, EncodableItem>,
  options: CountedItemsOptions = {},
): FieldType<Item[], readonly EncodableItem[]> {
  return new CountedArrayType(count, item, options.maxItems ?? defaultMaxFieldItems);
}
