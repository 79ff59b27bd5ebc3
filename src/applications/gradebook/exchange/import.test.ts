import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { gradebookImportTexts } from '../../../language/gradebook-import.ts';
import { CallError } from '../../../service/index.ts';
import { eachStore } from '../../../../test/support/stores.ts';
import { serveGradebook } from '../../../../test/support/gradebook.ts';
import type { Gradebook } from '../../../../test/support/gradebook.ts';
import { readColumns, splitName } from './columns.ts';
import { defuse } from './export.ts';
import { readMark } from './cells.ts';
import { findSeparator, readTable } from './table.ts';

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');

/** The cells of a file's lines. */
async function cellsOf(bytes: string | Uint8Array): Promise<readonly (readonly string[])[]> {
  return (await readTable(Buffer.from(bytes))).lines.map(({ cells }) => cells);
}

test('the same table is read from every encoding that spreadsheets write', async () => {
  const text = 'Nom;Prénom\r\nŒuvré;Zoé\r\n';
  const utf16 = Buffer.from(`\u{feff}${text}`, 'utf16le');
  const windows = Buffer.from(
    text.replace('Œ', '\u008c'),
    // Latin-1, with the one character that Windows-1252 has in place of a control.
    'latin1',
  );
  const files: readonly [string, Uint8Array][] = [
    ['utf-8', Buffer.from(text)],
    ['utf-8', Buffer.from(`\u{feff}${text}`)],
    ['utf-16le', utf16],
    ['utf-16be', Buffer.from(utf16).swap16()],
    ['windows-1252', windows],
  ];
  for (const [encoding, bytes] of files) {
    const table = await readTable(Buffer.from(bytes));
    assert.equal(table.encoding, encoding);
    assert.deepEqual(
      table.lines.map(({ cells }) => cells),
      [
        ['Nom', 'Prénom'],
        ['Œuvré', 'Zoé'],
      ],
    );
  }
});

test('what separates is found, outside quotes, whatever stands in numbers', async () => {
  assert.equal(findSeparator('Nom;"a,b,c,d";TP (1,5)\nx'), ';');
  assert.equal(findSeparator('Name,Mark\n1;2;3'), ',');
  assert.equal(findSeparator('Name\tMark\n'), '\t');
  assert.deepEqual(await cellsOf('sep=,\r\nNom,TP\r\nA,1\r\n'), [
    ['Nom', 'TP'],
    ['A', '1'],
  ]);
  const table = await readTable(Buffer.from('Nom;Note\n"De\nux";1\nTrois;2\n'));
  assert.deepEqual(
    table.lines.map(({ line }) => line),
    [1, 2, 4],
  );
});

test('marks are read as people write them', () => {
  const cases: readonly [string, string | undefined][] = [
    ['12,5', '12.5'],
    ['12.50', '12.50'],
    ['', ''],
    ['-', ''],
    ['abs', 'ABS'],
    ['ABI', 'ABS'],
    ['Dispensé', 'EXC'],
    ['att', 'ATT'],
    ['12/20', undefined],
    ['-3', undefined],
    ['1e3', undefined],
    ['=1+1', undefined],
  ];
  for (const [cell, mark] of cases) assert.equal(readMark(cell), mark, cell);
});

test('headings tell people from marks, in French, in English, and as Moodle writes them', () => {
  const { person, marks } = readColumns([
    'N° étudiant',
    'NOM',
    'Prénom',
    'Oral / 30 (coef 1,5)',
    'Moyenne',
    'TP1',
  ]);
  assert.deepEqual(
    [...person],
    [
      ['number', 0],
      ['familyName', 1],
      ['givenName', 2],
    ],
  );
  assert.deepEqual(marks, [
    { index: 3, name: 'Oral', scale: '30', coefficient: '1.5' },
    { index: 5, name: 'TP1', scale: undefined, coefficient: undefined },
  ]);
  const moodle = readColumns([
    'Prénom',
    'Nom',
    "Numéro d'identification",
    'Institution',
    'Département',
    'Adresse de courriel',
    'Devoir : TP réseau (Brut)',
    'Devoir : TP réseau (Pourcentage)',
    'Total du cours (Brut)',
    'Dernier téléchargement depuis ce cours',
  ]);
  assert.ok(moodle.isMoodle);
  assert.deepEqual(
    moodle.marks.map(({ name, index }) => [name, index]),
    [['TP réseau', 6]],
  );
  assert.equal(moodle.person.get('email'), 5);
});

