import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachStore } from '../../../../test/support/stores.ts';
import { serveGradebook } from '../../../../test/support/gradebook.ts';
import { cell, makeWorkbook } from '../../../../test/support/workbook.ts';
import { FileReader } from './reader.ts';

const heading = `<row r="1">${cell('A1', 'Number')}${cell('B1', 'Exam')}</row>`;

/** What the library that reads XML takes a time for which grows with the square of their number. */
const attributes = Array.from({ length: 600_000 }, (_, index) => `a${index}="1"`).join(' ');
const hostile = makeWorkbook(`${heading}<row ${attributes}></row>`).toString('base64');

const rows = Array.from({ length: 20_000 }, (_, index) => {
  const place = index + 2;
  const cells = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((letter) => cell(`${letter}${place}`, 1));
  return `<row r="${place}">${cells.join('')}</row>`;
});
const large = makeWorkbook(heading + rows.join('')).toString('base64');

test('a file that takes too long is refused as such, and the next one is read', async () => {
  const reader = new FileReader({ size: 1, maxTime: 500 });
  const reading = reader.read(hostile, 'eve');
  await assert.rejects(reading, {
    code: 'FAILED',
    message: /cannot be read: reading it takes more than 0\.5 s/,
    data: { reason: 'FILE_UNREADABLE', problem: 'TOO_SLOW', seconds: 0.5 },
  });
  const plain = makeWorkbook(heading).toString('base64');
  const file = await new FileReader().read(plain, 'ada');
  assert.deepEqual(
    file.columns.marks.map(({ name }) => name),
    ['Exam'],
  );
});

test('a file that takes too much memory is refused as such', async () => {
  const reader = new FileReader({
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  });
  await assert.rejects(reader.read(large, 'eve'), {
    message: /takes too much memory/,
    data: { reason: 'FILE_UNREADABLE', problem: 'TOO_MUCH_MEMORY' },
  });
});

test('a long text is read on a thread as a short one is read here', async () => {
  const lines = Array.from({ length: 5_000 }, (_, index) => `Familienname${index};${index % 20},5`);
  const text = `Nom;TP\n${lines.join('\n')}\n`;
  const reader = new FileReader();
  const read = async (content: string) =>
    reader.read(Buffer.from(content).toString('base64'), 'ada');
  const [long, short] = [await read(text), await read(`Nom;TP\n${lines[0]}\n`)];
  assert.deepEqual([long.kind, long.columns], [short.kind, short.columns]);
  assert.deepEqual(
    [...long.lines()].map(({ line, cells }) => `${line}:${cells.join(';')}`),
    lines.map((line, index) => `${index + 2}:${line}`),
  );
  await assert.rejects(read(`${text}"`), {
    message: /line 5002 opens a quote that nothing closes/,
  });
});

eachStore('while a hostile file is read, everybody else is answered', async (test_) => {
  await using served = await serveGradebook(test_);
  const { book } = served;
  const { promotion } = await book.createPromotion({ name: 'L3' });
  const cancel = new AbortController();
  let isOver = false;
  const importing = book
    .importMarks({ promotion, content: hostile }, { signal: cancel.signal })
    .finally(() => (isOver = true));
  importing.catch(() => undefined);
  for (let call = 0; call < 20; call++) {
    await book.addStudent({ promotion, familyName: `Student ${call}` });
    assert.equal((await book.promotionAverage({ promotion })).average, null);
  }
  assert.equal(isOver, false, 'the file was read before the others were answered');
  cancel.abort();
  await assert.rejects(importing, { code: 'CANCELLED' });
});
