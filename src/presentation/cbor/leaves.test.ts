import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { Simple, Tagged } from 'guichet/presentation';
import { codec, copy, decodeHex, encodeHex } from '../../../test/support/cbor.ts';

describe('numbers', () => {
  it('take the shortest form that holds them exactly', () => {
    for (const [value, hex] of [
      [255, '18ff'],
      [256, '190100'],
      [65_535, '19ffff'],
      [65_536, '1a00010000'],
      [4_294_967_295, '1affffffff'],
      [4_294_967_296, '1b0000000100000000'],
      [Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'],
      [Number.MIN_SAFE_INTEGER, '3b001ffffffffffffe'],
      [-0x1_0000_0000, '3affffffff'],
      [2 ** 53, 'fa5a000000'],
      [-(2 ** 53), 'fada000000'],
      [2 ** 53 + 2, 'fb4340000000000001'],
      [2 ** -24, 'f90001'],
      [2 ** -25, 'fa33000000'],
      [2 ** -24 * 1.5, 'fa33c00000'],
      [1023 * 2 ** -24, 'f903ff'],
      [65_505.5, 'fa477fe180'],
      [-65_504.5, 'fac77fe080'],
      [2 ** -149, 'fa00000001'],
      [2 ** -1074, 'fb0000000000000001'],
      [2 ** 128, 'fb47f0000000000000'],
    ] as const) {
      assert.equal(encodeHex(value), hex, `${value}`);
      assert.equal(decodeHex(hex), value);
    }
  });

  it('come from all 65,536 half-precision floats and go back into them', () => {
    const halves = new Float16Array(1);
    const bits = new Uint16Array(halves.buffer);
    for (let half = 0; half < 0x1_0000; half += 1) {
      bits[0] = half;
      const [value = 0] = halves;
      const hex = `f9${half.toString(16).padStart(4, '0')}`;
      assert.equal(decodeHex(hex), value);
      if (Number.isInteger(value) && !Object.is(value, -0)) continue;
      assert.equal(encodeHex(value), Number.isNaN(value) ? 'f97e00' : hex);
    }
  });

  it('are bigints where a number would not be exact, however they were encoded', () => {
    assert.equal(decodeHex('1b0020000000000000'), 2n ** 53n);
    assert.equal(decodeHex('3b001fffffffffffff'), -(2n ** 53n));
    assert.equal(decodeHex('c24105'), 5);
    assert.equal(decodeHex('c34105'), -6);
    assert.equal(decodeHex('c240'), 0);
    assert.equal(decodeHex('c2480020000000000000'), 2n ** 53n);
    assert.equal(decodeHex('c25f410149000000000000000000ff'), 2n ** 72n);
    assert.equal(encodeHex(5n), '05');
    assert.equal(encodeHex(-(2n ** 64n)), '3bffffffffffffffff');
  });
});

describe('texts', () => {
  it('of every length go there and back, in ASCII or not', () => {
    for (const unit of ['a', 'é', '水', '😀', '\u0000', '\ufffd', '\ufeff']) {
      for (let length = 0; length < 300; length += 1) {
        const text = unit.repeat(length);
        const written = Buffer.from(text);
        assert.deepEqual(
          Buffer.from(codec.encode(text)).subarray(-written.length || Infinity),
          written,
        );
        assert.equal(copy(text), text);
      }
      const long = `${unit.repeat(70_000)}z`;
      assert.equal(copy(long), long);
    }
  });

  it('that are not UTF-8 are refused, each chunk by itself', () => {
    for (const hex of [
      '61ff',
      '62c328',
      '62c080',
      '63eda080',
      '64f4908080',
      '61c3',
      '7f61c361a9ff',
      `7820${'41'.repeat(31)}ff`,
    ]) {
      assert.throws(() => decodeHex(hex), { code: 'MALFORMED' }, hex);
    }
    assert.equal(decodeHex('63efbfbd'), '\ufffd');
  });

  it('are read as strictly as the platform reads UTF-8', () => {
    const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const byte = fc.constantFrom(
      0x41,
      0x7f,
      0x80,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xc3,
      0xdf,
      0xe0,
      0xed,
      0xf0,
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 18 }), (bytes) => {
        let expected: string | undefined;
        try {
          expected = utf8.decode(Uint8Array.from(bytes));
        } catch (error) {
          assert.ok(error instanceof TypeError);
        }
        const encoded = Buffer.from([0x82, 0x60 + bytes.length, ...bytes, 0x18, 0x80]);
        if (expected === undefined) {
          assert.throws(() => codec.decode(encoded), { code: 'MALFORMED' });
        } else assert.deepEqual(codec.decode(encoded), [expected, 0x80]);
      }),
      { numRuns: 20_000 },
    );
    for (let first = 0xc0; first <= 0xff; first += 1) {
      for (let second = 0; second <= 0xff; second += 1) {
        const text = Buffer.from([first, second]).toString();
        const encoded = Buffer.from([0x62, first, second]);
        if (text.includes('\ufffd')) {
          assert.throws(() => codec.decode(encoded), { code: 'MALFORMED' });
        } else assert.equal(codec.decode(encoded), text);
      }
    }
  });

  it('with half of a surrogate pair are refused, as values and as keys', () => {
    const half = '\ud83d';
    assert.throws(() => codec.encode({ list: [half] }), {
      code: 'UNENCODABLE',
      message: /^\.list\[0\] is a text with half of a surrogate pair/,
    });
    assert.throws(() => codec.encode({ [half]: 1 }), { code: 'UNENCODABLE' });
    assert.throws(() => codec.encode(new Map([[half, 1]])), { code: 'UNENCODABLE' });
  });
});

