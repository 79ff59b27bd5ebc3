import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { cbor, Simple, Tagged } from 'guichet/presentation';
import { codec, copy, decodeHex, encodeHex, toHex } from '../../../test/support/cbor.ts';
import { describeValue, graphs } from '../../../test/support/graphs.ts';

describe('sharing, by tags 28 and 29', () => {
  it('marks only what is there more than once', () => {
    const shared = { a: 1 };
    assert.equal(encodeHex([shared, [2], shared]), '83d81ca16161018102d81d00');
  });

  it('numbers shared values in the order in which their marks stand, outer before inner', () => {
    const inner: unknown[] = [];
    const outer: unknown[] = [[[inner]], inner];
    // The second reference to `inner` comes before that to `outer`, whose mark stands first.
    outer.push(outer);
    assert.equal(encodeHex(outer), 'd81c838181d81c80d81d01d81d00');
  });

  it('numbers on past values that are not shared', () => {
    const first = ['first'];
    const second = ['second'];
    const decoded = copy({ x: [[first], { y: second }], alone: [], z: [second, first] });
    assert.equal(decoded.z[1], (decoded.x[0] as unknown[])[0]);
    assert.equal(decoded.z[0], (decoded.x[1] as { y: unknown }).y);
    assert.deepEqual(decoded.z, [['second'], ['first']]);
  });

  it('carries cycles through an object, an array, a Map, a Set and a tag', () => {
    const object: Record<string, unknown> = { name: 'object' };
    object['self'] = object;
    const decodedObject = copy(object);
    assert.equal(decodedObject['self'], decodedObject);

    const array: unknown[] = [1];
    array.push([array]);
    const decodedArray = copy(array);
    assert.equal((decodedArray[1] as unknown[])[0], decodedArray);

    const map = new Map<unknown, unknown>();
    map.set('value', map).set(map, 'key');
    const decodedMap = copy(map);
    assert.ok(decodedMap instanceof Map);
    assert.equal(decodedMap.get('value'), decodedMap);
    assert.equal(decodedMap.get(decodedMap), 'key');

    const named = new Map<string, unknown>([['a', 1]]);
    named.set('self', named);
    const decodedNamed = copy(named);
    assert.ok(decodedNamed instanceof Map);
    assert.equal(decodedNamed.get('self'), decodedNamed);

    const set = new Set<unknown>();
    set.add([set]).add(set);
    const decodedSet = copy(set);
    assert.ok(decodedSet instanceof Set);
    const [element, self] = decodedSet;
    assert.equal(self, decodedSet);
    assert.equal((element as unknown[])[0], decodedSet);

    const tagged = new Tagged(40_000, undefined);
    tagged.value = [tagged];
    const decodedTagged = copy(tagged);
    assert.equal((decodedTagged.value as unknown[])[0], decodedTagged);
  });

  it('keeps the identity of dates, byte strings and typed arrays', () => {
    const value = [new Date(0), Uint8Array.of(1), Float64Array.of(0.5)];
    const decoded = copy([...value, ...value]);
    assert.deepEqual(decoded.slice(0, 3), value);
    for (const index of [0, 1, 2]) assert.equal(decoded[index], decoded[index + 3]);
  });

  it('does not mark simple values, which have no identity', () => {
    const simple = new Simple(99);
    assert.equal(encodeHex([simple, simple]), '82f863f863');
  });

  it('keeps the shape of any graph', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        assert.deepEqual(describeValue(copy(graph)), describeValue(graph));
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps the shape of any graph in deterministic encoding, which no order of keys changes', () => {
    const deterministic = cbor({ deterministic: true });
    fc.assert(
      fc.property(graphs, (graph) => {
        const bytes = deterministic.encode(graph);
        const decoded = deterministic.decode(bytes);
        assert.deepEqual(describeValue(decoded), describeValue(graph));
        assert.deepEqual(deterministic.encode(decoded), bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  for (const count of [24, 25, 256, 257, 65_536, 65_537, 200_000]) {
    it(`tells ${count} shared objects apart`, () => {
      const shared = Array.from({ length: count }, (_, id) => ({ id }));
      const [first, second, third] = copy([
        shared,
        shared.toReversed(),
        { again: shared },
      ] as const);
      assert.equal(first.length, count);
      assert.equal(third.again, first);
      for (let index = 0; index < count; index += 1) {
        if (first[index]?.id !== index || second[count - 1 - index] !== first[index]) {
          assert.fail(`object ${index} of ${count} is another`);
        }
      }
    });
  }

  it('reads shared values of every kind, numbers and texts included', () => {
    assert.deepEqual(decodeHex('82d81c6161d81d00'), ['a', 'a']);
    assert.deepEqual(decodeHex('82d81c1864d81d00'), [100, 100]);
    assert.deepEqual(decodeHex('82d81cc100d81d00'), [new Date(0), new Date(0)]);
    assert.deepEqual(decodeHex('82d81cf6d81d00'), [null, null]);
  });

  it('reads marks on marks, and on the array under the tag of a set', () => {
    assert.deepEqual(decodeHex('83d81cd81c80d81d00d81d01'), [[], [], []]);
    assert.deepEqual(decodeHex('82d90102d81c8101d81d00'), [new Set([1]), [1]]);
    const [set, same] = decodeHex('82d81cd901028101d81d00') as [unknown, unknown];
    assert.equal(set, same);
  });

  it('reads a map that refers to itself before a key shows that it is not an object', () => {
    const [first, map] = decodeHex('82a16161f5d81ca36161d81d000161626163f6') as unknown[];
    assert.deepEqual(first, { a: true });
    assert.ok(map instanceof Map);
    assert.equal(map.get('a'), map);
    assert.deepEqual([...map.keys()], ['a', 1, 'c']);
  });

  it('refuses a reference to what did not come, is not complete, or is no index', () => {
    for (const hex of ['d81d00', '82d81c80d81d01', 'd81cd81d00', 'd81d20', 'd81d6130', 'd81df6']) {
      assert.throws(() => decodeHex(hex), { code: 'MALFORMED' }, hex);
    }
  });

  it('leaves nothing of one value in the next', () => {
    const shared = {};
    const once = encodeHex([shared]);
    codec.encode([shared, shared]);
    assert.equal(encodeHex([shared]), once);
    decodeHex('d81c80');
    assert.throws(() => decodeHex('d81d00'), { code: 'MALFORMED' });
    assert.throws(() => decodeHex('d81c'), { code: 'TRUNCATED' });
    assert.deepEqual(decodeHex('81a0'), [{}]);
  });
});

describe('sharing turned off', () => {
  const trees = cbor({ sharing: false });

  it('writes repeated values in full', () => {
    const shared = [1];
    assert.equal(toHex(trees.encode([shared, shared])), '8281018101');
  });

  it('refuses a cycle', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    assert.throws(() => trees.encode(cycle), { code: 'TOO_DEEP', message: /turn sharing on/ });
  });

  it('refuses bytes with shared values', () => {
    for (const hex of ['d81c80', 'd81d00', 'd81c01']) {
      assert.throws(() => trees.decode(Buffer.from(hex, 'hex')), { code: 'MALFORMED' });
    }
  });
});
