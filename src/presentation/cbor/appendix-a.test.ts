import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cbor, Simple, Tagged } from 'guichet/presentation';

/** What a row holds for: the bytes are the preferred ones of the value, or one of several forms. */
type Way = 'both ways' | 'decoded';

const oneTo25 = Array.from({ length: 25 }, (_, index) => index + 1);

/** RFC 8949, appendix A, row by row. A float that is an integer has in JavaScript an integer's form. */
const rows: readonly (readonly [diagnostic: string, hex: string, value: unknown, way: Way])[] = [
  ['0', '00', 0, 'both ways'],
  ['1', '01', 1, 'both ways'],
  ['10', '0a', 10, 'both ways'],
  ['23', '17', 23, 'both ways'],
  ['24', '1818', 24, 'both ways'],
  ['25', '1819', 25, 'both ways'],
  ['100', '1864', 100, 'both ways'],
  ['1000', '1903e8', 1000, 'both ways'],
  ['1000000', '1a000f4240', 1_000_000, 'both ways'],
  ['1000000000000', '1b000000e8d4a51000', 1_000_000_000_000, 'both ways'],
  ['18446744073709551615', '1bffffffffffffffff', 18_446_744_073_709_551_615n, 'both ways'],
  ['18446744073709551616', 'c249010000000000000000', 18_446_744_073_709_551_616n, 'both ways'],
  ['-18446744073709551616', '3bffffffffffffffff', -18_446_744_073_709_551_616n, 'both ways'],
  ['-18446744073709551617', 'c349010000000000000000', -18_446_744_073_709_551_617n, 'both ways'],
  ['-1', '20', -1, 'both ways'],
  ['-10', '29', -10, 'both ways'],
  ['-100', '3863', -100, 'both ways'],
  ['-1000', '3903e7', -1000, 'both ways'],
  ['0.0', 'f90000', 0, 'decoded'],
  ['-0.0', 'f98000', -0, 'both ways'],
  ['1.0', 'f93c00', 1, 'decoded'],
  ['1.1', 'fb3ff199999999999a', 1.1, 'both ways'],
  ['1.5', 'f93e00', 1.5, 'both ways'],
  ['65504.0', 'f97bff', 65_504, 'decoded'],
  ['100000.0', 'fa47c35000', 100_000, 'decoded'],
  ['3.4028234663852886e+38', 'fa7f7fffff', 3.4028234663852886e38, 'both ways'],
  ['1.0e+300', 'fb7e37e43c8800759c', 1e300, 'both ways'],
  ['5.960464477539063e-8', 'f90001', 5.960464477539063e-8, 'both ways'],
  ['0.00006103515625', 'f90400', 0.00006103515625, 'both ways'],
  ['-4.0', 'f9c400', -4, 'decoded'],
  ['-4.1', 'fbc010666666666666', -4.1, 'both ways'],
  ['Infinity', 'f97c00', Infinity, 'both ways'],
  ['NaN', 'f97e00', Number.NaN, 'both ways'],
  ['-Infinity', 'f9fc00', -Infinity, 'both ways'],
  ['Infinity', 'fa7f800000', Infinity, 'decoded'],
  ['NaN', 'fa7fc00000', Number.NaN, 'decoded'],
  ['-Infinity', 'faff800000', -Infinity, 'decoded'],
  ['Infinity', 'fb7ff0000000000000', Infinity, 'decoded'],
  ['NaN', 'fb7ff8000000000000', Number.NaN, 'decoded'],
  ['-Infinity', 'fbfff0000000000000', -Infinity, 'decoded'],
  ['false', 'f4', false, 'both ways'],
  ['true', 'f5', true, 'both ways'],
  ['null', 'f6', null, 'both ways'],
  ['undefined', 'f7', undefined, 'both ways'],
  ['simple(16)', 'f0', new Simple(16), 'both ways'],
  ['simple(255)', 'f8ff', new Simple(255), 'both ways'],
  [
    '0("2013-03-21T20:04:00Z")',
    'c074323031332d30332d32315432303a30343a30305a',
    new Date('2013-03-21T20:04:00Z'),
    'decoded',
  ],
  ['1(1363896240)', 'c11a514b67b0', new Date(1_363_896_240_000), 'both ways'],
  ['1(1363896240.5)', 'c1fb41d452d9ec200000', new Date(1_363_896_240_500), 'both ways'],
  ["23(h'01020304')", 'd74401020304', new Tagged(23, Uint8Array.of(1, 2, 3, 4)), 'both ways'],
  [
    "24(h'6449455446')",
    'd818456449455446',
    new Tagged(24, Uint8Array.of(0x64, 0x49, 0x45, 0x54, 0x46)),
    'both ways',
  ],
  [
    '32("http://www.example.com")',
    'd82076687474703a2f2f7777772e6578616d706c652e636f6d',
    new Tagged(32, 'http://www.example.com'),
    'both ways',
  ],
  ["h''", '40', new Uint8Array(), 'both ways'],
  ["h'01020304'", '4401020304', Uint8Array.of(1, 2, 3, 4), 'both ways'],
  ['""', '60', '', 'both ways'],
  ['"a"', '6161', 'a', 'both ways'],
  ['"IETF"', '6449455446', 'IETF', 'both ways'],
  [String.raw`"\"\\"`, '62225c', '"\\', 'both ways'],
  [String.raw`"\u00fc"`, '62c3bc', '\u00fc', 'both ways'],
  [String.raw`"\u6c34"`, '63e6b0b4', '\u6c34', 'both ways'],
  [String.raw`"\ud800\udd51"`, '64f0908591', '\ud800\udd51', 'both ways'],
  ['[]', '80', [], 'both ways'],
  ['[1, 2, 3]', '83010203', [1, 2, 3], 'both ways'],
  ['[1, [2, 3], [4, 5]]', '8301820203820405', [1, [2, 3], [4, 5]], 'both ways'],
  [
    '[1, 2, 3, …, 25]',
    '98190102030405060708090a0b0c0d0e0f101112131415161718181819',
    oneTo25,
    'both ways',
  ],
  ['{}', 'a0', {}, 'both ways'],
  [
    '{1: 2, 3: 4}',
    'a201020304',
    new Map([
      [1, 2],
      [3, 4],
    ]),
    'both ways',
  ],
  ['{"a": 1, "b": [2, 3]}', 'a26161016162820203', { a: 1, b: [2, 3] }, 'both ways'],
  ['["a", {"b": "c"}]', '826161a161626163', ['a', { b: 'c' }], 'both ways'],
  [
    '{"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}',
    'a56161614161626142616361436164614461656145',
    { a: 'A', b: 'B', c: 'C', d: 'D', e: 'E' },
    'both ways',
  ],
  ["(_ h'0102', h'030405')", '5f42010243030405ff', Uint8Array.of(1, 2, 3, 4, 5), 'decoded'],
  ['(_ "strea", "ming")', '7f657374726561646d696e67ff', 'streaming', 'decoded'],
  ['[_ ]', '9fff', [], 'decoded'],
  ['[_ 1, [2, 3], [_ 4, 5]]', '9f018202039f0405ffff', [1, [2, 3], [4, 5]], 'decoded'],
  ['[_ 1, [2, 3], [4, 5]]', '9f01820203820405ff', [1, [2, 3], [4, 5]], 'decoded'],
  ['[1, [2, 3], [_ 4, 5]]', '83018202039f0405ff', [1, [2, 3], [4, 5]], 'decoded'],
  ['[1, [_ 2, 3], [4, 5]]', '83019f0203ff820405', [1, [2, 3], [4, 5]], 'decoded'],
  [
    '[_ 1, 2, 3, …, 25]',
    '9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff',
    oneTo25,
    'decoded',
  ],
  ['{_ "a": 1, "b": [_ 2, 3]}', 'bf61610161629f0203ffff', { a: 1, b: [2, 3] }, 'decoded'],
  ['["a", {_ "b": "c"}]', '826161bf61626163ff', ['a', { b: 'c' }], 'decoded'],
  ['{_ "Fun": true, "Amt": -2}', 'bf6346756ef563416d7421ff', { Fun: true, Amt: -2 }, 'decoded'],
];

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe('the examples of RFC 8949, appendix A', () => {
  const codec = cbor();
  for (const [diagnostic, hex, value, way] of rows) {
    it(`${diagnostic} is ${hex}, ${way}`, () => {
      assert.deepEqual(codec.decode(Buffer.from(hex, 'hex')), value);
      if (way === 'both ways') assert.equal(toHex(codec.encode(value)), hex);
    });
  }

  it('lose nothing when decoded, encoded in the preferred form and decoded again', () => {
    for (const [, hex, value] of rows) {
      assert.deepEqual(codec.decode(codec.encode(codec.decode(Buffer.from(hex, 'hex')))), value);
    }
  });

  it('end too early at every byte but the last', () => {
    for (const [, hex] of rows) {
      const whole = Buffer.from(hex, 'hex');
      for (let length = 0; length < whole.length; length += 1) {
        assert.throws(() => codec.decode(whole.subarray(0, length)), { code: 'TRUNCATED' });
      }
    }
  });
});