describe('dates', () => {
  it('are exact to the millisecond as far as a Date goes', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        assert.deepEqual(copy(date), date);
      }),
      { numRuns: 5_000 },
    );
    for (const milliseconds of [8.64e15, -8.64e15, 8.64e15 - 1, 1, -1]) {
      assert.deepEqual(copy(new Date(milliseconds)), new Date(milliseconds));
    }
  });

  it('come from RFC 3339 texts, and from nothing like them', () => {
    const read = (text: string): unknown =>
      codec.decode(Buffer.concat([Uint8Array.of(0xc0), codec.encode(text)]));
    for (const [text, iso] of [
      ['2013-03-21T20:04:00Z', '2013-03-21T20:04:00.000Z'],
      ['2013-03-21t20:04:00.5z', '2013-03-21T20:04:00.500Z'],
      ['2013-03-21T20:04:00.123456+01:30', '2013-03-21T18:34:00.123Z'],
      ['2024-02-29T23:59:59-00:00', '2024-02-29T23:59:59.000Z'],
      ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ] as const) {
      assert.deepEqual(read(text), new Date(iso));
    }
    for (const text of [
      '',
      '2013-03-21',
      '2013-03-21T20:04Z',
      '2013-03-21 20:04:00Z',
      '2013-03-21T20:04:00',
      '2013-02-29T00:00:00Z',
      '2013-04-31T00:00:00Z',
      '2013-13-01T00:00:00Z',
      '2013-00-01T00:00:00Z',
      '2013-01-00T00:00:00Z',
      '2013-03-21T24:00:00Z',
      '2016-12-31T23:59:60Z',
      '2013-03-21T20:04:00+24:00',
      'Thu, 21 Mar 2013 20:04:00 GMT',
    ]) {
      assert.throws(() => read(text), { code: 'MALFORMED' }, text);
    }
  });

  it('are refused when they are no moment', () => {
    assert.throws(() => codec.encode([new Date(Number.NaN)]), {
      code: 'UNENCODABLE',
      message: /^\[0\] is an invalid Date/,
    });
    for (const hex of [
      'c1f97e00',
      'c1f97c00',
      'c11b7fffffffffffffff',
      'c16130',
      'c1f6',
      'c1c24101',
      'c001',
      'c0f6',
    ]) {
      assert.throws(() => decodeHex(hex), { code: 'MALFORMED' }, hex);
    }
  });
});

