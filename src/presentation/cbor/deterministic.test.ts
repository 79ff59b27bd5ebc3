import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cbor } from 'guichet/presentation';
import { encodeHex, toHex } from '../../../test/support/cbor.ts';

describe('deterministic encoding', () => {
  const deterministic = cbor({ deterministic: true });

  it('does not depend on the order of keys and elements', () => {
    const one = { b: 1, a: [2], aa: 3, é: 4, '': 5, Z: 6 };
    const other = { Z: 6, '': 5, é: 4, aa: 3, a: [2], b: 1 };
    assert.equal(encodeHex(one, deterministic), encodeHex(other, deterministic));
    assert.equal(
      toHex(
        deterministic.encode(
          new Map([
            [1, 'x'],
            [2, 'y'],
          ]),
        ),
      ),
      toHex(
        deterministic.encode(
          new Map([
            [2, 'y'],
            [1, 'x'],
          ]),
        ),
      ),
    );
    assert.equal(
      encodeHex(new Set(['b', 1, null, 'a']), deterministic),
      encodeHex(new Set([null, 'a', 1, 'b']), deterministic),
    );
  });

  it('has the order of keys that RFC 8949, section 4.2.1, gives as its example', () => {
    const keys = [false, [-1], [100], 'aa', 'z', 100, -1, 10];
    const bytes = toHex(deterministic.encode(new Map(keys.map((key) => [key, null]))));
    assert.equal(bytes, 'a80af61864f620f6617af6626161f6811864f68120f6f4f6');
  });

  it('writes the keys of a Map in full, and shares the values', () => {
    const shared = ['shared'];
    const map = new Map<unknown, unknown>([
      ['list', [shared, shared]],
      [shared, 1],
    ]);
    const bytes = encodeHex(map, deterministic);
    assert.equal(bytes, 'a2646c69737482d81c8166736861726564d81d00816673686172656401');
  });

  it('refuses a Map with two keys of the same bytes', () => {
    assert.throws(
      () =>
        deterministic.encode(
          new Map([
            [[1], 1],
            [[1], 2],
          ]),
        ),
      { code: 'UNENCODABLE' },
    );
    assert.throws(() => deterministic.encode(new Set<unknown>([1, 1n])), { code: 'UNENCODABLE' });
  });
});
