import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachStore } from '../../../../test/support/stores.ts';
import { serveGradebook } from '../../../../test/support/gradebook.ts';
import type { Gradebook } from '../../../../test/support/gradebook.ts';
import type { ImportReport } from '../methods-files.ts';
import { readMark } from './cells.ts';
import { fold, readColumns } from './columns.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A promotion of two, both with a number and an e-mail address. */
async function makeClass(book: Gradebook): Promise<string> {
  const { promotion } = await book.createPromotion({ name: 'L3' });
  const students = [
    { familyName: 'Dupont', givenName: 'Zoé', number: '2101', email: 'zoe@x.fr' },
    { familyName: 'Lefèvre', givenName: 'Noé', number: '2102', email: 'noe@x.fr' },
  ];
  await book.addStudents({ promotion, students });
  return promotion;
}

/** The errors of a report. */
function errorsOf({ lines }: ImportReport): [number, number | null, string, string][] {
  return lines
    .filter(({ fate }) => fate === 'error')
    .map(({ line, column, code, text }) => [line, column, code, text]);
}

eachStore('no mark is given to whom a number tells when the line names another', async (test_) => {
  await using served = await serveGradebook(test_);
  const { book } = served;
  const promotion = await makeClass(book);
  const content = base64('Nom;Prénom;Numéro;E-mail;Oral\nDupont;Zoé;2102;;3\n');
  const report = await book.importMarks({ promotion, content });
  assert.deepEqual(
    [report.done, errorsOf(report)],
    [false, [[2, 3, 'OTHER_STUDENT', '2102 is Noé Lefèvre, but the line says Zoé Dupont']]],
  );
  assert.equal((await book.promotionAverage({ promotion })).average, null);
  const others: readonly [string, number | null, string][] = [
    ['Dupont;Zoé;;noe@x.fr', 4, 'noe@x.fr is Noé Lefèvre, but the line says Zoé Dupont'],
    ['Dupont;;2102;', 3, '2102 is Noé Lefèvre, but the line says Dupont'],
    ['Curie;Noé;2102;', 3, '2102 is Noé Lefèvre, but the line says Noé Curie'],
    [';;2102;zoe@x.fr', 3, '2102 is Noé Lefèvre, but the line says zoe@x.fr'],
    [';;2109;zoe@x.fr', 4, 'zoe@x.fr is Zoé Dupont, but the line says 2109'],
  ];
  for (const [line, column, text] of others) {
    const file = base64(`Nom;Prénom;Numéro;E-mail;Oral\n${line};3\n`);
    const dry = await book.importMarks({ promotion, content: file, dryRun: true });
    assert.deepEqual(errorsOf(dry), [[2, column, 'OTHER_STUDENT', text]]);
  }
});

eachStore('a name written otherwise is no other name, and is reported as known', async (test_) => {
  await using served = await serveGradebook(test_);
  const { book } = served;
  const promotion = await makeClass(book);
  await book.addStudent({ promotion, familyName: 'Lefèvre', givenName: 'Noé Jean', number: '7' });
  const names: readonly (readonly [string, string])[] = [
    ['Nom;Prénom', 'LEFEVRE;noe'],
    ['Nom;Prénom', 'Lefèvre;'],
    ['Nom;Prénom', 'Lefèvre;Noé Marie'],
    ['Nom complet', 'Lefevre Noé'],
    ['Nom complet', 'Noé LEFÈVRE'],
  ];
  for (const [heading, cells] of names) {
    const content = base64(`${heading};Numéro;Oral\n${cells};2102;3\n`);
    const { lines } = await book.importMarks({ promotion, content, dryRun: true });
    assert.match(lines.at(-1)?.text ?? '', /^Noé Lefèvre, marks: 1 to add/, cells);
  }
  // Less than a student's whole name, but the whole of another's.
  const content = base64('Nom;Prénom;Numéro;Oral\nLefèvre;Noé;7;3\n');
  assert.deepEqual(errorsOf(await book.importMarks({ promotion, content })), [
    [2, 3, 'OTHER_STUDENT', '7 is Noé Jean Lefèvre, but the line says Noé Lefèvre'],
  ]);
});

