import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { CallTable } from './call-table.ts';
import type { Numbered } from './call-table.ts';

suite('the table of calls', () => {
  test('behaves as a map whose keys only grow', () => {
    const steps = fc.array(fc.oneof(fc.constant('add' as const), fc.nat()), { maxLength: 300 });
    fc.assert(
      fc.property(steps, (list) => {
        const table = new CallTable<Numbered>();
        const expected = new Map<number, Numbered>();
        let last = 0;
        for (const step of list) {
          if (step === 'add') {
            const number = table.next();
            assert.ok(number > last);
            last = number;
            const call = { number };
            table.add(call);
            expected.set(number, call);
            continue;
          }
          const [call] = [...expected.values()].slice(step % (expected.size + 1));
          if (call !== undefined) assert.ok(table.delete(call));
          if (call !== undefined) expected.delete(call.number);
        }
        assert.equal(table.size, expected.size);
        assert.deepEqual(table.values(), [...expected.values()]);
        for (let number = 0; number <= last + 20; number++) {
          assert.equal(table.get(number), expected.get(number));
        }
      }),
    );
  });

  test('knows no number that no call has, nor a call taken out before', () => {
    const table = new CallTable<Numbered>();
    const call = { number: table.next() };
    table.add(call);
    for (const number of [0, -1, 0.5, 1.5, 17, 2 ** 32 + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.equal(table.get(number), undefined);
    }
    assert.ok(table.delete(call));
    assert.ok(!table.delete(call));
  });

  test('is not crowded by one call that stays while many come and go', () => {
    const table = new CallTable<Numbered>();
    const staying = { number: table.next() };
    table.add(staying);
    for (let count = 0; count < 10_000; count++) {
      const call = { number: table.next() };
      table.add(call);
      table.delete(call);
    }
    assert.equal(table.get(staying.number), staying);
    assert.equal(table.size, 1);
  });
});
