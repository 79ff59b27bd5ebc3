import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheetWriter } from './export.ts';
import type { Cell } from './sheet.ts';
import { readTable } from './table.ts';

/** Rows with what is easily mistaken: empty cells, texts that look like numbers, marks of packing. */
function makeRows(count: number): Cell[][] {
  return Array.from({ length: count }, (_, index) => [
    { text: `"Élève #${index}` },
    { text: '' },
    { number: `${index % 21}.5` },
    { text: `#${index}` },
  ]);
}

for (const [where, count] of [
  ['here', 3],
  ['on a thread', 1_500],
] as const) {
  test(`a sheet that is written ${where} is read as it was`, async () => {
    const headings = ['Name', 'Number', 'TP', 'Label'];
    const bytes = await new SheetWriter().write(
      { headings, rows: makeRows(count) },
      'Marks',
      'ada',
      {},
    );
    const { format, lines } = await readTable(bytes);
    assert.equal(format, 'xlsx');
    assert.deepEqual(
      lines.map(({ cells }) => cells),
      [
        headings,
        ...makeRows(count).map((row) =>
          row.map((cell) => ('number' in cell ? cell.number : cell.text)),
        ),
      ],
    );
  });
}
