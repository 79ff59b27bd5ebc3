import { defaultMaxFrameBytes } from '../../framing/framing.ts';
import { pathStep } from '../path.ts';
import { listOf } from './choices.ts';
import { describe } from './failure.ts';
import { FieldType } from './field-type.ts';
import type { AnyFieldType, EncodableOf, ValueOf } from './field-type.ts';
import { FillerType } from './fillers.ts';
import { invalidLayout } from './layout-error.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** The fields of a layout by name, in the order of the bytes. */
export type Fields = Readonly<Record<string, AnyFieldType>>;

/** The limit of a layout. */
export interface StructOptions {
  /** The longest encoding of a whole value, in bytes, both ways. Default 1,048,576 (1 MiB). */
  readonly maxBytes?: number;
}

/** An intersection of object types as the one object type it amounts to. */
export type Simplify<Type> = { [Name in keyof Type]: Type[Name] };

/** What a layout of these fields decodes to: an object with each of them but the fillers. */
export type StructValue<Declared extends Fields> = Simplify<{
  -readonly [Name in keyof Declared as Declared[Name] extends FillerType ? never : Name]: ValueOf<
    Declared[Name]
  >;
}>;

/** What a layout of these fields encodes. */
export type StructEncodable<Declared extends Fields> = Simplify<{
  readonly [
    Name in keyof Declared as Declared[Name] extends FillerType ? never : Name
  ]: EncodableOf<Declared[Name]>;
}>;

/** A field as the loops below use it. */
interface Member {
  readonly name: string;
  readonly type: AnyFieldType;
  readonly isFiller: boolean;
}

const fieldName = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/** Named fields one after the other: a codec of objects, and the type of a field of another. */
export class StructType<Value, Encodable> extends FieldType<Value, Encodable> {
  readonly notation: string;
  readonly minBytes: number;
  readonly #maxBytes: number;
  readonly #members: readonly Member[];
  readonly #names: ReadonlySet<string>;

  /** Called by {@link struct}, which knows `Value` and `Encodable` from the fields. */
  constructor(fields: Fields, options: StructOptions = {}) {
    super();
    const entries = Object.entries(fields);
    this.#members = entries.map(([name, type]) => {
      // Other names are not kept in the order of their declaration, or would alter the prototype.
      if (!fieldName.test(name) || name === '__proto__') {
        throw invalidLayout(`A field cannot be named ${describe(name)}: use letters, digits and _`);
      }
      return { name, type, isFiller: type instanceof FillerType };
    });
    const named = this.#members.filter((member) => !member.isFiller);
    this.#names = new Set(named.map((member) => member.name));
    this.#maxBytes = options.maxBytes ?? defaultMaxFrameBytes;
    this.minBytes = entries.reduce((sum, [, type]) => sum + type.minBytes, 0);
    if (this.minBytes > this.#maxBytes) {
      throw invalidLayout(
        `The layout takes ${this.minBytes} bytes, over the limit of ${this.#maxBytes}: raise maxBytes`,
      );
    }
    this.notation = `{${entries.map(([name, type]) => `${name}:${type.notation}`).join(',')}}`;
  }

  override get maxBytes(): number {
    return this.#maxBytes;
  }

  /** Whether the value has a field of this name. */
  hasField(name: string): boolean {
    return this.#names.has(name);
  }

  read(reader: Reader): Value {
    const value: Record<string, unknown> = {};
    this.readInto(reader, value);
    return value as Value;
  }

  write(writer: Writer, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const fields = this.#names.size === 0 ? '' : ` with ${listOf([...this.#names])}`;
      writer.fail('UNENCODABLE', `expected an object${fields}, got ${describe(value)}`);
    }
    this.writeFrom(writer, value as Readonly<Record<string, unknown>>, '');
  }

  override toJson(value: unknown): unknown {
    return this.#mapFields(value, (field, type) => type.toJson(field));
  }

  override fromJson(value: unknown, path: string = ''): unknown {
    return this.#mapFields(value, (field, type, name) =>
      type.fromJson(field, path + pathStep(name)),
    );
  }

  /** A copy with each field that the layout has as `map` gives it; the others as they are. */
  #mapFields(
    value: unknown,
    map: (field: unknown, type: AnyFieldType, name: string) => unknown,
  ): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const copy: Record<string, unknown> = { ...value };
    for (const { name, type } of this.#members) {
      if (this.#names.has(name) && Object.hasOwn(copy, name)) {
        copy[name] = map(copy[name], type, name);
      }
    }
    return copy;
  }

  /** Reads the fields into an object that may have others already. */
  readInto(reader: Reader, value: Record<string, unknown>): void {
    const members = this.#members;
    let index = 0;
    try {
      for (const { name, type, isFiller } of members) {
        const field = type.read(reader);
        if (!isFiller) value[name] = field;
        index++;
      }
    } catch (error) {
      throw reader.failureOf(error).within(pathStep(members[index]?.name ?? ''));
    }
  }

  /** Writes the fields of an object that has no others, but for `tag`. */
  writeFrom(writer: Writer, value: Readonly<Record<string, unknown>>, tag: string): void {
    const members = this.#members;
    let index = 0;
    try {
      for (const { name, type, isFiller } of members) {
        type.write(writer, isFiller ? undefined : value[name]);
        index++;
      }
    } catch (error) {
      throw writer.failureOf(error).within(pathStep(members[index]?.name ?? ''));
    }
    const expected = this.#names.size + (tag === '' ? 0 : 1);
    if (Object.keys(value).length !== expected) this.#refuseOthers(writer, value, tag);
  }

  #refuseOthers(writer: Writer, value: object, tag: string): void {
    for (const name of Object.keys(value)) {
      if (this.#names.has(name) || name === tag) continue;
      const expected = this.#names.size === 0 ? 'no field' : `only ${listOf([...this.#names])}`;
      writer.fail('UNENCODABLE', `expected ${expected}, got the field ${describe(name)} as well`);
    }
  }
}

/** Any struct, whatever its fields. */
export type AnyStructType = StructType<unknown, never>;

/**
 * A layout: the named fields, one after the other without a gap, in the order in which they are
 * declared. The result is a codec of such objects, their TypeScript type inferred, and may itself be
 * the type of a field.
 *
 * Its errors are `CodecError`s whose `details.path` names the field, `.header.address` or
 * `.items[3].port`, and whose `details.offset` is the byte. Decoding refuses bytes left over;
 * encoding refuses fields that the layout does not have.
 * @throws {LayoutError} `INVALID_LAYOUT` for a field name that is no identifier, or when even the
 * shortest value would be longer than `maxBytes`.
 *
 * @example
 * ```ts
 * import { CodecError, ipv4, struct, u16 } from 'guichet/presentation';
 * const endpoint = struct({ address: ipv4, port: u16 });
 * const concrete = endpoint.encode({ address: '127.0.0.1', port: 7000 });
 * if (concrete.join(' ') !== '127 0 0 1 27 88') throw new Error('4 bytes, then 2 in network order');
 * if (endpoint.decode(concrete).port !== 7000) throw new Error('another port');
 * try {
 *   endpoint.decode(concrete.subarray(0, 5));
 *   throw new Error('a byte is missing');
 * } catch (error) {
 *   if (!(error instanceof CodecError) || error.details['path'] !== '.port') throw error;
 * }
 * ```
 */
export function struct<const Declared extends Fields>(
  fields: Declared,
  options: StructOptions = {},
): StructType<StructValue<Declared>, StructEncodable<Declared>> {
  return new StructType(fields, options);
}
