import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  boolean,
  bytesOf,
  CodecError,
  f32,
  f32le,
  f64,
  f64le,
  i16,
  i16le,
  i32,
  i32le,
  i64,
  i64le,
  i8,
  ipv4,
  ipv6,
  stringOf,
  struct,
  u16,
  u16le,
  u32,
  u32le,
  u64,
  u64le,
  u8,
} from 'guichet/presentation';
import type { AnyFieldType, FieldType } from 'guichet/presentation';

/** A field of ours, the letter of Python's `struct` for it, and where its values come from. */
interface Counterpart {
  readonly letter: string;
  readonly big: AnyFieldType;
  readonly little: AnyFieldType;
  readonly values: fc.Arbitrary<unknown>;
}

const between = (type: { min: number; max: number }): fc.Arbitrary<number> =>
  fc.integer({ min: type.min, max: type.max });

const counterparts: readonly Counterpart[] = [
  { letter: 'B', big: u8, little: u8, values: between(u8) },
  { letter: 'b', big: i8, little: i8, values: between(i8) },
  { letter: 'H', big: u16, little: u16le, values: between(u16) },
  { letter: 'h', big: i16, little: i16le, values: between(i16) },
  { letter: 'I', big: u32, little: u32le, values: between(u32) },
  { letter: 'i', big: i32, little: i32le, values: between(i32) },
  { letter: 'Q', big: u64, little: u64le, values: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  {
    letter: 'q',
    big: i64,
    little: i64le,
    values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  },
  { letter: 'f', big: f32, little: f32le, values: fc.float({ noNaN: true }) },
  { letter: 'd', big: f64, little: f64le, values: fc.double({ noNaN: true }) },
  { letter: '?', big: boolean, little: boolean, values: fc.boolean() },
  {
    letter: '5s',
    big: bytesOf(5),
    little: bytesOf(5),
    values: fc.uint8Array({ minLength: 5, maxLength: 5 }),
  },
  {
    letter: '20s',
    big: stringOf(20),
    little: stringOf(20),
    values: fc.string({ unit: 'binary', maxLength: 5 }).map((text) => text.replaceAll('\0', '')),
  },
];

const records = fc
  .tuple(fc.boolean(), fc.array(fc.constantFrom(...counterparts), { minLength: 1, maxLength: 8 }))
  .chain(([isLittle, fields]) =>
    fc.tuple(...fields.map(({ values }) => values)).map((values) => ({ isLittle, fields, values })),
  );

/** A value as a Python expression. */
function toPython(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes.fromhex('${Buffer.from(value).toString('hex')}')`;
  if (typeof value === 'string') return toPython(Buffer.from(value));
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number' && !Number.isFinite(value)) return `float('${value}')`;
  return Object.is(value, -0) ? '-0.0' : `${value}`;
}

const hextet = fc.stringMatching(/^[0-9a-fA-F]{1,4}$/);
const dotted = fc.oneof(fc.ipV4(), fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,3}){2,4}$/));
const addressLike = fc.oneof(
  fc.ipV6(),
  dotted,
  fc
    .array(fc.oneof(fc.constant(''), hextet, fc.constant('0')), { maxLength: 9 })
    .map((list) => list.join(':')),
  fc
    .tuple(fc.array(hextet, { maxLength: 7 }), dotted)
    .map(([list, tail]) => [...list, tail].join(':')),
  fc
    .tuple(fc.array(hextet, { maxLength: 4 }), dotted)
    .map(([list, tail]) => `${list.join(':')}::${tail}`),
  fc.stringMatching(/^[0-9a-g:.%]{1,20}$/),
);

/** Mostly zeros, so that runs of them of every length and place come up. */
const sparseAddress = fc
  .array(fc.constantFrom(0, 0, 0, 1, 0xffff, 0x0db8), { minLength: 8, maxLength: 8 })
  .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 0xff])));

function encodeOrNone(type: FieldType<string>, text: string): string {
  try {
    return Buffer.from(type.encode(text)).toString('hex');
  } catch (error) {
    assert.ok(error instanceof CodecError);
    return 'none';
  }
}

const python = '/usr/bin/python3';

describe('Python', () => {
  const cases = fc
    .sample(records, { numRuns: 500, seed: 2 })
    .map(({ isLittle, fields, values }) => {
      const layout: FieldType<unknown> = struct(
        Object.fromEntries(
          fields.map(({ big, little }, index) => [`field${index}`, isLittle ? little : big]),
        ),
      );
      const format = (isLittle ? '<' : '>') + fields.map(({ letter }) => letter).join('');
      const value = Object.fromEntries(values.map((field, index) => [`field${index}`, field]));
      return { layout, format, values, value };
    });
  const addresses = fc.sample(
    fc.oneof(sparseAddress, fc.uint8Array({ minLength: 16, maxLength: 16 })),
    {
      numRuns: 500,
      seed: 3,
    },
  );
  const texts = fc.sample(addressLike, { numRuns: 2000, seed: 4 });

  const program = `
import ipaddress, json, socket, struct
def to_hex(family, text):
    try:
        return socket.inet_pton(family, text).hex()
    except OSError:
        return 'none'
packed = [
${cases.map(({ format, values }) => `    struct.pack('${format}', ${values.map(toPython).join(', ')}).hex(),`).join('\n')}
]
unpacked = [
${cases.map(({ layout, format, values, value }) => `    struct.unpack('${format}', ${toPython(layout.encode(value))}) == struct.unpack('${format}', struct.pack('${format}', ${values.map(toPython).join(', ')})),`).join('\n')}
]
addresses = [ipaddress.IPv6Address(bytes.fromhex(text)) for text in ${JSON.stringify(addresses.map((address) => Buffer.from(address).toString('hex')))}]
texts = ${JSON.stringify(texts)}
print(json.dumps({
    'packed': packed,
    'unpacked': all(unpacked),
    'ipv6': [f'::ffff:{address.ipv4_mapped}' if address.ipv4_mapped else address.compressed for address in addresses],
    'ipv4': [str(ipaddress.IPv4Address(address.packed[12:])) for address in addresses],
    'pton6': [to_hex(socket.AF_INET6, text) for text in texts],
    'pton4': [to_hex(socket.AF_INET, text) for text in texts],
}))
`;
  const { stdout, stderr } = spawnSync(python, ['-'], {
    input: program,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  assert.equal(stderr, '');
  const answer = JSON.parse(stdout) as {
    packed: string[];
    unpacked: boolean;
    ipv6: string[];
    ipv4: string[];
    pton6: string[];
    pton4: string[];
  };

  it('packs the same values into the same bytes, and unpacks ours', () => {
    for (const [index, { layout, value, format }] of cases.entries()) {
      assert.equal(Buffer.from(layout.encode(value)).toString('hex'), answer.packed[index], format);
      assert.deepEqual(
        layout.decode(Buffer.from(answer.packed[index] ?? '', 'hex')),
        value,
        format,
      );
    }
    assert.equal(answer.unpacked, true);
  });

  it('writes the same canonical addresses', () => {
    assert.deepEqual(
      addresses.map((address) => ipv6.decode(address)),
      answer.ipv6,
    );
    assert.deepEqual(
      addresses.map((address) => ipv4.decode(address.subarray(12))),
      answer.ipv4,
    );
  });

  it('reads the same texts as addresses and refuses the same', () => {
    assert.deepEqual(
      texts.map((text) => encodeOrNone(ipv6, text)),
      answer.pton6,
    );
    assert.deepEqual(
      texts.map((text) => encodeOrNone(ipv4, text)),
      answer.pton4,
    );
    assert.ok(answer.pton6.some((found) => found !== 'none' && found.endsWith('00')));
    assert.ok(answer.pton6.includes('none'));
  });
});
