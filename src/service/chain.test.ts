import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { Chain, Link } from './chain.ts';

suite('a chain', () => {
  test('keeps its items in the order they came, wherever others are taken out', () => {
    const steps = fc.array(fc.oneof(fc.constant('add' as const), fc.nat()), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (list) => {
        const chain = new Chain<number>();
        const expected: Link<number>[] = [];
        for (const [index, step] of list.entries()) {
          if (step === 'add') {
            const link = new Link(index);
            chain.add(link);
            expected.push(link);
          } else {
            const [link] = expected.splice(step % (expected.length + 1), 1);
            if (link !== undefined) chain.remove(link);
          }
        }
        assert.equal(chain.size, expected.length);
        assert.deepEqual(
          [...chain],
          expected.map(({ item }) => item),
        );
        assert.equal(chain.first, expected[0]);
        assert.equal(chain.last, expected.at(-1));
      }),
    );
  });

  test('takes an item again that it gave back', () => {
    const chain = new Chain<string>();
    const links = ['a', 'b', 'c'].map((name) => new Link(name));
    for (const link of links) chain.add(link);
    for (const link of links) {
      chain.remove(link);
      assert.deepEqual([link.previous, link.next], [undefined, undefined]);
      chain.add(link);
    }
    assert.deepEqual([...chain], ['a', 'b', 'c']);
  });
});
