import { pathStep } from '../path.ts';
import { checkNumbers, listOf } from './choices.ts';
import { describe, FieldFailure } from './failure.ts';
import { FieldType } from './field-type.ts';
import type { EncodableOf, ValueOf } from './field-type.ts';
import type { IntegerType } from './integers.ts';
import { invalidLayout } from './layout-error.ts';
import type { Reader } from './reader.ts';
import type { AnyStructType, Simplify } from './struct.ts';
import type { Writer } from './writer.ts';

/** The alternatives of a union by name: the number that announces each, and its layout. */
export type Variants = Readonly<Record<string, readonly [number: number, body: AnyStructType]>>;

/** What a union decodes to: the fields of one alternative, and its name under `Tag`. */
export type UnionValue<Tag extends string, Declared extends Variants> = {
  [Name in keyof Declared & string]: Simplify<{ [Key in Tag]: Name } & ValueOf<Declared[Name][1]>>;
}[keyof Declared & string];

/** What a union encodes. */
export type UnionEncodable<Tag extends string, Declared extends Variants> = {
  [Name in keyof Declared & string]: Simplify<
    { readonly [Key in Tag]: Name } & EncodableOf<Declared[Name][1]>
  >;
}[keyof Declared & string];

interface Variant {
  readonly name: string;
  readonly number: number;
  readonly body: AnyStructType;
}

class UnionType<Value, Encodable> extends FieldType<Value, Encodable> {
  readonly notation: string;
  readonly minBytes: number;
  readonly #base: IntegerType;
  readonly #tag: string;
  readonly #byName: ReadonlyMap<unknown, Variant>;
  readonly #byNumber: ReadonlyMap<number, Variant>;
  readonly #expected: string;

  constructor(base: IntegerType, tag: string, declared: Variants) {
    super();
    const variants = Object.entries(declared).map(([name, [number, body]]) => {
      if (body.hasField(tag)) {
        throw invalidLayout(`${name} has a field named ${tag}, which is where its own name goes`);
      }
      return { name, number, body };
    });
    const numbers = variants.map(({ name, number }) => [name, number] as const);
    checkNumbers(base, numbers);
    if (tag === '__proto__' || tag === '') throw invalidLayout('Name the tag as a field is named');
    this.#base = base;
    this.#tag = tag;
    this.#byName = new Map(variants.map((variant) => [variant.name, variant]));
    this.#byNumber = new Map(variants.map((variant) => [variant.number, variant]));
    this.#expected = listOf(numbers.map(([name, number]) => `${name} (${number})`));
    this.minBytes = base.minBytes + Math.min(...variants.map(({ body }) => body.minBytes));
    const alternatives = variants.map(
      ({ name, number, body }) => `${name}=${number}${body.notation}`,
    );
    this.notation = `${base.notation}<${tag}>{${alternatives.join(',')}}`;
  }

  read(reader: Reader): Value {
    const { offset } = reader;
    const number = this.#base.read(reader);
    const variant = this.#byNumber.get(number);
    if (variant === undefined) throw this.#failTag(`${number}`, 'MALFORMED', offset);
    const value: Record<string, unknown> = { [this.#tag]: variant.name };
    variant.body.readInto(reader, value);
    return value as Value;
  }

  write(writer: Writer, value: unknown): void {
    if (typeof value !== 'object' || value === null) {
      writer.fail('UNENCODABLE', `expected an object, got ${describe(value)}`);
    }
    const given = value as Readonly<Record<string, unknown>>;
    const name = given[this.#tag];
    const variant = this.#byName.get(name);
    if (variant === undefined) throw this.#failTag(describe(name), 'UNENCODABLE', writer.offset);
    this.#base.write(writer, variant.number);
    variant.body.writeFrom(writer, given, this.#tag);
  }

  override toJson(value: unknown): unknown {
    return this.#bodyOf(value)?.toJson(value) ?? value;
  }

  override fromJson(value: unknown, path: string = ''): unknown {
    return this.#bodyOf(value)?.fromJson(value, path) ?? value;
  }

  /** The layout of the alternative that the value says it is. */
  #bodyOf(value: unknown): AnyStructType | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    return this.#byName.get(Reflect.get(value, this.#tag))?.body;
  }

  #failTag(found: string, code: 'MALFORMED' | 'UNENCODABLE', offset: number): FieldFailure {
    const problem = `expected ${this.#expected}, got ${found}`;
    return new FieldFailure(code, problem, offset).within(pathStep(this.#tag));
  }
}

/**
 * One of several structs, announced by a number of the type `base`. The value is the fields of the
 * struct and, under the name `tag`, that of the alternative: a discriminated union for TypeScript.
 * @throws {LayoutError} `INVALID_LAYOUT` for a number that `base` cannot hold, two equal ones, or an
 * alternative that has a field named `tag`.
 *
 * @example
 * ```ts
 * import { string8, struct, u8, union } from 'guichet/presentation';
 * const request = union(u8, 'kind', {
 *   login: [1, struct({ user: string8 })],
 *   quit: [2, struct({})],
 * });
 * const concrete = request.encode({ kind: 'login', user: 'zoe' });
 * if (concrete.join(' ') !== '1 3 122 111 101') throw new Error('number, count, text');
 * const value = request.decode(concrete);
 * if (value.kind !== 'login' || value.user !== 'zoe') throw new Error('somebody else');
 * ```
 */
export function union<const Tag extends string, const Declared extends Variants>(
  base: IntegerType,
  tag: Tag,
  variants: Declared,
): FieldType<UnionValue<Tag, Declared>, UnionEncodable<Tag, Declared>> {
  return new UnionType(base, tag, variants);
}
