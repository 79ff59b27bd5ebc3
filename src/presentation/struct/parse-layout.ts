import { defaultMaxFrameBytes } from '../../framing/framing.ts';
import { CodecError } from '../codec.ts';
import { ipv4, ipv4Octets, ipv6, mac } from './addresses.ts';
import { array, arrayCounted } from './arrays.ts';
import { BigIntegerType, i64, i64le, u64, u64le } from './big-integers.ts';
import type { CountedBytesOptions } from './counts.ts';
import { bytes16, bytes32, bytes8, bytesCounted, bytesOf } from './byte-fields.ts';
import { boolean, enumeration, flags } from './choices.ts';
import type { AnyFieldType, FieldType } from './field-type.ts';
import { constant, padding } from './fillers.ts';
import { f32, f32le, f64, f64le } from './floats.ts';
import { i16, i16le, i32, i32le, i8, IntegerType, UnsignedType } from './integers.ts';
import { u16, u16le, u32, u32le, u8 } from './integers.ts';
import { LayoutError } from './layout-error.ts';
import { LayoutText } from './layout-text.ts';
import { string16, string32, string8, stringCounted, stringOf } from './strings.ts';
import { struct } from './struct.ts';
import type { AnyStructType, Fields, StructType } from './struct.ts';
import { union } from './union.ts';

/** The limits of {@link parseLayout}. */
export interface ParseLayoutOptions {
  /** How deep braces may nest, the outermost included, and arrays. Default 32. */
  readonly maxDepth?: number;
  /** How many names, of fields, alternatives and flags, the layout may have. Default 1,024. */
  readonly maxNames?: number;
  /** The longest encoding of a value, in bytes, both ways. Default 1,048,576 (1 MiB). */
  readonly maxBytes?: number;
}

/** A layout read from a text: what its values are is known when it runs, not when it is compiled. */
export type ParsedLayout = StructType<Record<string, unknown>, Readonly<Record<string, unknown>>>;

const simpleTypes: ReadonlyMap<string, AnyFieldType> = new Map<string, AnyFieldType>([
  ['u8', u8],
  ['u16', u16],
  ['u32', u32],
  ['u64', u64],
  ['i8', i8],
  ['i16', i16],
  ['i32', i32],
  ['i64', i64],
  ['f32', f32],
  ['f64', f64],
  ['u16le', u16le],
  ['u32le', u32le],
  ['u64le', u64le],
  ['i16le', i16le],
  ['i32le', i32le],
  ['i64le', i64le],
  ['f32le', f32le],
  ['f64le', f64le],
  ['boolean', boolean],
  ['ipv4', ipv4],
  ['ipv4Octets', ipv4Octets],
  ['ipv6', ipv6],
  ['mac', mac],
  ['string8', string8],
  ['string16', string16],
  ['string32', string32],
  ['bytes8', bytes8],
  ['bytes16', bytes16],
  ['bytes32', bytes32],
]);

interface CountedSize {
  readonly count: UnsignedType;
  readonly max: number | undefined;
}

/** What stands between brackets. */
type Size = { readonly length: number } | CountedSize;

/** The types that mean nothing without a size, and what each makes of one. */
const sizedTypes: ReadonlyMap<string, (size: Size) => AnyFieldType | undefined> = new Map<
  string,
  (size: Size) => AnyFieldType | undefined
>([
  [
    'string',
    (size) => ('length' in size ? stringOf(size.length) : stringCounted(...counted(size))),
  ],
  ['bytes', (size) => ('length' in size ? bytesOf(size.length) : bytesCounted(...counted(size)))],
  ['pad', (size) => ('length' in size ? padding(size.length) : undefined)],
]);

function counted({ count, max }: CountedSize): [UnsignedType, CountedBytesOptions] {
  return [count, max === undefined ? {} : { maxBytes: max }];
}

/** Every name of a type that a layout's text may use, those that need a size with `[]`. */
export const layoutTypeNames: readonly string[] = [
  ...simpleTypes.keys(),
  ...Array.from(sizedTypes.keys(), (name) => `${name}[]`),
];

