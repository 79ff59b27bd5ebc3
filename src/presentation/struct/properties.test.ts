import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  array,
  arrayCounted,
  boolean,
  bytesCounted,
  bytesOf,
  CodecError,
  constant,
  enumeration,
  f32,
  f32le,
  f64,
  f64le,
  flags,
  i16,
  i16le,
  i32,
  i32le,
  i64,
  i64le,
  i8,
  ipv4,
  ipv4Octets,
  ipv6,
  mac,
  padding,
  parseLayout,
  string8,
  stringCounted,
  stringOf,
  struct,
  u16,
  u16le,
  u32,
  u32le,
  u64,
  u64le,
  u8,
  union,
} from 'guichet/presentation';
import type { AnyFieldType, FieldType } from 'guichet/presentation';

/** A layout and a value it carries. */
interface Sample {
  readonly type: FieldType<unknown>;
  readonly value: unknown;
}

/** A layout and where its values come from. */
interface Kind {
  readonly type: AnyFieldType;
  readonly values: fc.Arbitrary<unknown>;
}

function kind<Value>(type: AnyFieldType, values: fc.Arbitrary<Value>): fc.Arbitrary<Kind> {
  return fc.constant({ type, values });
}

const wellFormed = fc.string({ unit: 'binary', maxLength: 12 });
const octet = fc.nat(255);
const octets = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

const integers = [u8, u16, u32, u16le, u32le, i8, i16, i32, i16le, i32le].map((type) =>
  kind(type, fc.integer({ min: type.min, max: type.max })),
);

const scalars = fc.oneof(
  ...integers,
  kind(u64, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  kind(u64le, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  kind(i64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  kind(i64le, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  kind(f32, fc.float()),
  kind(f32le, fc.float()),
  kind(f64, fc.double()),
  kind(f64le, fc.double()),
  kind(boolean, fc.boolean()),
  kind(enumeration(u8, { ok: 0, error: 255 }), fc.constantFrom('ok', 'error')),
  kind(enumeration(i16le, { low: -300, high: 300 }), fc.constantFrom('low', 'high')),
  kind(
    flags(u16, ['fin', 'syn', 'ack']),
    fc.record(
      { fin: fc.boolean(), syn: fc.boolean(), ack: fc.boolean() },
      { noNullPrototype: true },
    ),
  ),
  kind(
    ipv4,
    octets(4).map((bytes) => ipv4.decode(bytes)),
  ),
  kind(ipv4Octets, fc.tuple(octet, octet, octet, octet)),
  kind(
    ipv6,
    octets(16).map((bytes) => ipv6.decode(bytes)),
  ),
  kind(
    mac,
    octets(6).map((bytes) => mac.decode(bytes)),
  ),
  fc.nat(9).chain((length) => kind(bytesOf(length), octets(length))),
  kind(bytesCounted(u16le, { maxBytes: 9 }), fc.uint8Array({ maxLength: 9 })),
  kind(string8, wellFormed),
  kind(stringCounted(u32, { maxBytes: 48 }), wellFormed),
  kind(
    stringOf(48),
    wellFormed.map((text) => text.replaceAll('\0', '')),
  ),
);

const names = fc.uniqueArray(
  fc.constantFrom('a', 'address', 'port', 'prénom', 'x1', '_y', '$z', 'toString'),
  {
    minLength: 0,
    maxLength: 5,
  },
);

const fillers: fc.Arbitrary<AnyFieldType> = fc.constantFrom(
  padding(3),
  constant(u16, 0xcafe),
  constant(i8, -1),
  constant(u64, 2n ** 60n),
  constant(bytesOf(2), Uint8Array.of(1, 2)),
);

function structs(depth: number): fc.Arbitrary<Kind & { readonly body: ReturnType<typeof struct> }> {
  return names
    .chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.array(kinds(depth - 1), { minLength: list.length, maxLength: list.length }),
        fc.option(fillers, { nil: undefined }),
      ),
    )
    .map(([list, members, filler]) => {
      const fields = new Map<string, AnyFieldType>();
      const values: Record<string, fc.Arbitrary<unknown>> = {};
      for (const [index, name] of list.entries()) {
        const member = members[index];
        if (member === undefined) continue;
        fields.set(name, member.type);
        values[name] = member.values;
      }
      if (filler !== undefined) fields.set('filler', filler);
      const body = struct(Object.fromEntries(fields));
      return { type: body, body, values: fc.record(values, { noNullPrototype: true }) };
    });
}

function unions(depth: number): fc.Arbitrary<Kind> {
  return fc.tuple(structs(depth - 1), structs(depth - 1)).map(([login, quit]) => ({
    type: union(u8, 'kind', { login: [1, login.body], quit: [200, quit.body] }),
    values: fc.oneof(
      login.values.map((value) => ({ kind: 'login', ...(value as object) })),
      quit.values.map((value) => ({ kind: 'quit', ...(value as object) })),
    ),
  }));
}

function arrays(depth: number): fc.Arbitrary<Kind> {
  const items = kinds(depth - 1).filter(({ type }) => type.minBytes > 0);
  return fc.oneof(
    fc.tuple(items, fc.nat(3)).map(([{ type, values }, length]) => ({
      type: array(type, length),
      values: fc.array(values, { minLength: length, maxLength: length }),
    })),
    fc.tuple(items, fc.constantFrom(u8, u16, u32le)).map(([{ type, values }, count]) => ({
      type: arrayCounted(count, type, { maxItems: 4 }),
      values: fc.array(values, { maxLength: 4 }),
    })),
  );
}

function kinds(depth: number): fc.Arbitrary<Kind> {
  if (depth <= 0) return scalars;
  return fc.oneof(
    { weight: 3, arbitrary: scalars },
    { weight: 1, arbitrary: structs(depth) },
    { weight: 1, arbitrary: arrays(depth) },
    { weight: 1, arbitrary: unions(depth) },
  );
}

/** Layouts of every kind, nested up to three deep, each with a value in its decoded form. */
const samples: fc.Arbitrary<Sample> = fc
  .oneof(structs(3), kinds(2))
  .chain(({ type, values }) =>
    values.map((value) => ({ type: type as FieldType<unknown>, value })),
  );

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof CodecError, String(error));
    assert.equal(typeof error.details['path'], 'string');
    assert.equal(typeof error.details['offset'], 'number');
    assert.ok(!error.message.includes('\n'));
    return error.code;
  }
  return 'none';
}

