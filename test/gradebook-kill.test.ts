import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gradebook } from '../src/applications/gradebook/index.ts';
import { connect } from '../src/service/index.ts';
import { serveGradebook } from './support/gradebook.ts';
import { killUnderLoad } from './support/gradebook-kills.ts';
import { eachStore } from './support/stores.ts';

// Fifty starts of a server: on a machine that is busy with other tests they take their time.
test(
  'every acknowledged mark is there exactly once after 50 kills under load',
  { timeout: 170_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guichet-kills-'));
    try {
      const { kills, acknowledged, marks } = await killUnderLoad(folder, 50);
      assert.equal(kills, 50);
      assert.ok(
        acknowledged > 500 && marks > acknowledged,
        `${acknowledged} calls, ${marks} marks`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

eachStore('50 additions to one student from 50 connections are all there', async (store) => {
  await using served = await serveGradebook(store);
  const { book, endpoint } = served;
  const { promotion } = await book.createPromotion({ name: 'L3' });
  const { student } = await book.addStudent({ promotion, familyName: 'Lovelace' });
  await using stack = new AsyncDisposableStack();
  const clients = await Promise.all(
    Array.from({ length: 50 }, async () => stack.use(await connect(endpoint, gradebook))),
  );
  await Promise.all(
    clients.map((client, index) =>
      client.addMark({ student, value: String((index % 40) / 2), coefficient: '0.5' }),
    ),
  );
  const { counted, average, sums } = await book.studentAverage({ student });
  // Of 0 to 19.5 by halves, then 0 to 4.5: 390 and 22.5, each with a coefficient of a half.
  assert.deepEqual(
    [counted.length, average, sums],
    [50, '8.25', { weighted: '206.25', coefficients: '25' }],
  );
  assert.equal((await book.promotionAverage({ promotion })).average, '8.25');
});