test('a heading is one line, and no longer than a name and what stands around it', () => {
  assert.equal(readColumns(['Nom', 'TP\n1 /20']).marks[0]?.name, 'TP 1');
  const tooLong = { data: { reason: 'HEADING_TOO_LONG', column: 2, limit: 200 } };
  assert.throws(() => readColumns(['Nom', 'x'.repeat(201)]), tooLong);
  assert.equal(readColumns(['Nom', `${'x'.repeat(200)} /20 (2)`]).marks[0]?.scale, '20');
  // What a pattern would look at again and again, in square time.
  const hostile = `a${' '.repeat(60_000)}b`;
  assert.throws(() => readColumns(['Nom', hostile]), {
    data: { reason: 'HEADING_TOO_LONG', column: 2, limit: 400 },
  });
});

test('a name in one piece is cut in two', () => {
  const cases: readonly [string, string, string][] = [
    ['Ada Lovelace', 'Lovelace', 'Ada'],
    ['LOVELACE Ada', 'LOVELACE', 'Ada'],
    ['Jean DE LA FONTAINE', 'DE LA FONTAINE', 'Jean'],
    ['Lovelace, Ada', 'Lovelace', 'Ada'],
    ['Platon', 'Platon', ''],
  ];
  for (const [name, familyName, givenName] of cases) {
    assert.deepEqual(splitName(name), { familyName, givenName }, name);
  }
});

test('no bytes make the reader of files throw anything but a refusal', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc
          .uint8Array({ maxLength: 300 })
          .map((rest) => Buffer.concat([Buffer.from('PK\u0003\u0004'), rest])),
        fc
          .string({ unit: fc.constantFrom('"', ';', ',', '\n', '\r', 'a', '1', '\t') })
          .map((text) => Buffer.from(text)),
      ),
      async (bytes) => {
        try {
          await readTable(Buffer.from(bytes));
        } catch (error) {
          assert.ok(error instanceof CallError, String(error));
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** A ZIP archive of one deflated file that says of itself whatever is asked. */
function makeArchive(content: Uint8Array, declared: number): Buffer {
  const packed = deflateRawSync(content);
  const name = Buffer.from('xl/worksheets/sheet1.xml');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04_03_4b_50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(declared, 22);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02_01_4b_50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(declared, 24);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, name, packed, entry, name, end]);
}

test('an archive that unpacks to more than it says is refused before it does', async () => {
  const bomb = makeArchive(Buffer.alloc(100_000_000), 10);
  assert.ok(bomb.length < 200_000);
  await assert.rejects(readTable(bomb), {
    code: 'FAILED',
    message: /at most 67108864 bytes/,
  });
});

test('what a spreadsheet would run is defused, and nothing else', () => {
  for (const text of ['=1+1', '+1', '-1+2', '@SUM(A1)', '\tx'])
    assert.equal(defuse(text), `'${text}`);
  for (const text of ['Ada', '12', "d'Arc", 'a=b']) assert.equal(defuse(text), text);
});

async function makeClass(book: Gradebook): Promise<string> {
  const { promotion } = await book.createPromotion({ name: 'L3' });
  const report = await book.importStudents({
    promotion,
    content: base64('Nom;Prénom;Numéro\nLovelace;Ada;1\nTuring;Alan;2\nHopper;Grace;3\n'),
  });
  assert.deepEqual([report.done, report.counts.add], [true, 3]);
  return promotion;
}

eachStore('a dry run says the fate of each line, and changes nothing', async (test_) => {
  await using served = await serveGradebook(test_);
  const { book } = served;
  const promotion = await makeClass(book);
  const content = base64(
    'Nom;Prénom;TP /10 (2)\nLovelace;Ada;7,5\n;;\nTuring;Alan;abs\nHopper;Grace;\n',
  );
  const dry = await book.importMarks({ promotion, content, dryRun: true });
  assert.deepEqual(
    dry.lines.map(({ line, fate, code }) => [line, fate, code]),
    [
      [1, 'add', 'ASSESSMENT'],
      [2, 'add', 'MARKS'],
      [3, 'skip', 'EMPTY'],
      [4, 'add', 'MARKS'],
      [5, 'same', 'MARKS'],
    ],
  );
  assert.deepEqual(
    [dry.done, (await book.listAssessments({ promotion })).assessments],
    [false, []],
  );
  const done = await book.importMarks({ promotion, content });
  assert.deepEqual([done.done, done.lines], [true, dry.lines]);
  const { average, sums } = await book.promotionAverage({ promotion, method: 'meanOfAllMarks' });
  assert.deepEqual([average, sums], ['7.50', { weighted: '30', coefficients: '4' }]);
  const again = await book.importMarks({ promotion, content });
  assert.deepEqual([again.done, again.counts.same], [true, 3]);
  const changed = base64('Numéro,TP\n2,5\n');
  assert.equal((await book.importMarks({ promotion, content: changed })).counts.change, 1);
  assert.equal((await book.promotionAverage({ promotion })).average, '12.50');
});