describe('byte strings and typed arrays', () => {
  const arrays = [
    Uint8ClampedArray.of(0, 255),
    Uint16Array.of(1, 65_535),
    Uint32Array.of(1, 4_294_967_295),
    BigUint64Array.of(1n, 2n ** 64n - 1n),
    Int8Array.of(-128, 127),
    Int16Array.of(-32_768, 1),
    Int32Array.of(-2_147_483_648, 1),
    BigInt64Array.of(-(2n ** 63n), 1n),
    Float16Array.of(1.5, -Infinity),
    Float32Array.of(1.5, -0, Number.NaN),
    Float64Array.of(Math.PI, 5e-324),
  ];

  it('come back as the same sort of array with the same elements', () => {
    for (const array of arrays) {
      assert.deepEqual(copy(array), array);
      assert.deepEqual(copy(array.subarray(1)), array.subarray(1));
      assert.deepEqual(copy(array.subarray(2)), array.subarray(2));
    }
    assert.deepEqual(copy(Buffer.from('abc')), new Uint8Array(Buffer.from('abc')));
  });

  it('are read with the most significant byte first as well', () => {
    assert.deepEqual(decodeHex('d8404101'), Uint8Array.of(1));
    assert.deepEqual(decodeHex('d8414400010002'), Uint16Array.of(1, 2));
    assert.deepEqual(decodeHex('d8424400000001'), Uint32Array.of(1));
    assert.deepEqual(decodeHex('d843480000000000000001'), BigUint64Array.of(1n));
    assert.deepEqual(decodeHex('d84942fffe'), Int16Array.of(-2));
    assert.deepEqual(decodeHex('d84a44fffffffe'), Int32Array.of(-2));
    assert.deepEqual(decodeHex('d84b48fffffffffffffffe'), BigInt64Array.of(-2n));
    assert.deepEqual(decodeHex('d850423e00'), Float16Array.of(1.5));
    assert.deepEqual(decodeHex('d851443fc00000'), Float32Array.of(1.5));
    assert.deepEqual(decodeHex('d852483ff8000000000000'), Float64Array.of(1.5));
    assert.deepEqual(decodeHex('d856480000000000 00f83f'), Float64Array.of(1.5));
  });

  it('are refused when an element is cut, or when there are no bytes under the tag', () => {
    for (const hex of ['d84143000102', 'd8564401020304', 'd84501', 'd8458101']) {
      assert.throws(() => decodeHex(hex), { code: 'MALFORMED' }, hex);
    }
  });

  it('of 128-bit floats stay under their tag', () => {
    assert.deepEqual(decodeHex('d85340'), new Tagged(83, new Uint8Array()));
  });
});

describe('tags and simple values', () => {
  it('without a form are kept, up to the greatest tag', () => {
    for (const tag of [6, 24, 255, 65_535, 4_294_967_295, 2n ** 64n - 1n]) {
      assert.deepEqual(copy(new Tagged(tag, ['content'])), new Tagged(tag, ['content']));
    }
    assert.equal(new Tagged(7n, null).tag, 7);
  });

  it('of the codec itself are not to be written by hand', () => {
    assert.throws(() => codec.encode(new Tagged(28, [])), { code: 'UNENCODABLE' });
    assert.throws(() => codec.encode([new Tagged(29, 0)]), { code: 'UNENCODABLE' });
  });

  it('do not exist beyond their bounds', () => {
    for (const tag of [-1, 1.5, 2 ** 53, -1n, 2n ** 64n]) {
      assert.throws(() => new Tagged(tag, null), { code: 'UNENCODABLE' });
    }
    for (const value of [-1, 20, 23, 31, 256, 1.5]) {
      assert.throws(() => new Simple(value), { code: 'UNENCODABLE' });
    }
  });

  it('say nothing where they only say that CBOR follows', () => {
    assert.deepEqual(decodeHex('d9d9f783010203'), [1, 2, 3]);
  });
});
