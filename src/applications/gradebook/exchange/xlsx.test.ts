import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cell, makeWorkbook } from '../../../../test/support/workbook.ts';
import { readTable } from './table.ts';

const heading = `<row r="1">${cell('A1', 'Number')}${cell('B1', 'Exam')}</row>`;

const read = (bytes: Buffer) => readTable(bytes);

test('a sheet is read, gaps and formatting far below its content included', async () => {
  const far = '<row r="1048576" ht="12"><c r="A1048576" s="0"/><c r="XFD1048576"/></row>';
  const { lines } = await read(
    makeWorkbook(`${heading}<row r="3">${cell('A3', 1001)}${cell('B3', 12.3)}</row>${far}`),
  );
  assert.deepEqual(
    lines.map(({ cells }) => cells.join(';')),
    ['Number;Exam', ';', '1001;12.3'],
  );
});

test('a sheet whose few cells stand far apart is refused before room is made for those between', async () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    [`<row r="1048576">${cell('XFD1048576', 12)}</row>`, /at most 50000 lines/],
    [`<row r="999999999999">${cell('A999999999999', 12)}</row>`, /cannot be read/],
    [`<row>${cell('A0x7fffffff', 12)}</row>`, /cannot be read/],
    [`<row r="1e9"></row>`, /cannot be read/],
    [`<row r="9999999"></row>`, /at most 50000 lines/],
    [`<row>${cell('A&#49;048576', 12)}</row>`, /cannot be read/],
    [`<row><c x:r = 'A1048576' q="/>"><v>1</v></c></row>`, /at most 50000 lines/],
    [`<row>${cell('XFD2', 12)}</row>`, /at most 500 columns/],
    [`<row r="50000">${cell('SF50000', 12)}</row>`, /at most 2000000 cells/],
  ];
  for (const [row, message] of rows) {
    await assert.rejects(read(makeWorkbook(heading + row)), { code: 'FAILED', message }, row);
  }
});

test('a part that the directory does not name is not read', async () => {
  const whole = makeWorkbook(`${heading}<row r="2">${cell('A2', 1001)}</row>`);
  const end = whole.length - 22;
  whole.writeUInt16LE(0, end + 8);
  whole.writeUInt16LE(0, end + 10);
  await assert.rejects(read(whole), { code: 'FAILED', message: /cannot be read/ });
});

test('a cell whose formula failed is no empty cell', async () => {
  const failed = '<c r="B2" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c>';
  const { lines } = await read(
    makeWorkbook(`${heading}<row r="2">${cell('A2', 1001)}${failed}</row>`),
  );
  assert.deepEqual(lines[1]?.cells, ['1001', '#DIV/0!']);
});
