import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codec, copy, decodeHex, encodeHex } from '../../../test/support/cbor.ts';

type Properties = Record<string, unknown>;

describe('objects and Maps', () => {
  it('are told apart by tag 259 where the keys would not do it', () => {
    assert.equal(encodeHex(new Map()), 'd90103a0');
    assert.equal(encodeHex(new Map([['a', 1]])), 'd90103a1616101');
    assert.equal(
      encodeHex(
        new Map<unknown, number>([
          ['a', 1],
          [2, 3],
        ]),
      ),
      'a26161010203',
    );
    for (const map of [
      new Map(),
      new Map([['a', 1]]),
      new Map<unknown, unknown>([
        ['b', 1],
        [2, 3],
        ['1', [4]],
      ]),
      new Map([[{ a: 1 }, [2]]]),
    ]) {
      assert.deepEqual(copy(map), map);
    }
    assert.deepEqual(
      [...(decodeHex('a3616200613100f600') as Map<unknown, unknown>).keys()],
      ['b', '1', null],
    );
  });

  it('have the keys that were sent, none of which reaches a prototype', () => {
    const text = '{"__proto__":{"polluted":true},"constructor":1,"toString":2,"":3,"1":4}';
    const decoded = copy(JSON.parse(text) as Properties);
    assert.equal(Object.getPrototypeOf(decoded), Object.prototype);
    assert.ok(Object.hasOwn(decoded, '__proto__'));
    assert.equal(JSON.stringify(decoded), JSON.stringify(JSON.parse(text)));
    assert.equal(({} as Properties)['polluted'], undefined);
    assert.throws(() => decodeHex('a2695f5f70726f746f5f5f00695f5f70726f746f5f5f01'), {
      code: 'MALFORMED',
    });
  });

  it('do not take over what is enumerable on the prototype of all objects', () => {
    Reflect.defineProperty(Object.prototype, 'polluted', {
      value: 1,
      enumerable: true,
      configurable: true,
    });
    try {
      assert.equal(encodeHex({ a: 1 }), 'a1616101');
      assert.deepEqual(Object.keys(copy({ a: 1 })), ['a']);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'polluted');
    }
  });

  it('of classes are sent with their own enumerable properties', () => {
    class Student {
      readonly #secret = 'hidden';
      name = 'Zoé';
      marks = [12.5];
      reveal(): string {
        return this.#secret;
      }
    }
    assert.deepEqual(copy(new Student()), { name: 'Zoé', marks: [12.5] } as Student);
    assert.deepEqual(copy(Object.assign(Object.create({ inherited: 1 }), { own: 2 })), { own: 2 });
    assert.deepEqual(copy(Object.assign(Object.create(null), { own: 2 })), { own: 2 });
    assert.deepEqual(copy({ a: undefined, [Symbol('not sent')]: 1 }), { a: undefined });
  });

  it('with any number of keys of any length go there and back', () => {
    for (const count of [0, 1, 2, 23, 24, 31, 32, 33, 34, 255, 256, 3_000]) {
      for (const unit of ['k', 'clé', 'a long key that is not remembered '.repeat(3)]) {
        const value = Object.fromEntries(
          Array.from({ length: count }, (_, index) => [
            `${unit}${index}`,
            { index, [unit]: count },
          ]),
        );
        const again = [value, structuredClone(value)];
        assert.deepEqual(copy(again), again);
        assert.deepEqual(copy(new Map(Object.entries(value))), new Map(Object.entries(value)));
      }
    }
  });

  it('stay themselves however many forms of objects have come before', () => {
    const values = Array.from({ length: 5_000 }, (_, index) => ({
      [`a${index % 1_700}`]: index,
      [`b${index % 1_300}`]: { c: index },
      d: [{ [`e${index % 900}`]: index }],
    }));
    for (const value of values) assert.deepEqual(copy(value), value);
    assert.deepEqual(copy(values), values);
  });

  it('are refused when a key comes twice, whatever the order and the forms', () => {
    decodeHex('a2616100616201');
    for (const hex of [
      'a2616100616101',
      'a361610061620161 6102',
      'bf61610061620161610 2ff',
      'a26161007f6161ff01',
      'a26161007801 6101',
      'a201000101',
      'a2010018 0101',
      'd90103a2616100616101',
      'd9010282 0101',
      'd9010282 6161 6161',
    ]) {
      assert.throws(() => decodeHex(hex), { code: 'MALFORMED' }, hex);
    }
    const many = Array.from(
      { length: 100 },
      (_, index) => `62${Buffer.from(`${index}`.padStart(2, '0')).toString('hex')}00`,
    );
    assert.throws(() => decodeHex(`b864${many.slice(0, 99).join('')}${many[40]}`), {
      code: 'MALFORMED',
    });
  });

  it('are refused where a number and a bigint would be the same key', () => {
    assert.throws(
      () =>
        codec.encode(
          new Map<unknown, unknown>([
            [1, 0],
            [1n, 0],
          ]),
        ),
      { code: 'UNENCODABLE' },
    );
    assert.throws(() => codec.encode(new Set<unknown>([1n, 1])), { code: 'UNENCODABLE' });
  });

  it('are refused when a getter changes them while they are read', () => {
    const growing: Properties = {};
    Object.defineProperty(growing, 'a', { enumerable: true, get: () => delete growing['b'] });
    growing['b'] = 1;
    assert.throws(() => codec.encode(growing), { code: 'UNENCODABLE' });
  });

  it('are not read under tags for others', () => {
    for (const hex of ['d9010300', 'd9010380', 'd90102a0', 'd9010200', 'd90102d81d00']) {
      assert.throws(() => decodeHex(hex), { code: 'MALFORMED' }, hex);
    }
    assert.deepEqual(decodeHex('d90102d81c8101'), new Set([1]));
    assert.deepEqual(decodeHex('d90103d81ca0'), new Map());
    assert.deepEqual(decodeHex('82d90103a0a0'), [new Map(), {}]);
    assert.deepEqual(decodeHex('d9010 29f0102ff'), new Set([1, 2]));
  });
});
