import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { TaskQueue } from './task-queue.ts';
import type { Owned } from './task-queue.ts';

interface Named extends Owned {
  readonly name: string;
}

const ada = {};
const bob = {};

function fill(...tasks: readonly (readonly [name: string, owner: object | undefined])[]) {
  const queue = new TaskQueue<Named>();
  for (const [name, owner] of tasks) queue.add({ name, owner });
  return queue;
}

function takeAll(queue: TaskQueue<Named>): string[] {
  const names: string[] = [];
  for (let task = queue.first(); task !== undefined; task = queue.first()) {
    names.push(task.name);
    queue.take(task);
  }
  return names;
}

suite('the queue of tasks', () => {
  test('lets owners take turns, each in the order of its own', () => {
    const queue = fill(['a1', ada], ['a2', ada], ['a3', ada], ['b1', bob], ['c1', undefined]);
    assert.equal(queue.size, 5);
    assert.deepEqual(takeAll(queue), ['a1', 'b1', 'c1', 'a2', 'a3']);
    assert.equal(queue.size, 0);
  });

  test('gives an owner that is held no turn, and forgets none of its tasks', () => {
    const queue = fill(['a1', ada], ['b1', bob], ['b2', bob]);
    queue.hold(ada);
    const late = { name: 'a2', owner: ada };
    const given = { name: 'a3', owner: ada };
    queue.add(late);
    queue.add(given);
    assert.equal(queue.lastOfBusiest(bob), undefined);
    assert.equal(queue.lastOfBusiest(undefined), given);
    assert.ok(queue.delete(given));
    assert.deepEqual([queue.size, queue.tasks.length], [4, 4]);
    assert.deepEqual(takeAll(queue), ['b1', 'b2']);
    queue.release(ada);
    assert.deepEqual(takeAll(queue), ['a1', 'a2']);
    queue.hold(bob);
    queue.release(bob);
    assert.equal(queue.size, 0);
  });

  /** Has so many tasks done, each of which takes its owner's time, and gives their names. */
  function work(
    queue: TaskQueue<Named>,
    count: number,
    times: ReadonlyMap<object, number>,
  ): string[] {
    const names: string[] = [];
    for (let done = 0; done < count; done++) {
      const task = queue.first();
      if (task === undefined) break;
      names.push(task.name);
      queue.take(task);
      queue.charge(task.owner, times.get(task.owner ?? {}) ?? 0);
    }
    return names;
  }

  test('gives owners the same time, not the same number of tasks', () => {
    const tasks = Array.from({ length: 100 }, () => [
      ['a', ada] as const,
      ['b', bob] as const,
    ]).flat();
    const times = new Map([
      [ada, 10],
      [bob, 1],
    ]);
    const names = work(fill(...tasks), 55, times);
    assert.equal(names.filter((name) => name === 'a').length, 5);
    assert.deepEqual(work(fill(['b1', bob], ['b2', bob]), 2, times), ['b1', 'b2']);
  });

  test('lets nobody pay for what was done while nobody else waited', () => {
    const queue = new TaskQueue<Named>();
    const [eve, times] = [{}, new Map<object, number>()];
    for (const owner of [ada, bob, eve]) times.set(owner, 40);
    times.set(eve, 1);
    for (let call = 0; call < 500; call++) {
      queue.add({ name: 'e', owner: eve });
      work(queue, 1, times);
    }
    for (let call = 0; call < 100; call++) {
      queue.add({ name: 'a', owner: ada });
      queue.add({ name: 'b', owner: bob });
    }
    for (let call = 0; call < 20; call++) {
      queue.add({ name: `e${call}`, owner: eve });
      const names = work(queue, 3, times);
      assert.ok(names.includes(`e${call}`), `call ${call}: ${names.join()}`);
    }
  });

  test('forgives a stall after a while, and serves even owners who all owe', () => {
    const queue = fill(['a1', ada], ['b1', bob]);
    for (const owner of [ada, bob]) queue.charge(owner, 1e9);
    assert.deepEqual(takeAll(queue).toSorted(), ['a1', 'b1']);
    queue.charge(ada, 1e9);
    queue.add({ name: 'a2', owner: ada });
    for (let call = 0; call < 110; call++) queue.add({ name: 'b', owner: bob });
    const names = work(queue, 110, new Map([[bob, 1]]));
    assert.ok(names.includes('a2'));
  });

  test('gives up the last task of whoever has more than the newcomer would have', () => {
    const queue = fill(['a1', ada], ['a2', ada], ['a3', ada], ['b1', bob]);
    assert.equal(queue.lastOfBusiest(bob)?.name, 'a3');
    assert.equal(queue.lastOfBusiest(undefined)?.name, 'a3');
    assert.equal(queue.lastOfBusiest(ada), undefined);
    assert.equal(fill(['a1', ada], ['b1', bob]).lastOfBusiest(bob), undefined);
  });

  test('forgets a task that is given up, once', () => {
    const queue = new TaskQueue<Named>();
    const task = { name: 'a1', owner: ada };
    queue.add(task);
    assert.ok(queue.delete(task));
    assert.ok(!queue.delete(task));
    assert.deepEqual(takeAll(queue), []);
  });
});
