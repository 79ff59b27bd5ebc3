import assert from 'node:assert/strict';
import { mock, suite, test } from 'node:test';
import { Deadlines, Waiting } from './deadlines.ts';

class Noted extends Waiting {
  readonly #name: string;
  readonly #expired: string[];

  constructor(name: string, expired: string[]) {
    super();
    this.#name = name;
    this.#expired = expired;
  }

  override expire(): void {
    this.#expired.push(this.#name);
  }
}

suite('deadlines', () => {
  test('expire each at its time, in order, but for those removed before', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const clock = mock.method(performance, 'now', () => 1_000);
    try {
      const expired: string[] = [];
      const deadlines = new Deadlines();
      const pass = (from: number, to: number): void => {
        for (let time = from + 1; time <= to; time++) {
          clock.mock.mockImplementation(() => 1_000 + time);
          mock.timers.tick(1);
        }
      };
      const removed = new Noted('removed', expired);
      deadlines.add(new Noted('first', expired), 100);
      deadlines.add(removed, 100);
      deadlines.add(new Noted('short', expired), 20);
      pass(0, 30);
      assert.deepEqual(expired, ['short']);
      deadlines.add(new Noted('second', expired), 100);
      deadlines.remove(removed);
      deadlines.remove(removed);
      pass(30, 99);
      assert.deepEqual(expired, ['short']);
      pass(99, 101);
      assert.deepEqual(expired, ['short', 'first']);
      pass(101, 128);
      assert.deepEqual(expired, ['short', 'first']);
      pass(128, 132);
      assert.deepEqual(expired, ['short', 'first', 'second']);
    } finally {
      clock.mock.restore();
      mock.timers.reset();
    }
  });

  test('keep no process alive for what has been removed', async () => {
    const deadlines = new Deadlines();
    const count = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = count();
    const all = Array.from({ length: 1_000 }, (_, index) => {
      const waiting = new Noted(`${index}`, []);
      deadlines.add(waiting, 10_000 + index);
      return waiting;
    });
    for (const waiting of all) deadlines.remove(waiting);
    assert.equal(count(), before);
  });
});