eachStore('who takes another name is told by the old and the new one', async (test_) => {
  await using served = await serveGradebook(test_);
  const { book } = served;
  const promotion = await makeClass(book);
  const content = base64('Nom;Prénom;Numéro\nCurie;Zoé;2102\nDUPONT;Zoé;2101\n');
  const { lines, done } = await book.importStudents({ promotion, content });
  assert.deepEqual(
    [done, ...lines.map(({ fate, code, text }) => [fate, code, text])],
    [
      true,
      [
        'change',
        'RENAME_STUDENT',
        'Noé Lefèvre (2102) becomes Zoé Curie, to change: familyName, givenName',
      ],
      ['change', 'RENAME_STUDENT', 'Zoé Dupont (2101) becomes Zoé DUPONT, to change: familyName'],
    ],
  );
});

eachStore('a cell behind the last column is an error, and an empty one is none', async (test_) => {
  await using served = await serveGradebook(test_);
  const { book } = served;
  const promotion = await makeClass(book);
  const content = base64('Nom,Prénom,Oral\nDupont,Zoé,12,5\nLefèvre,Noé,"12,5",,\n');
  const report = await book.importMarks({ promotion, content });
  const hint = 'quote a decimal comma in a file separated by commas, as "12,5"';
  assert.deepEqual(
    [report.done, errorsOf(report)],
    [false, [[2, 4, 'TOO_MANY_CELLS', `“5” stands behind the last column (3); ${hint}`]]],
  );
  assert.equal((await book.listAssessments({ promotion })).assessments.length, 0);
  const people = base64('Nom;Prénom;\nDupont;Zoé;;\nCurie;Marie;x\n');
  assert.deepEqual(errorsOf(await book.importStudents({ promotion, content: people })), [
    [3, 3, 'TOO_MANY_CELLS', '“x” stands behind the last column (2)'],
  ]);
});

test('spaces in a mark part thousands, and nothing else', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['1 000', '1000'],
    ['12\u{202f}000,5', '12000.5'],
    ['100\u{a0}000', '100000'],
    [' 14,5 ', '14.5'],
    ['1 4,5', undefined],
    ['14 ,5', undefined],
    ['14, 5', undefined],
    ['1 0000', undefined],
    ['1000 000', undefined],
    ['1  000', undefined],
    ['1 000 000', undefined],
  ];
  for (const [cell, mark] of cases) assert.equal(readMark(cell), mark, cell);
});

eachStore('a heading that says another scale or coefficient is an error', async (test_) => {
  await using served = await serveGradebook(test_);
  const { book } = served;
  const promotion = await makeClass(book);
  const asked = { promotion, name: 'Partiel', scale: '20', coefficient: '2' };
  const { assessment } = await book.createAssessment(asked);
  const importAs = (heading: string, options = {}): Promise<ImportReport> =>
    book.importMarks({
      promotion,
      content: base64(`Nom;Prénom;${heading}\nDupont;Zoé;18\n`),
      ...options,
    });
  const known = 'but Partiel is out of 20, coefficient 2';
  const report = await importAs('Partiel /10 (4)');
  assert.deepEqual(
    [report.done, errorsOf(report)],
    [false, [[1, 3, 'OTHER_SCALE', `the heading says /10 (4), ${known}`]]],
  );
  assert.equal((await book.promotionAverage({ promotion })).average, null);
  for (const said of ['/10', '(4)', '/10 (2)', '/20 (1,5)']) {
    const [error] = errorsOf(await importAs(`partiel ${said}`));
    assert.deepEqual(error?.slice(0, 3), [1, 3, 'OTHER_SCALE'], said);
  }
  const named = errorsOf(await importAs('Oral /10', { assessment, dryRun: true }));
  assert.deepEqual(named, [[1, 3, 'OTHER_SCALE', `the heading says /10, ${known}`]]);
  for (const same of ['', ' /20', ' (2)', ' /20,0 (2.0)']) {
    assert.ok((await importAs(`Partiel${same}`)).done, same);
  }
});

