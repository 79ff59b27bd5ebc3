import { defaultMaxFrameBytes } from '../../framing/framing.ts';
import { countOf } from './failure.ts';
import type { UnsignedType } from './integers.ts';
import { invalidLayout } from './layout-error.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** How many bytes a counted string or counted bytes may have unless told otherwise: 1 MiB. */
export const defaultMaxFieldBytes: number = defaultMaxFrameBytes;
/** How many items a counted array may have unless told otherwise. */
export const defaultMaxFieldItems: number = 65_536;

/** The limit of a counted string or counted bytes. */
export interface CountedBytesOptions {
  /** The most bytes, both ways; the count's type may hold fewer. Default 1,048,576 (1 MiB). */
  readonly maxBytes?: number;
}

/** The limit of a counted array. */
export interface CountedItemsOptions {
  /** The most items, both ways; the count's type may hold fewer. Default 65,536. */
  readonly maxItems?: number;
}

/** A count written before what it counts, and the limit it is held to before memory is taken. */
export class Count {
  readonly max: number;
  /** Between the brackets of a notation: `u16`, or `u16,100` with a limit of its own. */
  readonly notation: string;
  readonly minBytes: number;
  readonly #type: UnsignedType;
  readonly #noun: string;

  constructor(type: UnsignedType, max: number, defaultMax: number, noun: string) {
    checkSize(max);
    this.#type = type;
    this.#noun = noun;
    this.max = Math.min(max, type.max);
    this.minBytes = type.minBytes;
    this.notation = max === defaultMax ? type.notation : `${type.notation},${max}`;
  }

  /** @throws `TOO_LARGE` past the limit. */
  read(reader: Reader): number {
    const { offset } = reader;
    const count = this.#type.read(reader);
    if (count > this.max) reader.fail('TOO_LARGE', this.#excess(count), offset);
    return count;
  }

  /** @throws `TOO_LARGE` past the limit. */
  write(writer: Writer, count: number): void {
    if (count > this.max) writer.fail('TOO_LARGE', this.#excess(count));
    this.#type.write(writer, count);
  }

  /** Writes the count into bytes that were reserved for it. */
  writeAt(writer: Writer, offset: number, count: number): void {
    this.#type.writeAt(writer, offset, count);
  }

  #excess(count: number): string {
    return `expected at most ${countOf(this.max, this.#noun)}, got ${count}`;
  }
}

/** Refuses a length that is no integer from 0 to 2^32-1. */
export function checkSize(length: number): number {
  if (!Number.isInteger(length) || length < 0 || length > 0xffff_ffff) {
    throw invalidLayout(`A length must be an integer from 0 to 4294967295, not ${length}`);
  }
  return length;
}
