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

  test('lets an owner whose tasks take long pay for them in turns', () => {
    const queue = fill(['a1', ada], ['b1', bob], ['b2', bob], ['b3', bob], ['b4', bob]);
    queue.charge(ada, 0.35);
    assert.deepEqual(takeAll(queue), ['b1', 'b2', 'a1', 'b3', 'b4']);
    queue.charge(bob, 1e9);
    const alone = fill(['b1', bob], ['b2', bob]);
    assert.deepEqual(takeAll(alone), ['b1', 'b2']);
  });

  test('lets even owners who all owe be served', () => {
    const queue = fill(['a1', ada], ['b1', bob]);
    for (const owner of [ada, bob]) queue.charge(owner, 1e9);
    assert.deepEqual(takeAll(queue).toSorted(), ['a1', 'b1']);
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
