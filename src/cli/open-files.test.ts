import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitConnections, readOpenFileLimit } from './open-files.ts';

test('connections of all threads leave a quarter of the open files to others', () => {
  for (const [asked, threads, limit, fitting] of [
    [16_384, 1, 1_048_576, 16_384],
    [16_384, 1, 1_024, 720],
    [16_384, 4, 1_024, 162],
    [100, 4, 1_024, 100],
    [16_384, 256, 16, 1],
    [16_384, 4, Infinity, 16_384],
  ] as const) {
    assert.equal(fitConnections(asked, threads, limit), fitting);
  }
});

test('the limit of open files is known', async () => {
  assert.ok((await readOpenFileLimit()) >= 16);
});
