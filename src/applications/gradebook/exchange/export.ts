import { stringify } from 'csv-stringify/sync';
import { gradebookExportTexts } from '../../../language/gradebook-export.ts';
import type { Language } from '../../../language/language.ts';
import type { Caller } from '../caller.ts';
import { Rational } from '../rational.ts';
import { readPromotion, requireHeld } from '../seeing.ts';
import type { Reading } from '../seeing.ts';
import { isDecimal } from '../shapes.ts';
import { Distribution, shownDigits } from '../statistics.ts';
import { sumsOf } from '../ledger.ts';
import type { AssessmentRow, MarkRow, StudentRow } from '../tables.ts';

/** A cell: a number, with how many digits after the point it was written with; or a text. */
type Cell = { readonly number: string } | { readonly text: string };

/** What a spreadsheet would run as a formula when it stands first in a cell (OWASP, CSV injection). */
const formulaStart = /^[=+\-@\t\r]/;

/** A text that no spreadsheet takes for a formula: behind an apostrophe, which spreadsheets do not show. */
export function defuse(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text;
}

interface Sheet {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
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

async function readBook({ query }: Reading, promotion: string): Promise<Book> {
  const students = await query
    .selectFrom('students')
    .selectAll()
    .where('promotion', '=', promotion)
    .where('removed', '=', 0)
    .orderBy('sortKey')
    .orderBy('id')
    .execute();
  const assessments = await query
    .selectFrom('assessments')
    .selectAll()
    .where('promotion', '=', promotion)
    .orderBy('date')
    .orderBy('id')
    .execute();
  const rows = await query
    .selectFrom('marks')
    .innerJoin('students', 'students.id', 'marks.student')
    .selectAll('marks')
    .where('students.promotion', '=', promotion)
    .where('students.removed', '=', 0)
    .orderBy('marks.id')
    .execute();
  return { students, assessments, marks: Map.groupBy(rows, ({ student }) => student) };
}

function headingOf({ name, scale, coefficient }: AssessmentRow, show: (text: string) => string) {
  return `${name} /${show(scale)} (${show(coefficient)})`;
}

/** Students down, assessments across; marks given outside of them after those. */
function makeSheet({ students, assessments, marks }: Book, language: Language): Sheet {
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
  const rows = students.map((student): Cell[] => {
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
function makeMoodleSheet({ students, assessments, marks }: Book): Sheet {
  return {
    headings: [
      'First name',
      'Last name',
      'ID number',
      'Email address',
      ...assessments.map(({ name }) => `Assignment: ${name} (Real)`),
    ],
    rows: students.map((student) => {
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

function toCsv({ headings, rows }: Sheet, separator: string, point: string): Buffer {
  // `-` alone is what Moodle writes for no grade, and no formula.
  const show = (cell: Cell): string =>
    'number' in cell
      ? cell.number.replace('.', point)
      : cell.text === '-'
        ? cell.text
        : defuse(cell.text);
  const lines = [headings.map(defuse), ...rows.map((row) => row.map(show))];
  const body = stringify(lines, { delimiter: separator, record_delimiter: '\r\n' });
  // With the mark, every spreadsheet reads it as UTF-8.
  return Buffer.from(`\u{feff}${body}`);
}

async function toXlsx({ headings, rows }: Sheet, sheet: string): Promise<Buffer> {
  const { default: write } = await import('write-excel-file/node');
  const data = [
    headings.map((heading) => ({ value: heading, type: String, fontWeight: 'bold' as const })),
    ...rows.map((row) =>
      row.map((cell) =>
        'number' in cell
          ? { value: Rational.parse(cell.number).toNumber(), type: Number }
          : // Typed as text, it is text to a spreadsheet whatever it begins with.
            { value: cell.text, type: String },
      ),
    ),
  ];
  return write(data, { sheet }).toBuffer();
}

/** A name of a file from that of a promotion. */
function nameFile(name: string, extension: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|-+$/g, '');
  return `${plain || 'gradebook'}.${extension}`;
}

/** A promotion as a file. */
export async function exportMarks(
  reading: Reading,
  caller: Caller,
  asked: {
    readonly promotion: string;
    readonly format?: 'csv' | 'moodle' | 'xlsx' | undefined;
    readonly language?: Language | undefined;
  },
): Promise<() => Promise<{ name: string; mediaType: string; content: string }>> {
  const { promotion, format = 'csv', language = 'en' } = asked;
  await requireHeld(reading, caller, promotion);
  const { name } = await readPromotion(reading, promotion);
  const book = await readBook(reading, promotion);
  return async () => {
    const isFrench = language === 'fr';
    const sheet = format === 'moodle' ? makeMoodleSheet(book) : makeSheet(book, language);
    if (format === 'xlsx') {
      const bytes = await toXlsx(sheet, gradebookExportTexts[language].sheet);
      return {
        name: nameFile(name, 'xlsx'),
        mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        content: bytes.toString('base64'),
      };
    }
    const isLocal = isFrench && format === 'csv';
    const bytes = toCsv(sheet, isLocal ? ';' : ',', isLocal ? ',' : '.');
    return {
      name: nameFile(name, 'csv'),
      mediaType: 'text/csv; charset=utf-8',
      content: bytes.toString('base64'),
    };
  };
}