/**
 * Reads a layout from one line of text, for command lines and endpoints: `address:ipv4,port:u16`.
 *
 * ```text
 * layout      = [ field { "," field } ]                 optionally between braces
 * field       = name ":" type [ "=" integer ]           with "=", a constant
 * type        = base { "[" size "]" }                   each size makes an array of what is before
 * base        = type name                               u8 … f64le, boolean, ipv4, string8 …
 *             | ( "string" | "bytes" | "pad" ) "[" size "]"
 *             | "{" layout "}"                          a struct
 *             | integer type "{" alternatives "}"       an enumeration: u8{ok=0,error=1}
 *             | unsigned type "(" name { "," name } ")" flags, the lowest bit first: u8(fin,syn)
 *             | integer type "<" name ">" "{" variants "}"
 *                                                       a union: u8<kind>{login=1{user:string8},quit=2}
 * size        = length | unsigned type [ "," maximum ]  [3] fixed; [u16], [u16,100] counted
 * alternative = name "=" integer
 * variant     = name "=" integer [ "{" layout "}" ]
 * ```
 *
 * Integers are decimal or, after `0x`, hexadecimal; the constant of any other type is its bytes in
 * hexadecimal. Space between tokens is free. The `notation` of every layout can be read back.
 * @throws {LayoutError} `LAYOUT_SYNTAX` or `UNKNOWN_FIELD_TYPE` with `details.offset`, or
 * `INVALID_LAYOUT`.
 *
 * @example
 * ```ts
 * import { LayoutError, parseLayout } from 'guichet/presentation';
 * const student = parseLayout('name:string8,marks:f32[3],home:{address:ipv4,port:u16}');
 * const value = { name: 'Zoé', marks: [12.5, 17, 9], home: { address: '127.0.0.1', port: 7000 } };
 * const bytes = student.encode(value);
 * if (bytes.length !== 5 + 12 + 6) throw new Error(`${bytes.length} bytes`);
 * try {
 *   parseLayout('port:u61');
 *   throw new Error('there is no u61');
 * } catch (error) {
 *   if (!(error instanceof LayoutError) || error.code !== 'UNKNOWN_FIELD_TYPE') throw error;
 * }
 * ```
 */
export function parseLayout(text: string, options: ParseLayoutOptions = {}): ParsedLayout {
  return new LayoutParser(text, options).parse();
}

class LayoutParser {
  readonly #text: LayoutText;
  readonly #maxDepth: number;
  readonly #maxNames: number;
  readonly #maxBytes: number;
  #depth = 0;
  #names = 0;

  constructor(text: string, options: ParseLayoutOptions) {
    this.#text = new LayoutText(text);
    this.#maxDepth = options.maxDepth ?? 32;
    this.#maxNames = options.maxNames ?? 1024;
    this.#maxBytes = options.maxBytes ?? defaultMaxFrameBytes;
  }

  parse(): ParsedLayout {
    const isBraced = this.#text.accept('{');
    const fields = this.#parseFields(isBraced ? '}' : '');
    if (isBraced) this.#text.expect('}');
    if (!this.#text.isAtEnd) throw this.#text.departure('expected "," or the end');
    return struct(fields, { maxBytes: this.#maxBytes });
  }

  #parseFields(end: '}' | ''): Fields {
    return Object.fromEntries(
      this.#parseNamed('the name of a field', end, () => {
        this.#text.expect(':');
        const type = this.#parseType();
        return this.#text.accept('=') ? this.#parseConstant(type) : type;
      }),
    );
  }

