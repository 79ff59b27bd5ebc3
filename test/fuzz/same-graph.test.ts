import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameGraph } from './same-graph.ts';

function createCycle(): unknown[] {
  const cycle: unknown[] = [1];
  cycle.push(cycle);
  return cycle;
}

/** 2 to the power of `levels` paths, `levels` objects. */
function createLadder(levels: number): unknown {
  let rung: unknown = { end: true };
  for (let level = 0; level < levels; level += 1) rung = { left: rung, right: rung };
  return rung;
}

test('values of every kind equal their copies', () => {
  for (const create of [
    () => [1, -0, Number.NaN, 'é', 1n, null, undefined, true],
    () => new Map<unknown, unknown>([[{ key: 1 }, new Set([1, 'a'])]]),
    () => [new Date(5), new Date(Number.NaN), /a/g, Uint8Array.of(1), Float64Array.of(-0)],
    () => ({ a: [{}], b: {} }),
    createCycle,
    () => createLadder(200),
  ]) {
    assert.ok(isSameGraph(create(), create()), create.toString());
  }
});

test('values that differ anywhere, in kind or in sharing, are not the same', () => {
  const shared = {};
  for (const [first, second] of [
    [0, -0],
    [1, 1n],
    [[1], [1, undefined]],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: 1 }, { a: undefined }],
    [{}, Object.create(null)],
    [new Map([[1, 2]]), new Map([[1, 3]])],
    [new Set([1]), new Set([2])],
    [new Date(1), new Date(2)],
    [/a/g, /a/i],
    [Uint8Array.of(1), Uint8Array.of(2)],
    [Uint8Array.of(1), Int8Array.of(1)],
    [
      [shared, shared],
      [{}, {}],
    ],
    [
      [{}, {}],
      [shared, shared],
    ],
    [createCycle(), [1, [1, []]]],
  ]) {
    assert.equal(isSameGraph(first, second), false);
  }
});

test('objects of a class of values may be shared or not', () => {
  class Mark {
    readonly points: number;
    constructor(points: number) {
      this.points = points;
    }
  }
  const mark = new Mark(12);
  assert.equal(isSameGraph([mark, mark], [new Mark(12), mark]), false);
  assert.ok(isSameGraph([mark, mark], [new Mark(12), mark], [Mark]));
  assert.equal(isSameGraph([mark], [new Mark(13)], [Mark]), false);
});