describe('any layout', () => {
  it('gives back any value it carries', () => {
    fc.assert(
      fc.property(samples, ({ type, value }) => {
        const bytes = type.encode(value);
        assert.ok(bytes.length >= type.minBytes);
        assert.deepEqual(type.decode(bytes), value);
        assert.deepEqual(type.decode(Uint8Array.from([9, ...bytes, 9]).subarray(1, -1)), value);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses a value cut at any byte as truncated, and one with a byte more', () => {
    fc.assert(
      fc.property(samples, ({ type, value }) => {
        const bytes = type.encode(value);
        for (let length = 0; length < bytes.length; length++) {
          assert.equal(
            codeOf(() => type.decode(bytes.subarray(0, length))),
            'TRUNCATED',
          );
        }
        assert.equal(
          codeOf(() => type.decode(Uint8Array.from([...bytes, 0]))),
          'TRAILING_BYTES',
        );
      }),
    );
  });

  it('throws nothing but its own errors on random bytes, and re-encodes what it accepts', () => {
    fc.assert(
      fc.property(
        samples,
        fc.uint8Array({ maxLength: 64 }),
        fc.nat(),
        ({ type, value }, noise, place) => {
          const damaged = Uint8Array.from(type.encode(value));
          if (damaged.length > 0) damaged[place % damaged.length] = noise[0] ?? 0;
          for (const bytes of [noise, damaged]) {
            if (codeOf(() => type.decode(bytes)) !== 'none') continue;
            const decoded = type.decode(bytes);
            assert.deepEqual(type.decode(type.encode(decoded)), decoded);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('throws nothing but its own errors on values of any shape', () => {
    fc.assert(
      fc.property(
        samples,
        fc.anything({ withBigInt: true, withMap: true }),
        ({ type, value }, thing) => {
          codeOf(() => type.encode(thing));
          if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
          const [name = 'more'] = Object.keys(value);
          codeOf(() => type.encode({ ...value, [name]: thing }));
          const withMore = { ...value, another: thing };
          assert.equal(
            codeOf(() => type.encode(withMore)),
            'UNENCODABLE',
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is read back from its own notation', () => {
    fc.assert(
      fc.property(samples, ({ type, value }) => {
        const layout = parseLayout(`{value:${type.notation}}`);
        assert.equal(layout.notation, `{value:${type.notation}}`);
        assert.deepEqual(layout.encode({ value }), type.encode(value));
      }),
    );
  });
});
