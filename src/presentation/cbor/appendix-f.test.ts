import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cbor, CodecError } from 'guichet/presentation';

/** RFC 8949, appendix F.1: for each sort of error, bytes that are not well-formed for it. */
const notWellFormed = {
  'the end of the bytes in a head':
    '18 19 1a 1b 1901 1a0102 1b01020304050607 38 58 78 98 9a01ff00 b8 d8 f8 f900 fa0000 fb000000',
  'a string shorter than it declares':
    '41 61 5affffffff00 5bffffffffffffffff010203 7affffffff00 7b7fffffffffffffff010203',
  'a map or array with fewer items than it declares':
    '81 818181818181818181 8200 a1 a20102 a100 a2000000',
  'a tag without content': 'c0',
  'an indefinite string without a break': '5f4100 7f6100',
  'an indefinite map or array without a break':
    '9f 9f0102 bf bf01020102 819f 9f8000 9f9f9f9f9fffffffff 9f819f819f9fffffff',
  'reserved additional information':
    '1c 1d 1e 3c 3d 3e 5c 5d 5e 7c 7d 7e 9c 9d 9e bc bd be dc dd de fc fd fe',
  'a simple value in two bytes that has one': 'f800 f801 f818 f81f',
  'a chunk of another type than its string':
    '5f00ff 5f21ff 5f6100ff 5f80ff 5fa0ff 5fc000ff 5fe0ff 7f4100ff',
  'a chunk that is indefinite itself': '5f5f4100ffff 7f7f6100ffff',
  'a break outside of everything indefinite': 'ff',
  'a break in a definite map or array or a tag':
    '81ff 8200ff a1ff a1ff00 a100ff a20000ff 9f81ff 9f829f819f9fffffffff',
  'a break in place of a value': 'bf00ff bf000000ff',
  'an integer or tag of indefinite length': '1f 3f df',
} as const;

const truncated = new Set([
  'the end of the bytes in a head',
  'a string shorter than it declares',
  'a map or array with fewer items than it declares',
  'a tag without content',
  'an indefinite string without a break',
  'an indefinite map or array without a break',
]);

describe('bytes that are not well-formed, RFC 8949, appendix F.1', () => {
  const codec = cbor();
  for (const [sort, examples] of Object.entries(notWellFormed)) {
    for (const hex of examples.split(' ')) {
      it(`are refused: ${sort}, ${hex}`, () => {
        const bytes = Buffer.from(hex, 'hex');
        assert.throws(
          () => codec.decode(bytes),
          (error) => {
            assert.ok(error instanceof CodecError);
            // BF01020102 has a key twice, which shows before the end; A1FF could not hold a value.
            if (truncated.has(sort) && hex !== 'bf01020102') assert.equal(error.code, 'TRUNCATED');
            else assert.match(error.code, /^(?:MALFORMED|TRUNCATED)$/);
            const { offset } = error.details;
            assert.ok(typeof offset === 'number' && offset >= 0 && offset <= bytes.length);
            return true;
          },
        );
      });
    }
  }

  it('are refused inside an array and a map as well', () => {
    for (const hex of Object.values(notWellFormed).flatMap((examples) => examples.split(' '))) {
      for (const [before, after] of [
        ['81', ''],
        ['a16161', ''],
        ['a1', '00'],
        ['d81c81', ''],
        ['d9010281', ''],
        ['d90103a100', ''],
        ['9f', 'ff'],
      ]) {
        const bytes = Buffer.from(`${before}${hex}${after}`, 'hex');
        // There the break is at home.
        if (before === '9f' && hex === 'ff') continue;
        assert.throws(() => codec.decode(bytes), CodecError, `${before} ${hex} ${after}`);
      }
    }
  });
});
