import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { CodecError, Tagged } from 'guichet/presentation';
import { codec, copy, toHex } from '../../../test/support/cbor.ts';
import { describeValue, leaves, rarities } from '../../../test/support/graphs.ts';

describe('cbor', () => {
  it('has the name that endpoints call it by', () => {
    assert.equal(codec.name, 'cbor');
  });

  it('brings any leaf, set, tag and simple value back as it was', () => {
    fc.assert(
      fc.property(fc.oneof(leaves, rarities), (value) => {
        const decoded = copy(value);
        assert.deepEqual(decoded, value);
        assert.deepEqual(describeValue(decoded), describeValue(value));
      }),
      { numRuns: 5_000 },
    );
  });

  it('brings any JSON value back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        assert.deepEqual(copy(value), value);
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads nothing but a whole value: every beginning of one is truncated, every addition trailing', () => {
    fc.assert(
      fc.property(fc.oneof(leaves, rarities, fc.jsonValue()), (value) => {
        const bytes = codec.encode([value]);
        for (let length = 0; length < bytes.length; length += 1) {
          assert.throws(() => codec.decode(bytes.subarray(0, length)), { code: 'TRUNCATED' });
        }
        assert.throws(() => codec.decode(Buffer.concat([bytes, Uint8Array.of(0)])), {
          code: 'TRAILING_BYTES',
        });
      }),
    );
  });

  it('decodes any bytes, or refuses them with the place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          codec.decode(bytes);
        } catch (error) {
          assert.ok(error instanceof CodecError);
          const { offset } = error.details;
          assert.ok(typeof offset === 'number' && offset >= 0 && offset <= bytes.length);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('gives bytes of their own, and keeps no hold of those it is given', () => {
    const first = codec.encode(['first']);
    const expected = toHex(first);
    codec.encode(['second']);
    assert.equal(toHex(first), expected);
    const given = codec.encode(Uint8Array.of(1, 2, 3));
    const decoded = codec.decode(given);
    given.fill(0);
    assert.deepEqual(decoded, Uint8Array.of(1, 2, 3));
  });

  it('decodes a part of a larger buffer', () => {
    const bytes = codec.encode({ text: 'a text of more than sixteen bytes', list: [1.1, 'é'] });
    const larger = new Uint8Array(bytes.length + 20).fill(0xff);
    larger.set(bytes, 10);
    assert.deepEqual(codec.decode(larger.subarray(10, 10 + bytes.length)), codec.decode(bytes));
  });

  it('may be entered again by a getter of the value', () => {
    const value = {
      before: [1],
      get inner() {
        return codec.encode({ again: codec.encode([2]) });
      },
      after: [3],
    };
    const decoded = copy(value);
    assert.deepEqual(decoded.before, [1]);
    assert.deepEqual(decoded.after, [3]);
    assert.deepEqual(codec.decode(decoded.inner), { again: new Uint8Array(codec.encode([2])) });
  });
});

describe('what has no form', () => {
  it('is refused, and its place told', () => {
    for (const [value, path] of [
      [() => 1, ''],
      [{ students: [{}, { name: Symbol('no') }] }, '.students[1].name'],
      [{ 'a key': [[/regexp/]] }, '["a key"][0][0]'],
      [new Map([['list', [1, new Error('no')]]]), '.list[1]'],
      [new Map([[7, Promise.resolve()]]), '[7]'],
      [new Set([1, new WeakMap()]), '[1]'],
      [[new Tagged(40_000, [new ArrayBuffer(1)])], '[0].value[0]'],
      [{ view: new DataView(new ArrayBuffer(1)) }, '.view'],
      [[Object(1)], '[0]'],
      [[new URL('http://127.0.0.1')], '[0]'],
    ] as const) {
      assert.throws(
        () => codec.encode(value),
        (error) => {
          assert.ok(error instanceof CodecError);
          assert.equal(error.code, 'UNENCODABLE');
          assert.equal(error.details['path'], path);
          assert.ok(
            error.message.startsWith(path === '' ? 'The value is a' : `${path} is a`),
            error.message,
          );
          return true;
        },
      );
    }
  });

  it('is found in a graph with cycles', () => {
    const graph: { list: unknown[]; bad?: unknown } = { list: [] };
    graph.list.push(graph, [graph.list]);
    graph.bad = { here: () => graph };
    assert.throws(() => codec.encode(graph), {
      details: { found: 'a function', path: '.bad.here' },
    });
  });

  it('includes what a getter throws, which is the cause', () => {
    const cause = new Error('no reading');
    const value = {
      get broken(): never {
        throw cause;
      },
    };
    assert.throws(() => codec.encode(value), { code: 'UNENCODABLE', cause });
  });
});
