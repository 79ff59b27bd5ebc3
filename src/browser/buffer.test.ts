import assert from 'node:assert/strict';
import { Buffer as NodeBuffer } from 'node:buffer';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { Buffer as PageBuffer } from './buffer.ts';
import { endianness, isDeepStrictEqual, types } from './platform.ts';

const both = [PageBuffer, NodeBuffer] as const;

suite('the buffer of a browser does what Node’s does', () => {
  test('with texts, whole and in part', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, start) => {
        const [page, node] = both.map((kind) => {
          const bytes = kind.from(text, 'utf8');
          const target = kind.alloc(4 * text.length + start);
          const written = target.write(text, start);
          return [[...bytes], bytes.toString(), written, [...target], kind.byteLength(text)];
        });
        assert.deepEqual(page, node);
      }),
    );
    assert.equal(PageBuffer.from('\uFEFFa').toString(), '\uFEFFa');
    assert.equal(PageBuffer.from('é').toString('utf8', 0, 1), '\uFFFD');
  });

  test('with bytes: joined, compared, copied, swapped, in hexadecimal', () => {
    const bytes = fc.uint8Array({ maxLength: 24 });
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        const [page, node] = both.map((kind) => {
          const joined = kind.concat([first, second]);
          const copy = kind.alloc(joined.length);
          const copied = joined.copy(copy, 0, Math.min(1, joined.length));
          const whole = kind.concat(Array.from({ length: 8 }, () => first));
          return [
            [...joined],
            kind.compare(first, second),
            copied,
            [...copy],
            joined.toString('hex'),
            [...kind.from(joined.toString('hex'), 'hex')],
            [...kind.from(whole).swap16()],
            [...kind.from(whole).swap32()],
            [...kind.from(whole).swap64()],
          ];
        });
        assert.deepEqual(page, node);
      }),
    );
  });

  test('with numbers', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (float, big) => {
          const [page, node] = both.map((kind) => {
            const target = kind.alloc(28);
            target.writeBigUInt64BE(big, target.writeDoubleBE(float, 0));
            target.writeFloatBE(float, 16);
            target.writeUInt16BE(65_534, target.writeUInt32BE(4_294_967_294, 20));
            target.writeUInt8(255, 26);
            const numbers = [
              target.readDoubleBE(0),
              target.readBigUInt64BE(8),
              target.readFloatBE(16),
            ];
            return [[...target], numbers, target.readUInt32BE(20)];
          });
          assert.deepEqual(page, node);
        },
      ),
    );
  });

  test('shares memory where Node’s does, and nowhere else', () => {
    for (const kind of both) {
      const memory = new ArrayBuffer(4);
      const view = kind.from(memory, 1, 2);
      view[0] = 7;
      assert.equal(new Uint8Array(memory)[1], 7);
      assert.equal(kind.isBuffer(view.subarray(1)), true);
      const bytes = Uint8Array.of(1);
      kind.from(bytes)[0] = 2;
      assert.equal(bytes[0], 1);
      assert.equal(kind.isBuffer(bytes), false);
    }
  });
});

test('what stands for node:util and node:os tells kinds, equality and order of bytes', () => {
  const kinds = [new Date(0), new Map(), new Set(), new Uint8Array(1), new Float64Array(1), {}, []];
  for (const value of kinds) {
    assert.deepEqual(
      Object.values(types).map((is) => is(value)),
      [
        value instanceof Date,
        value instanceof Map,
        value instanceof Set,
        ArrayBuffer.isView(value),
        value instanceof Uint8Array,
      ],
    );
  }
  assert.equal(endianness(), 'LE');
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (first, second) => {
      assert.ok(isDeepStrictEqual(first, structuredClone(first)));
      const text = [first, second].map((value) => JSON.stringify(value));
      if (isDeepStrictEqual(first, second)) assert.equal(text[0]?.length, text[1]?.length);
    }),
  );
  assert.ok(isDeepStrictEqual(new Map([[1, new Set([2])]]), new Map([[1, new Set([2])]])));
  assert.ok(!isDeepStrictEqual(new Date(1), new Date(2)) && !isDeepStrictEqual({ a: 1 }, { b: 1 }));
});
