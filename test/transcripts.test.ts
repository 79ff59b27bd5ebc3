import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { normalize } from '../tools/stage.ts';
import { findBlocks } from '../tools/pages.ts';
import { listPages, playPage, readPage } from '../tools/transcripts.ts';

const pages = listPages().filter((file) =>
  findBlocks(readPage(file)).some(({ info }) => info === 'console'),
);

test('there are pages to play', () => {
  assert.ok(pages.length > 0);
});

describe('what a page shows is what its commands print', { concurrency: 2 }, () => {
  for (const page of pages) {
    test(page, async () => {
      for await (const { block, printed } of playPage(page)) {
        const place = `${page}:${block.line}; tools/run-node tools/transcripts.ts writes it anew`;
        assert.equal(normalize(printed), normalize(block.code), place);
      }
    });
  }
});
