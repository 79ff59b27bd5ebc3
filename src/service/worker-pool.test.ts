import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PoolTask } from '../../test/support/pool-tasks.ts';
import { CallError } from './errors.ts';
import { TaskError, WorkerPool } from './worker-pool.ts';
import type { WorkerPoolOptions } from './worker-pool.ts';

const script = new URL('../../test/support/pool-tasks.ts', import.meta.url);

function makePool(options: WorkerPoolOptions = {}): WorkerPool<PoolTask, number> {
  return new WorkerPool<PoolTask, number>(script, { size: 2, ...options });
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof CallError && error.code === code;
}

test('tasks are done on threads, more of them than there are threads', async () => {
  await using pool = makePool();
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  const doubled = await Promise.all(numbers.map((number) => pool.run({ kind: 'double', number })));
  assert.deepEqual(
    doubled,
    numbers.map((number) => number * 2),
  );
  assert.ok(pool.threads <= 2, `${pool.threads} threads`);
});

test('a task that never ends costs its own call an error at the deadline, and the others nothing', async () => {
  await using pool = makePool();
  const stuck = pool.run({ kind: 'spin' }, { deadline: 100 });
  const others = Promise.all(
    Array.from({ length: 20 }, (_, number) => pool.run({ kind: 'double', number })),
  );
  await assert.rejects(stuck, hasCode('DEADLINE_EXCEEDED'));
  assert.equal((await others)[19], 38);
  assert.equal(await pool.run({ kind: 'double', number: 21 }), 42, 'the thread was replaced');
});

test('a task that uses up its memory takes its thread with it and nothing else', async () => {
  await using pool = makePool({ resourceLimits: { maxOldGenerationSizeMb: 16 } });
  await assert.rejects(pool.run({ kind: 'eat' }), {
    code: 'INTERNAL_ERROR',
    message: 'the work used up the memory of its thread',
  });
  assert.equal(await pool.run({ kind: 'double', number: 2 }), 4);
});

test('a thread that does not start is told apart from one that its work ended', async () => {
  await using pool = new WorkerPool<number, number>(new URL('no-such.ts', import.meta.url));
  await assert.rejects(pool.run(1), (error) => {
    assert.ok(error instanceof CallError && error.cause instanceof Error);
    assert.equal(error.message, 'the thread failed');
    assert.match(error.cause.message, /no-such\.ts/);
    return true;
  });
});

test('a task that ends its thread is told apart from one that fails', async () => {
  await using pool = makePool();
  await assert.rejects(pool.run({ kind: 'exit' }), hasCode('INTERNAL_ERROR'));
  await assert.rejects(pool.run({ kind: 'fail' }), (error) => {
    assert.ok(error instanceof TaskError);
    assert.equal(error.message, 'no');
    assert.equal(error.data, 'because');
    return true;
  });
});

test('an aborted task is stopped, whether it waits or runs', async () => {
  await using pool = makePool({ size: 1 });
  const abortion = new AbortController();
  const { signal } = abortion;
  const running = pool.run({ kind: 'spin' }, { signal });
  const waiting = pool.run({ kind: 'double', number: 1 }, { signal });
  assert.equal(pool.waiting, 1);
  abortion.abort();
  await assert.rejects(running, hasCode('CANCELLED'));
  await assert.rejects(waiting, hasCode('CANCELLED'));
  await assert.rejects(pool.run({ kind: 'double', number: 1 }, { signal }), hasCode('CANCELLED'));
  assert.equal(await pool.run({ kind: 'double', number: 3 }), 6);
});

/** How many threads are started while something is done. */
async function countThreads(act: () => Promise<unknown>): Promise<number> {
  let threads = 0;
  const count = (): void => void threads++;
  process.on('worker', count);
  await act();
  process.off('worker', count);
  return threads;
}

test('tasks that are given up while they run cost their thread only once they have had their time', async () => {
  await using pool = makePool({ size: 1 });
  const started = await countThreads(async () => {
    for (let round = 0; round < 20; round++) {
      const abortion = new AbortController();
      const { signal } = abortion;
      const calls = [1, 2, 3].map((number) => pool.run({ kind: 'double', number }, { signal }));
      abortion.abort();
      for (const call of calls) await assert.rejects(call, hasCode('CANCELLED'));
    }
    assert.equal(await pool.run({ kind: 'double', number: 4 }), 8);
  });
  assert.equal(started, 1);
});

