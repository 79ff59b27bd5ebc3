import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cbor, CodecError } from 'guichet/presentation';
import type { CborOptions } from 'guichet/presentation';

const codec = cbor();

function decode(hex: string, options?: CborOptions): unknown {
  return (options === undefined ? codec : cbor(options)).decode(Buffer.from(hex, 'hex'));
}

/** The bytes that JavaScript and buffers take more after the work than before. */
function measureMemory(work: () => void): number {
  const before = process.memoryUsage();
  work();
  const after = process.memoryUsage();
  return after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
}

class Holder {
  readonly inner: unknown;

  constructor(inner: unknown) {
    this.inner = inner;
  }
}

const wraps: Readonly<Record<string, (inner: unknown) => unknown>> = {
  arrays: (inner) => [inner],
  objects: (inner) => ({ inner }),
  'Maps of values': (inner) => new Map([[1, inner]]),
  'Maps of keys': (inner) => new Map([[inner, 1]]),
  'Maps of texts': (inner) => new Map([['inner', inner]]),
  Sets: (inner) => new Set([inner]),
  'class instances': (inner) => new Holder(inner),
};

function nest(wrap: (inner: unknown) => unknown, depth: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}

describe('the limit of depth', () => {
  for (const [name, wrap] of Object.entries(wraps)) {
    it(`is 512 for ${name} unless told otherwise, both ways`, () => {
      const bytes = codec.encode(nest(wrap, 512));
      assert.deepEqual(codec.encode(codec.decode(bytes)), bytes);
      assert.throws(() => codec.encode(nest(wrap, 513)), { code: 'TOO_DEEP' });
      const deeper = cbor({ maxDepth: 513 }).encode(nest(wrap, 513));
      assert.throws(() => codec.decode(deeper), { code: 'TOO_DEEP' });
    });

    it(`may be 1,000 for ${name}`, () => {
      const deep = cbor({ maxDepth: 1_000 });
      const bytes = deep.encode(nest(wrap, 1_000));
      assert.deepEqual(deep.encode(deep.decode(bytes)), bytes);
    });
  }

  it('holds whatever is nested, without a stack overflow', () => {
    for (const unit of [
      '81',
      '9f',
      'a16161',
      'bf00',
      'a1',
      'c6',
      'd81c',
      'd81c81',
      'd90102',
      'd9010281',
      'd90103',
      'd90103bf',
      'd9d9f7',
      'd81cd9d9f7',
      'd81cd90103a1',
    ]) {
      for (const count of [1_002, 200_000]) {
        assert.throws(() => decode(`${unit.repeat(count)}0000`), { code: 'TOO_DEEP' }, unit);
        assert.throws(
          () => decode(`${unit.repeat(count)}0000`, { maxDepth: 1_000 }),
          { code: 'TOO_DEEP' },
          unit,
        );
      }
    }
  });

  it('holds where the stack is nearly full already', () => {
    const deep = cbor({ maxDepth: 1_000 });
    const value = nest((inner) => [inner], 1_000);
    const bytes = deep.encode(value);
    const codes = new Set<string>();
    const descend = (): void => {
      try {
        descend();
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      for (const work of [() => deep.decode(bytes), () => deep.encode(value)]) {
        try {
          work();
          codes.add('done');
        } catch (error) {
          if (error instanceof CodecError) codes.add(error.code);
          // So near the end of the stack that not even the call itself was possible.
          else if (!(error instanceof RangeError)) throw error;
        }
      }
    };
    descend();
    assert.deepEqual([...codes].sort(), ['TOO_DEEP', 'done']);
    assert.deepEqual(deep.decode(bytes), value);
  });
});

describe('the limit of bytes', () => {
  it('is kept exactly, both ways', () => {
    const short = cbor({ maxBytes: 10 });
    assert.equal(short.encode('123456789').length, 10);
    assert.throws(() => short.encode('1234567890'), { code: 'TOO_LARGE' });
    assert.equal(short.decode(codec.encode('123456789')), '123456789');
    assert.throws(() => short.decode(codec.encode('1234567890')), { code: 'TOO_LARGE' });
  });

  it('counts the marks of shared values', () => {
    const shared: unknown[] = [];
    const value = [shared, shared];
    assert.equal(cbor({ maxBytes: 7 }).encode(value).length, 7);
    assert.throws(() => cbor({ maxBytes: 6 }).encode(value), { code: 'TOO_LARGE' });
  });

  it('stops a value that would write itself out for ever', () => {
    let value: unknown = ['doubled'];
    for (let level = 0; level < 100; level += 1) value = [value, value];
    assert.throws(() => cbor({ sharing: false, maxBytes: 100_000 }).encode(value), {
      code: 'TOO_LARGE',
    });
    assert.ok(codec.encode(value).length < 1_000);
  });

  it('stops a text, a byte string and a typed array before memory is taken for them', () => {
    const short = cbor({ maxBytes: 1_000 });
    const text = 'é'.repeat(10_000_000);
    const array = new Float64Array(10_000_000);
    const bytes = new Uint8Array(array.buffer);
    for (const value of [text, array, bytes]) {
      const taken = measureMemory(() => {
        assert.throws(() => short.encode(value), { code: 'TOO_LARGE' });
      });
      assert.ok(taken < 1_000_000, `${taken} bytes`);
    }
  });
});

describe('the limit of items', () => {
  it('counts elements, keys and values, both ways', () => {
    const few = cbor({ maxItems: 6 });
    const value = [{ a: 1, b: 2 }, 3];
    assert.deepEqual(few.decode(few.encode(value)), value);
    for (const more of [[...value, 4], [{ a: 1, b: 2, c: 3 }], new Set([1, 2, 3, 4, 5, 6, 7])]) {
      assert.throws(() => few.encode(more), { code: 'TOO_LARGE' });
      assert.throws(() => few.decode(codec.encode(more)), { code: 'TOO_LARGE' });
    }
    assert.throws(() => few.decode(Buffer.from('9f00000000000000ff', 'hex')), {
      code: 'TOO_LARGE',
    });
    assert.throws(() => few.decode(Buffer.from('bf0000010002000300ff', 'hex')), {
      code: 'TOO_LARGE',
    });
  });

  it('stops a sparse array at once', () => {
    const sparse: unknown[] = [];
    sparse.length = 4_000_000_000;
    assert.throws(() => codec.encode(sparse), { code: 'TOO_LARGE' });
  });
});

describe('a declared length', () => {
  it('is refused at once when the bytes cannot be there, whatever it is of', () => {
    for (const major of ['5', '7', '9', 'b']) {
      for (const length of ['1000000000000000', 'ffffffffffffffff', '000000007fffffff']) {
        const taken = measureMemory(() => {
          assert.throws(() => decode(`${major}b${length}`), { code: 'TRUNCATED' });
        });
        assert.ok(taken < 1_000_000, `${taken} bytes for ${major}b${length}`);
      }
    }
  });

  it('takes no memory when many stand one in another', () => {
    const head = '9a000fffff';
    const hex = `${head.repeat(500)}${'00'.repeat(1_100_000)}`;
    const taken = measureMemory(() => {
      assert.throws(() => decode(hex, { maxItems: 1_000_000_000 }), { code: 'TRUNCATED' });
    });
    assert.ok(taken < 50_000_000, `${taken} bytes`);
  });
});

describe('the limit of big integers', () => {
  it('is 8,192 bytes unless told otherwise, both ways', () => {
    const greatest = 2n ** (8n * 8_192n) - 1n;
    assert.equal(codec.decode(codec.encode(greatest)), greatest);
    assert.equal(codec.decode(codec.encode(-greatest - 1n)), -greatest - 1n);
    assert.throws(() => codec.encode(greatest + 1n), { code: 'TOO_LARGE' });
    const large = cbor({ maxBigIntBytes: 8_193 }).encode(greatest + 1n);
    assert.throws(() => codec.decode(large), { code: 'TOO_LARGE' });
  });
});

describe('limits', () => {
  it('have to be integers within their bounds', () => {
    for (const options of [
      { maxDepth: 0 },
      { maxDepth: 1_001 },
      { maxBytes: 1.5 },
      { maxBytes: 536_870_889 },
      { maxItems: -1 },
      { maxItems: Number.NaN },
      { maxBigIntBytes: Infinity },
    ]) {
      assert.throws(() => cbor(options), { code: 'INVALID_CODEC_LIMIT' });
    }
  });
});
