import { shorten } from '../path.ts';
import { describe } from './failure.ts';
import { FieldType } from './field-type.ts';
import type { IntegerType, UnsignedType } from './integers.ts';
import { invalidLayout } from './layout-error.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

class BooleanType extends FieldType<boolean> {
  readonly notation = 'boolean';
  readonly minBytes = 1;

  read(reader: Reader): boolean {
    const offset = reader.take(1);
    const byte = reader.view.getUint8(offset);
    if (byte > 1) reader.fail('MALFORMED', `expected 0 or 1, got ${byte}`, offset);
    return byte === 1;
  }

  write(writer: Writer, value: unknown): void {
    if (typeof value !== 'boolean') {
      writer.fail('UNENCODABLE', `expected true or false, got ${describe(value)}`);
    }
    const offset = writer.reserve(1);
    writer.view.setUint8(offset, value ? 1 : 0);
  }
}

/** True or false, in 1 byte: 1 or 0, and any other byte is refused. */
export const boolean: FieldType<boolean> = new BooleanType();

class EnumerationType<Name extends string> extends FieldType<Name> {
  readonly notation: string;
  readonly minBytes: number;
  readonly #base: IntegerType;
  readonly #numbers: Map<string, number>;
  readonly #names: Map<number, Name>;
  readonly #expected: string;

  constructor(base: IntegerType, numbers: Readonly<Record<Name, number>>) {
    super();
    const entries = Object.entries(numbers) as [Name, number][];
    this.#base = base;
    this.#numbers = new Map(entries);
    this.#names = new Map(entries.map(([name, number]) => [number, name]));
    checkNumbers(base, entries);
    this.minBytes = base.minBytes;
    this.notation = `${base.notation}{${entries.map((entry) => entry.join('=')).join(',')}}`;
    this.#expected = `expected ${listOf(entries.map(([name, number]) => `${name} (${number})`))}`;
  }

  read(reader: Reader): Name {
    const { offset } = reader;
    const number = this.#base.read(reader);
    const name = this.#names.get(number);
    if (name === undefined) reader.fail('MALFORMED', `${this.#expected}, got ${number}`, offset);
    return name;
  }

  write(writer: Writer, value: unknown): void {
    const number = typeof value === 'string' ? this.#numbers.get(value) : undefined;
    if (number === undefined) {
      writer.fail('UNENCODABLE', `${this.#expected}, got ${describe(value)}`);
    }
    this.#base.write(writer, number);
  }
}

/**
 * One of a few names, each a number of the type `base`; any other is refused both ways.
 * @throws {LayoutError} `INVALID_LAYOUT` for a number that `base` cannot hold or two equal ones.
 *
 * @example
 * ```ts
 * import { enumeration, u8 } from 'guichet/presentation';
 * const status = enumeration(u8, { ok: 0, error: 1 });
 * const value: 'ok' | 'error' = status.decode(new Uint8Array([1]));
 * if (value !== 'error') throw new Error(value);
 * ```
 */
export function enumeration<const Name extends string>(
  base: IntegerType,
  numbers: Readonly<Record<Name, number>>,
): FieldType<Name> {
  return new EnumerationType(base, numbers);
}

class FlagsType<Name extends string> extends FieldType<Readonly<Record<Name, boolean>>> {
  readonly notation: string;
  readonly minBytes: number;
  readonly #base: UnsignedType;
  readonly #names: readonly Name[];

  constructor(base: UnsignedType, names: readonly Name[]) {
    super();
    const bits = base.minBytes * 8;
    if (names.length > bits) {
      throw invalidLayout(
        `${names.length} flags do not fit in the ${bits} bits of ${base.notation}`,
      );
    }
    if (new Set(names).size < names.length) throw invalidLayout('Two flags have the same name');
    if (names.includes('__proto__' as Name)) throw invalidLayout('No flag can be named __proto__');
    this.#base = base;
    this.#names = [...names];
    this.minBytes = base.minBytes;
    this.notation = `${base.notation}(${names.join(',')})`;
  }

  read(reader: Reader): Readonly<Record<Name, boolean>> {
    const { offset } = reader;
    let bits = this.#base.read(reader);
    const value = {} as Record<Name, boolean>;
    for (const name of this.#names) {
      value[name] = bits % 2 === 1;
      bits = Math.floor(bits / 2);
    }
    if (bits > 0) {
      reader.fail('MALFORMED', `expected only the flags ${listOf(this.#names)}, got more`, offset);
    }
    return value;
  }

  write(writer: Writer, value: unknown): void {
    if (typeof value !== 'object' || value === null) {
      writer.fail('UNENCODABLE', `expected an object of flags, got ${describe(value)}`);
    }
    const given = value as Readonly<Record<string, unknown>>;
    let bits = 0;
    for (const [index, name] of this.#names.entries()) {
      const flag = given[name];
      if (typeof flag !== 'boolean') {
        writer.fail(
          'UNENCODABLE',
          `expected the flag ${name} true or false, got ${describe(flag)}`,
        );
      }
      if (flag) bits += 2 ** index;
    }
    const unknown = Object.keys(given).find((name) => !this.#names.includes(name as Name));
    if (unknown !== undefined) {
      writer.fail(
        'UNENCODABLE',
        `expected the flags ${listOf(this.#names)}, got ${describe(unknown)}`,
      );
    }
    this.#base.write(writer, bits);
  }
}

/**
 * Named bits of an unsigned integer, the first name the least significant bit; the value has a
 * boolean for each. A bit without a name is refused.
 * @throws {LayoutError} `INVALID_LAYOUT` for more names than bits or two equal ones.
 *
 * @example
 * ```ts
 * import { flags, u8 } from 'guichet/presentation';
 * const control = flags(u8, ['fin', 'syn', 'rst', 'psh', 'ack']);
 * const { syn, ack, fin } = control.decode(new Uint8Array([0b10010]));
 * if (!syn || !ack || fin) throw new Error('the second step of a handshake has syn and ack');
 * ```
 */
export function flags<const Name extends string>(
  base: UnsignedType,
  names: readonly Name[],
): FieldType<Readonly<Record<Name, boolean>>> {
  return new FlagsType(base, names);
}

/** Refuses numbers that `base` cannot hold, and two names for the same number. */
export function checkNumbers(
  base: IntegerType,
  entries: readonly (readonly [name: string, number: number])[],
): void {
  if (entries.length === 0) throw invalidLayout('Name at least one alternative');
  const names = new Map<number, string>();
  for (const [name, number] of entries) {
    if (!Number.isInteger(number) || number < base.min || number > base.max) {
      throw invalidLayout(`${base.notation} cannot hold the number ${number} of ${name}`);
    }
    const other = names.get(number);
    if (other !== undefined)
      throw invalidLayout(`${other} and ${name} both have the number ${number}`);
    names.set(number, name);
  }
}

/** `a, b or c`, cut short when there are many. */
export function listOf(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return shorten(`${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`, 200);
}