  /** Names, each with what `parseRest` reads after it, up to but without `end`. */
  #parseNamed<Rest>(expected: string, end: string, parseRest: () => Rest): Map<string, Rest> {
    const text = this.#text;
    const named = new Map<string, Rest>();
    if (this.#depth >= this.#maxDepth) {
      throw text.departure(`expected at most ${this.#maxDepth} levels of braces`);
    }
    if (end === '' ? text.isAtEnd : text.isNext(end)) return named;
    this.#depth++;
    do {
      const { offset } = text;
      const name = text.readName(expected);
      if (named.has(name)) throw text.duplicate(name, offset);
      if (++this.#names > this.#maxNames) {
        throw text.departure(`expected at most ${this.#maxNames} names`, offset);
      }
      named.set(name, parseRest());
    } while (text.accept(','));
    this.#depth--;
    return named;
  }

  #parseType(): AnyFieldType {
    const text = this.#text;
    let type = this.#parseBase();
    for (let dimension = 1; text.accept('['); dimension++) {
      if (dimension > this.#maxDepth) {
        throw text.departure(`expected at most ${this.#maxDepth} dimensions`);
      }
      const size = this.#parseSize();
      type =
        'length' in size
          ? array(type, size.length)
          : arrayCounted(size.count, type, size.max === undefined ? {} : { maxItems: size.max });
    }
    return type;
  }

  #parseBase(): AnyFieldType {
    const text = this.#text;
    if (text.accept('{')) return this.#parseStruct();
    const { offset } = text;
    const name = text.readName('the name of a type');
    const sized = sizedTypes.get(name);
    if (sized !== undefined) {
      text.expect('[');
      const type = sized(this.#parseSize());
      if (type === undefined) throw text.departure(`expected a length after ${name}`, offset);
      return type;
    }
    const type = simpleTypes.get(name);
    if (type === undefined) throw unknownType(name, offset);
    if (type instanceof IntegerType) return this.#parseInteger(type);
    return type;
  }

  /** What follows the name of an integer type may make more of it. */
  #parseInteger(base: IntegerType): AnyFieldType {
    const text = this.#text;
    const { offset } = text;
    if (text.accept('<')) return this.#parseUnion(base);
    if (text.accept('{')) {
      const numbers = this.#parseNamed('the name of an alternative', '}', () =>
        this.#parseNumber(),
      );
      text.expect('}');
      return enumeration(base, Object.fromEntries(numbers));
    }
    if (text.accept('(')) {
      if (!(base instanceof UnsignedType)) {
        throw text.departure(`expected an unsigned type for flags, not ${base.notation}`, offset);
      }
      const names = this.#parseNamed('the name of a flag', ')', () => true);
      text.expect(')');
      return flags(base, [...names.keys()]);
    }
    return base;
  }

  #parseUnion(base: IntegerType): AnyFieldType {
    const text = this.#text;
    const tag = text.readName('the name of the tag');
    text.expect('>');
    text.expect('{');
    const variants = this.#parseNamed(
      'the name of an alternative',
      '}',
      (): [number, AnyStructType] => {
        const number = this.#parseNumber();
        return [number, text.accept('{') ? this.#parseStruct() : struct({})];
      },
    );
    text.expect('}');
    return union(base, tag, Object.fromEntries(variants));
  }

  /** The rest of a struct, its opening brace read. */
  #parseStruct(): AnyStructType {
    const fields = this.#parseFields('}');
    this.#text.expect('}');
    return struct(fields, { maxBytes: this.#maxBytes });
  }

  #parseNumber(): number {
    this.#text.expect('=');
    return toNumber(this.#text.readInteger());
  }

  /** The rest of a size, its opening bracket read, and the closing one. */
  #parseSize(): Size {
    const text = this.#text;
    const length = text.acceptInteger();
    if (length !== undefined) {
      text.expect(']');
      return { length: toNumber(length) };
    }
    const { offset } = text;
    const name = text.readName('a length or the name of an unsigned type');
    const count = simpleTypes.get(name);
    if (count === undefined) throw unknownType(name, offset);
    if (!(count instanceof UnsignedType)) {
      throw text.departure('expected a length or one of u8, u16, u32, u16le, u32le', offset);
    }
    const max = text.accept(',') ? toNumber(text.readInteger()) : undefined;
    text.expect(']');
    return { count, max };
  }

  #parseConstant(type: AnyFieldType): AnyFieldType {
    const text = this.#text;
    const { offset } = text;
    const digits = text.readInteger();
    try {
      if (type instanceof IntegerType) return constant(type, toNumber(digits));
      if (type instanceof BigIntegerType) return constant(type, toBigInt(digits));
      const valueType = type as FieldType<unknown>;
      const value = valueType.decode(Buffer.from(digits.slice(2), 'hex'));
      // Any slip of the pen, an odd digit or no 0x, comes back as other bytes.
      const again = Buffer.from(valueType.encode(value)).toString('hex');
      if (`0x${again}` === digits.toLowerCase()) return constant(valueType, value);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
    }
    throw text.departure(`expected a constant of the type ${type.notation}`, offset);
  }
}

function toBigInt(digits: string): bigint {
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
}

function toNumber(digits: string): number {
  return Number(toBigInt(digits));
}

function unknownType(name: string, offset: number): LayoutError {
  return new LayoutError(
    'UNKNOWN_FIELD_TYPE',
    `Unknown type ${name} at ${offset} of the layout: use one of ${layoutTypeNames.join(', ')}`,
    { details: { type: name, offset, known: layoutTypeNames } },
  );
}