eachStore(
  'one bad cell leaves everything as it was, and is told by line and column',
  async (test_) => {
    await using served = await serveGradebook(test_);
    const { book } = served;
    const promotion = await makeClass(book);
    const content = base64(
      'Nom;Prénom;TP;Oral\nLovelace;Ada;12;13\nTuring;Alan;12;quinze\nNobody;X;1;1\nLovelace;Ada;1;1\nHopper;Grace;12;,5\n',
    );
    const report = await book.importMarks({ promotion, content });
    assert.deepEqual(
      report.lines
        .filter(({ fate }) => fate === 'error')
        .map(({ line, column, code }) => [line, column, code]),
      [
        [3, 4, 'BAD_MARK'],
        [4, 1, 'UNKNOWN_STUDENT'],
        [5, 1, 'STUDENT_TWICE'],
        [6, 4, 'WRITE_MARK'],
      ],
    );
    assert.equal(report.done, false);
    assert.equal((await book.promotionAverage({ promotion })).average, null);
    for (const { code, details, text } of report.lines) {
      const texts = gradebookImportTexts;
      const name = code as keyof (typeof texts)['fr'];
      assert.equal(texts.en[name](details), text);
      assert.doesNotMatch(texts.fr[name](details), /undefined/);
    }
  },
);

/** What Python's own reader of CSV makes of a file. */
function readWithPython(bytes: Buffer, encoding: string, separator: string): string[][] {
  const program = `
import csv, io, json, sys
text = sys.stdin.buffer.read().decode(sys.argv[1])
print(json.dumps(list(csv.reader(io.StringIO(text, newline=''), delimiter=sys.argv[2]))))`;
  const python = spawnSync('/usr/bin/python3', ['-c', program, encoding, separator], {
    input: bytes,
  });
  return JSON.parse(python.stdout.toString()) as string[][];
}

eachStore('what is exported is imported again as it was, in every format', async (test_) => {
  await using served = await serveGradebook(test_);
  const { book } = served;
  const promotion = await makeClass(book);
  await book.addStudent({ promotion, familyName: '=HYPERLINK("http://evil")', number: '4' });
  const marks = base64(
    'Numéro;TP, partie "1" /20 (1,5);Oral\n1;12,25;10\n2;abs;\n3;EXC;18\n4;3;4\n',
  );
  assert.ok((await book.importMarks({ promotion, content: marks })).done);
  const before = await book.listStudents({ promotion });
  const csv = await book.exportMarks({ promotion, language: 'fr' });
  const rows = readWithPython(Buffer.from(csv.content, 'base64'), 'utf-8-sig', ';');
  assert.deepEqual(rows[0], [
    'Nom',
    'Prénom',
    'Numéro',
    'E-mail',
    'TP, partie "1" /20 (1,5)',
    'Oral /20 (1)',
    'Moyenne',
    'Rang',
  ]);
  assert.deepEqual(rows[1]?.[0], `'=HYPERLINK("http://evil")`);
  assert.deepEqual(
    rows.find(([name]) => name === 'Lovelace'),
    ['Lovelace', 'Ada', '1', '', '12,25', '10', '11,35', '2'],
  );
  for (const format of ['csv', 'xlsx', 'moodle'] as const) {
    const { content, name } = await book.exportMarks({ promotion, format });
    assert.match(name, format === 'xlsx' ? /^L3\.xlsx$/ : /^L3\.csv$/);
    const report = await book.importMarks({ promotion, content });
    // Moodle has a grade of 0 where a student was absent.
    const expected = format === 'moodle' ? { change: 1, same: 3 } : { change: 0, same: 4 };
    const { change, same, error, add } = report.counts;
    assert.deepEqual({ change, same, error, add }, { ...expected, error: 0, add: 0 }, format);
  }
  const people = await book.importStudents({ promotion, content: csv.content });
  assert.deepEqual([people.counts.same, people.counts.change], [4, 0]);
  const after = await book.listStudents({ promotion });
  assert.deepEqual(
    after.students.map(({ average }) => average),
    before.students.map(({ average }) => average),
  );
});
