import { extname } from 'node:path';
import { gradebookExportTexts } from '../../../language/gradebook-export.ts';
import type { Language } from '../../../language/language.ts';
import type { TaskOptions } from '../../../service/index.ts';
import type { Caller } from '../caller.ts';
import { gradebookLimits } from '../limits.ts';
import { Pace } from '../pace.ts';
import { readPromotion, requireHeld } from '../seeing.ts';
import type { Reading } from '../seeing.ts';
import { isDecimal } from '../shapes.ts';
import { Distribution, shownDigits } from '../statistics.ts';
import { sumsOf } from '../ledger.ts';
import type { AssessmentRow, MarkRow, StudentRow } from '../tables.ts';
import { packRow } from './sheet.ts';
import type { Cell, PackedSheet, Sheet } from './sheet.ts';
import { ThreadWork } from './thread-work.ts';
import { readAllStudents, readMarksOfAll } from './whole-promotion.ts';

/** What a spreadsheet would run as a formula when it stands first in a cell (OWASP, CSV injection). */
const formulaStart = /^[=+\-@\t\r]/;

/** A text that no spreadsheet takes for a formula: behind an apostrophe, which spreadsheets do not show. */
export function defuse(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text;
}

const text = (value: string | null): Cell => ({ text: value ?? '' });

function markCell(value: string | undefined): Cell {
  return value !== undefined && isDecimal(value) ? { number: value } : text(value ?? '');
}

interface Book {
  readonly students: readonly StudentRow[];
  readonly assessments: readonly AssessmentRow[];
  readonly marks: ReadonlyMap<string, readonly MarkRow[]>;
}

async function readBook(reading: Reading, promotion: string): Promise<Book> {
  const students = await readAllStudents(reading, promotion);
  const assessments = await reading.query
    .selectFrom('assessments')
    .selectAll()
    .where('promotion', '=', promotion)
    .orderBy('date')
    .orderBy('id')
    .execute();
  return { students, assessments, marks: await readMarksOfAll(reading, students) };
}

/** One row a student, with a pause now and then for everybody else. */
async function makeRows(
  students: readonly StudentRow[],
  makeRow: (student: StudentRow) => Cell[],
): Promise<Cell[][]> {
  const pace = new Pace();
  const rows: Cell[][] = [];
  for (const student of students) {
    await pace.keep();
    rows.push(makeRow(student));
  }
  return rows;
}

function headingOf({ name, scale, coefficient }: AssessmentRow, show: (text: string) => string) {
  return `${name} /${show(scale)} (${show(coefficient)})`;
}

/** Students down, assessments across; marks given outside of them after those. */
async function makeSheet(
  { students, assessments, marks }: Book,
  language: Language,
): Promise<Sheet> {
  const texts = gradebookExportTexts[language];
  const show = (number: string): string => (language === 'fr' ? number.replace('.', ',') : number);
  const ownMarks = (student: StudentRow): readonly MarkRow[] =>
    (marks.get(student.id) ?? []).filter(({ assessment }) => assessment === null);
  const others = students.reduce((most, one) => Math.max(most, ownMarks(one).length), 0);
  const averages = new Map(students.map((one) => [one.id, sumsOf(one).average]));
  const distribution = new Distribution(
    [...averages.values()]
      .filter((average) => average !== undefined)
      .map((average) => [average, 1] as const),
  );
  const rows = await makeRows(students, (student) => {
    const byAssessment = new Map(
      (marks.get(student.id) ?? []).map((mark) => [mark.assessment, mark.value]),
    );
    const own = ownMarks(student);
    const average = averages.get(student.id);
    return [
      text(student.familyName),
      text(student.givenName),
      text(student.number),
      text(student.email),
      ...assessments.map(({ id }) => markCell(byAssessment.get(id))),
      ...Array.from({ length: others }, (_, place) => describeOwn(own[place], show)),
      average === undefined ? text('') : { number: average.toDecimal(shownDigits) },
      average === undefined ? text('') : { number: String(distribution.rank(average).rank) },
    ];
  });
  return {
    headings: [
      texts.familyName,
      texts.givenName,
      texts.number,
      texts.email,
      ...assessments.map((one) => headingOf(one, show)),
      ...Array.from({ length: others }, (_, place) => texts.otherMark(place + 1)),
      texts.average,
      texts.rank,
    ],
    rows,
  };
}

/** A mark outside of assessments says itself what it is out of, and what it weighs. */
function describeOwn(mark: MarkRow | undefined, show: (text: string) => string): Cell {
  if (mark === undefined) return text('');
  const { value, scale, coefficient, label } = mark;
  return text(`${show(value)}/${show(scale)} (${show(coefficient)}) ${label}`.trim());
}