test('tasks whose deadline is too short for them cost no thread, not even one that starts', async () => {
  await using pool = makePool({ size: 1 });
  const started = await countThreads(async () => {
    const calls = Array.from({ length: 10 }, () =>
      pool.run({ kind: 'work', milliseconds: 40 }, { deadline: 5 }),
    );
    for (const call of calls) await assert.rejects(call, hasCode('DEADLINE_EXCEEDED'));
    assert.equal(await pool.run({ kind: 'double', number: 4 }), 8);
    await assert.rejects(
      pool.run({ kind: 'work', milliseconds: 40 }, { deadline: 5 }),
      hasCode('DEADLINE_EXCEEDED'),
    );
    assert.equal(await pool.run({ kind: 'double', number: 4 }), 8);
  });
  assert.equal(started, 1);
});

test('more waiting tasks than the queue holds are refused at once', async () => {
  await using pool = makePool({ size: 1, maxQueue: 2, maxTime: 200 });
  const accepted = [1, 2, 3].map(() => pool.run({ kind: 'spin' }));
  await assert.rejects(pool.run({ kind: 'double', number: 1 }), hasCode('OVERLOADED'));
  for (const call of accepted) await assert.rejects(call, hasCode('DEADLINE_EXCEEDED'));
});

test('tasks in order begin with what those before them gave, and others pass meanwhile', async () => {
  await using pool = makePool({ size: 2 });
  // Both threads have started before their times are looked at.
  await Promise.all([20, 20].map((milliseconds) => pool.run({ kind: 'work', milliseconds })));
  const owner = {};
  let number = 1;
  const double = {
    makeInput: () => ({ kind: 'double', number }) as const,
    onResult: (result: number) => void (number = result),
  };
  const slow = pool.runInOrder(
    {
      makeInput: () => ({ kind: 'work', milliseconds: 300 }),
      onResult: () => void (number = 3),
    },
    { owner },
  );
  const fail = { makeInput: () => ({ kind: 'fail' }) as const, onResult: () => assert.fail() };
  const calls = [slow, pool.runInOrder(double, { owner }), pool.runInOrder(fail, { owner })];
  const last = pool.runInOrder(double, { owner });
  const settling = Promise.allSettled(calls);
  assert.equal(await pool.run({ kind: 'double', number: 1 }), 2);
  assert.equal(pool.waiting, 3, 'another task did not wait for them');
  const settled = await settling;
  assert.deepEqual(
    settled.map((result) => result.status === 'fulfilled' && result.value),
    [300, 6, false],
  );
  assert.equal(await last, 12);
});

test('a task in order that is given up changes nothing for the next', async () => {
  await using pool = makePool({ size: 2 });
  const owner = {};
  let number = 1;
  const input = { makeInput: () => ({ kind: 'double', number }) as const };
  const onResult = (result: number): void => void (number = result);
  await pool.runInOrder({ ...input, onResult }, { owner });
  const abortion = new AbortController();
  const { signal } = abortion;
  const options = { owner, signal };
  const given = pool.runInOrder({ ...input, onResult: () => assert.fail() }, options);
  const next = pool.runInOrder({ ...input, onResult }, { owner });
  abortion.abort();
  await assert.rejects(given, hasCode('CANCELLED'));
  assert.equal(await next, 4);
});

test('closing rejects what runs and what waits', async () => {
  const pool = makePool({ size: 1 });
  const spin = { makeInput: () => ({ kind: 'spin' }) as const, onResult: () => undefined };
  const owner = {};
  const calls = [
    pool.runInOrder(spin, { owner }),
    pool.runInOrder(spin, { owner }),
    pool.run({ kind: 'spin' }),
    pool.run({ kind: 'spin' }),
  ];
  const settled = Promise.allSettled(calls);
  await pool.close();
  for (const result of await settled) assert.equal(result.status, 'rejected');
  await assert.rejects(pool.run({ kind: 'double', number: 1 }), hasCode('OVERLOADED'));
});
