import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from './pace.ts';

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('work goes on however much the others have to do at each of their turns', async () => {
  let turns = 0;
  let isOver = false;
  const takeTurn = (): void => {
    if (isOver) return;
    turns++;
    work(5);
    setImmediate(takeTurn);
  };
  setImmediate(takeTurn);
  const pace = new Pace(0.5);
  for (let piece = 0; piece < 200; piece++) {
    await pace.keep();
    work(0.5);
  }
  isOver = true;
  // 100 ms of work: with a turn after each half millisecond there would be 200.
  assert.ok(turns > 2 && turns < 60, `${turns} turns`);
});