/** As Moodle imports grades: it knows students by number or e-mail, and wants decimal points. */
async function makeMoodleSheet({ students, assessments, marks }: Book): Promise<Sheet> {
  return {
    headings: [
      'First name',
      'Last name',
      'ID number',
      'Email address',
      ...assessments.map(({ name }) => `Assignment: ${name} (Real)`),
    ],
    rows: await makeRows(students, (student) => {
      const byAssessment = new Map(
        (marks.get(student.id) ?? []).map((mark) => [mark.assessment, mark.value]),
      );
      const grade = (value: string | undefined): Cell =>
        value === 'ABS'
          ? { number: '0' }
          : value !== undefined && isDecimal(value)
            ? { number: value }
            : text('-');
      return [
        text(student.givenName),
        text(student.familyName),
        text(student.number),
        text(student.email),
        ...assessments.map(({ id }) => grade(byAssessment.get(id))),
      ];
    }),
  };
}

/** Rows that are written in one go. */
const rowsAtOnce = 500;

async function toCsv({ headings, rows }: Sheet, separator: string, point: string): Promise<Buffer> {
  const { stringify } = await import('csv-stringify/sync');
  // `-` alone is what Moodle writes for no grade, and no formula.
  const show = (cell: Cell): string =>
    'number' in cell
      ? cell.number.replace('.', point)
      : cell.text === '-'
        ? cell.text
        : defuse(cell.text);
  const write = (lines: string[][]): string =>
    stringify(lines, { delimiter: separator, record_delimiter: '\r\n' });
  // With the mark, every spreadsheet reads it as UTF-8.
  const pieces = [`\u{feff}${write([headings.map(defuse)])}`];
  const pace = new Pace();
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    await pace.keep();
    pieces.push(write(rows.slice(start, start + rowsAtOnce).map((row) => row.map(show))));
  }
  return Buffer.from(pieces.join(''));
}

/** Cells that are written faster than a thread is started. */
const smallSheet = 5_000;

// The extension is that of this module: TypeScript here, JavaScript in the published package.
const script = new URL(`./write-worker${extname(import.meta.url)}`, import.meta.url);

/** Writes spreadsheets, large ones on a thread. */
export class SheetWriter {
  readonly #threads = new ThreadWork<PackedSheet, Uint8Array>(script, {
    size: 2,
    maxQueue: 64,
    maxTime: gradebookLimits.maxReadingTime,
    resourceLimits: { maxOldGenerationSizeMb: gradebookLimits.maxReadingMegabytes },
  });

  /**
   * A sheet as an XLSX file.
   * @param account who asked for it: accounts take turns.
   * @throws what {@link ThreadWork.run} throws.
   */
  async write(
    { headings, rows }: Sheet,
    name: string,
    account: string,
    options: TaskOptions,
  ): Promise<Uint8Array> {
    const packed = { name, headings, rows: rows.map(packRow) };
    if (rows.length * headings.length > smallSheet) {
      return this.#threads.run(packed, account, options);
    }
    const { writeXlsx } = await import('./xlsx.ts');
    return writeXlsx(packed);
  }
}

/** A name of a file from that of a promotion. */
function nameFile(name: string, extension: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|-+$/g, '');
  return `${plain || 'gradebook'}.${extension}`;
}

/** What is asked of an export. */
export interface MarkExport {
  readonly promotion: string;
  readonly format?: 'csv' | 'moodle' | 'xlsx' | undefined;
  readonly language?: Language | undefined;
}

/** A promotion as a file: what is left to do once the store was read. */
export async function exportMarks(
  reading: Reading,
  caller: Caller,
  { promotion, format = 'csv', language = 'en' }: MarkExport,
): Promise<
  (
    writer: SheetWriter,
    options: TaskOptions,
  ) => Promise<{ name: string; mediaType: string; content: string }>
> {
  await requireHeld(reading, caller, promotion);
  const { name } = await readPromotion(reading, promotion);
  const book = await readBook(reading, promotion);
  return async (writer, options) => {
    const sheet = await (format === 'moodle' ? makeMoodleSheet(book) : makeSheet(book, language));
    if (format === 'xlsx') {
      const title = gradebookExportTexts[language].sheet;
      const bytes = await writer.write(sheet, title, caller.account, options);
      return {
        name: nameFile(name, 'xlsx'),
        mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        content: Buffer.from(bytes).toString('base64'),
      };
    }
    const isLocal = language === 'fr' && format === 'csv';
    const bytes = await toCsv(sheet, isLocal ? ';' : ',', isLocal ? ',' : '.');
    return {
      name: nameFile(name, 'csv'),
      mediaType: 'text/csv; charset=utf-8',
      content: bytes.toString('base64'),
    };
  };
}