test('columns named Note or Mark hold marks, whatever stands behind', () => {
  const cases: readonly (readonly [string, string, string | undefined, string | undefined])[] = [
    ['Note', 'Note', undefined, undefined],
    ['Note /20', 'Note', '20', undefined],
    ['Note/20', 'Note', '20', undefined],
    ['Note /10', 'Note', '10', undefined],
    ['Note (2)', 'Note', undefined, '2'],
    ['Mark /20 (2)', 'Mark', '20', '2'],
    ['Note 1', 'Note 1', undefined, undefined],
    ['Mark 2', 'Mark 2', undefined, undefined],
  ];
  for (const [heading, name, scale, coefficient] of cases) {
    const { marks, ignored } = readColumns(['Nom', heading]);
    assert.deepEqual([marks, ignored], [[{ index: 1, name, scale, coefficient }], []], heading);
  }
});

test('two columns of one assessment are refused, whatever scales they say', () => {
  const data = { reason: 'COLUMN_TWICE', column: 3, name: 'note (2)' };
  assert.throws(() => readColumns(['Nom', 'Note /20', 'note (2)']), { data });
});

eachStore('a column that is not read is told', async (test_) => {
  await using served = await serveGradebook(test_);
  const { book } = served;
  const promotion = await makeClass(book);
  const heading = 'Nom;Prénom;;Note /20;Moyenne;';
  const content = base64(`${heading}\nDupont;Zoé;x;18;12;\n`);
  for (const dryRun of [true, false]) {
    const { lines, done } = await book.importMarks({ promotion, content, dryRun });
    assert.deepEqual(
      [done, ...lines.map(({ line, fate, column, text }) => [line, fate, column, text])],
      [
        !dryRun,
        [1, 'skip', 3, 'leaves a column alone that has no name'],
        [1, 'add', 4, 'creates the assessment Note, out of 20, coefficient 1'],
        [1, 'skip', 5, 'leaves the column Moyenne alone'],
        [2, 'add', null, 'Zoé Dupont, marks: 1 to add, 0 to change, 0 as before'],
      ],
    );
  }
  const { lines } = await book.importStudents({ promotion, content });
  assert.deepEqual(
    lines.map(({ fate, column, details }) => [fate, column, details['name']]),
    [
      ['skip', 3, ''],
      ['skip', 4, 'Note'],
      ['skip', 5, 'Moyenne'],
      ['same', null, 'Zoé Dupont'],
    ],
  );
});

eachStore('marks of no assessment are exported to columns that are left alone', async (test_) => {
  await using served = await serveGradebook(test_);
  const { book } = served;
  const promotion = await makeClass(book);
  const { students } = await book.listStudents({ promotion });
  await book.addMark({ student: students[0]?.student ?? '', value: '12' });
  for (const language of ['fr', 'en'] as const) {
    const { content } = await book.exportMarks({ promotion, language });
    const { counts, lines } = await book.importStudents({ promotion, content });
    assert.deepEqual([counts.same, counts.skip, counts.error], [2, 3, 0]);
    assert.equal(lines[0]?.details['name'], language === 'fr' ? 'Autre note 1' : 'Other mark 1');
    assert.deepEqual([lines[0].fate, lines[0].column], ['skip', 5]);
  }
});

test('letters that are written as one are the two they stand for', () => {
  assert.equal(fold('Cœur'), fold('COEUR'));
  assert.equal(fold('Lætitia Groß'), 'laetitia gross');
});
