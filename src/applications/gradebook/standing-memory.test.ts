import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../store/index.ts';
import { eachStore } from '../../../test/support/stores.ts';
import { serveGradebook, serveStore } from '../../../test/support/gradebook.ts';
import type { Gradebook } from '../../../test/support/gradebook.ts';
import type { GradebookTables } from './tables.ts';

/** A store that counts the rows its readers are given. */
function countRows(store: Store<GradebookTables>): {
  readonly store: Store<GradebookTables>;
  readonly take: () => number;
} {
  let rows = 0;
  const counting: Store<GradebookTables>['read'] = (work) =>
    store.read((query, run) =>
      work(query, async (prepared, parameters) => {
        const outcome = await run(prepared, parameters);
        rows += outcome.rows.length;
        return outcome;
      }),
    );
  return {
    store: new Proxy(store, {
      get(target, name) {
        if (name === 'read') return counting;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    }),
    take() {
      const taken = rows;
      rows = 0;
      return taken;
    },
  };
}

const students = 2_000;

async function fill(book: Gradebook): Promise<{ promotion: string; first: string }> {
  const { promotion } = await book.createPromotion({ name: 'department' });
  const added = await book.addStudents({
    promotion,
    students: Array.from({ length: students }, (_, index) => ({ familyName: `S${index}` })),
  });
  for (const value of ['8', '13.5']) {
    await book.addMarks({ marks: added.students.map(({ student }) => ({ student, value })) });
  }
  return { promotion, first: added.students[0]?.student ?? '' };
}

/** Waits until nobody reads any more. */
async function settle(take: () => number): Promise<void> {
  const end = performance.now() + 10_000;
  do {
    assert.ok(performance.now() < end, 'it goes on reading');
    take();
    await delay(50);
  } while (take() > 0);
}

eachStore(
  'whoever asks first for a large promotion waits no longer than the next',
  async (test) => {
    await using served = await serveGradebook(test);
    const { store, take } = countRows(served.store);
    const { promotion, first } = await (async () => {
      await using loading = await serveStore(store);
      const filled = await fill(loading.book);
      await settle(take);
      // Just loaded: what was written was followed.
      const { average, rank } = await loading.book.studentAverage({ student: filled.first });
      assert.deepEqual([average, rank?.of], ['10.75', students]);
      assert.ok(take() < 100, 'it was read when it was asked for');
      return filled;
    })();
    // Started anew: it was read before anybody asked.
    await using started = await serveStore(store);
    await settle(take);
    const { average } = await started.book.promotionAverage({ promotion });
    assert.equal(average, '10.75');
    assert.ok(take() < 100, 'it was read when it was asked for');
    await started.book.addMark({ student: first, value: '20' });
    assert.equal((await started.book.studentAverage({ student: first })).average, '13.83');
    assert.ok(take() < 100, 'a change had everything read again');
  },
);
