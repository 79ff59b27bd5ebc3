import type { Caller } from './caller.ts';
import { fold } from './exchange/columns.ts';
import type { Sums } from './averages.ts';
import { toAssessmentImage, toMarkImage, toPromotionImage, toStudentImage } from './images.ts';
import type { StudentImage } from './images.ts';
import { publishedSumsOf, sumsOf } from './ledger.ts';
import type { StudentWithMarks } from './methods-people.ts';
import type { PageMemory, StudentPage } from './pages.ts';
import { findMarks, findTeachers } from './queries.ts';
import {
  readCursor,
  readMark,
  readPromotion,
  readStudent,
  requireHeld,
  seeStudent,
  visibilityFor,
  writeCursor,
} from './seeing.ts';
import type { Reading, Visibility } from './seeing.ts';
import type { AssessmentShape, ChangeShape, MarkShape, PromotionShape } from './shapes.ts';
import { shownDigits } from './statistics.ts';
import { promotionsOf } from './students.ts';
import type { MarkRow, PromotionRow, StudentRow } from './tables.ts';
import { readChangeOf } from './undo.ts';
import { readChange, showChange } from './write.ts';
import type { MadeChange } from './write.ts';

/** How many there are in a page that says nothing of it. */
const usualPage = 100;

/** An average with the sums it is the quotient of. */
export function showAverage(sums: Sums): StudentWithMarks['average'] {
  const { average, weighted, coefficients } = sums;
  return {
    average: average?.toDecimal(shownDigits) ?? null,
    exact: average?.toString() ?? null,
    sums: { weighted: weighted.toString(), coefficients: coefficients.toString() },
  };
}

async function showPromotion({ run }: Reading, row: PromotionRow): Promise<PromotionShape> {
  const { rows } = await run(findTeachers, { promotion: row.id });
  const teachers = rows.map(({ account }) => account);
  return { ...toPromotionImage(row, teachers), students: row.students };
}

export async function listPromotions(
  reading: Reading,
  { account, role }: Caller,
  asked: {
    readonly archived?: boolean | undefined;
    readonly limit?: number | undefined;
    readonly cursor?: string | undefined;
  },
): Promise<{ promotions: PromotionShape[]; next: string | null }> {
  const limit = asked.limit ?? usualPage;
  const from = readCursor(asked.cursor);
  let query = reading.query.selectFrom('promotions').selectAll();
  if (asked.archived !== true) query = query.where('archived', '=', 0);
  if (from !== undefined) {
    query = query.where((of) => of(of.refTuple('name', 'id'), '>', of.tuple(...from)));
  }
  if (role === 'teacher') {
    query = query.where('id', 'in', (of) =>
      of.selectFrom('promotionTeachers').select('promotion').where('account', '=', account),
    );
  } else if (role === 'student') {
    query = query.where('id', 'in', (of) =>
      of
        .selectFrom('students')
        .select('promotion')
        .where('account', '=', account)
        .where('removed', '=', 0),
    );
  }
  const rows = await query
    .orderBy('name')
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const promotions: PromotionShape[] = [];
  for (const row of rows.slice(0, limit)) promotions.push(await showPromotion(reading, row));
  const last = rows[limit - 1];
  const next = rows.length > limit && last !== undefined ? writeCursor([last.name, last.id]) : null;
  return { promotions, next };
}

/** Students whose marks one query reads. */
const maxNamed = 500;

/** The marks of some students, by student. */
async function readMarksOf(
  { query }: Reading,
  students: readonly StudentRow[],
): Promise<ReadonlyMap<string, readonly MarkRow[]>> {
  const rows: MarkRow[] = [];
  const ids = students.map(({ id }) => id);
  for (let start = 0; start < ids.length; start += maxNamed) {
    const found = await query
      .selectFrom('marks')
      .selectAll()
      .where('student', 'in', ids.slice(start, start + maxNamed))
      .orderBy('id')
      .execute();
    rows.push(...found);
  }
  return Map.groupBy(rows, ({ student }) => student);
}

/** A student with the marks that count for a reader. */
function showStudent(
  row: StudentRow,
  marks: readonly MarkRow[],
  visibility: Visibility,
): StudentWithMarks {
  const seen = visibility === 'all' ? marks : marks.filter(({ published }) => published === 1);
  return {
    ...toStudentImage(row),
    marks: seen.map(toMarkImage),
    average: showAverage(visibility === 'all' ? sumsOf(row) : publishedSumsOf(row)),
  };
}

/** Characters of a page's marks, roughly: a page is to fit in a message of a mebibyte. */
const maxPageLength = 850_000;
/** Characters that a mark takes besides its label. */
const markLength = 260;

/** How many of these students a page has room for: one at least. */
function countFitting(
  students: readonly StudentRow[],
  marks: ReadonlyMap<string, readonly MarkRow[]>,
): number {
  let length = 0;
  for (const [index, { id }] of students.entries()) {
    for (const { label } of marks.get(id) ?? []) length += markLength + label.length;
    if (length > maxPageLength && index > 0) return index;
    length += markLength;
  }
  return students.length;
}

/** Students of a promotion in the order of their names, with what shows where the next page begins. */
export async function listStudents(
  reading: Reading,
  memory: PageMemory,
  caller: Caller,
  asked: {
    readonly promotion: string;
    readonly limit?: number | undefined;
    readonly cursor?: string | undefined;
  },
): Promise<StudentPage> {
  const { promotion, limit = usualPage, cursor } = asked;
  const from = readCursor(cursor);
  await requireHeld(reading, caller, promotion);
  const { revision } = await readPromotion(reading, promotion);
  const name = `${promotion} ${limit} ${cursor ?? ''}`;
  const known = memory.find(name, revision);
  if (known !== undefined) return known;
  let query = reading.query
    .selectFrom('students')
    .selectAll()
    .where('promotion', '=', promotion)
    .where('removed', '=', 0);
  if (from !== undefined) {
    query = query.where((of) => of(of.refTuple('sortKey', 'id'), '>', of.tuple(...from)));
  }
  const rows = await query
    .orderBy('sortKey')
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const found = rows.slice(0, limit);
  const marks = await readMarksOf(reading, found);
  const fitting = found.slice(0, countFitting(found, marks));
  const last = rows.length > fitting.length ? fitting.at(-1) : undefined;
  const page = {
    students: fitting.map((row) => showStudent(row, marks.get(row.id) ?? [], 'all')),
    next: last === undefined ? null : writeCursor([last.sortKey, last.id]),
  };
  memory.keep(name, revision, page);
  return page;
}

/** Students by name, number or identifier. */
export async function findStudents(
  reading: Reading,
  { account, role }: Caller,
  asked: {
    readonly text: string;
    readonly promotion?: string | undefined;
    readonly limit?: number | undefined;
  },
): Promise<{ students: StudentImage[] }> {
  const { text, promotion, limit = usualPage } = asked;
  // Each word where it may: `ada lovelace` finds `lovelace	ada`.
  const words = fold(text).split(' ');
  let query = reading.query
    .selectFrom('students')
    .selectAll()
    .where('removed', '=', 0)
    .where((of) =>
      of.or([
        of('id', '=', text),
        of('number', '=', text),
        of.and(words.map((word) => of('sortKey', 'like', `%${word}%`))),
      ]),
    );
  if (promotion !== undefined) query = query.where('promotion', '=', promotion);
  if (role === 'teacher') {
    query = query.where('promotion', 'in', (of) =>
      of.selectFrom('promotionTeachers').select('promotion').where('account', '=', account),
    );
  } else if (role === 'student') {
    query = query.where('account', '=', account);
  }
  const rows = await query.orderBy('sortKey').orderBy('id').limit(limit).execute();
  return { students: rows.map(toStudentImage) };
}

/** The students that the caller is. */
export async function listOwn(
  reading: Reading,
  caller: Caller,
): Promise<{ records: { student: StudentWithMarks; promotion: PromotionShape }[] }> {
  const rows = await reading.query
    .selectFrom('students')
    .selectAll()
    .where('account', '=', caller.account)
    .where('removed', '=', 0)
    .orderBy('id')
    .execute();
  const records: { student: StudentWithMarks; promotion: PromotionShape }[] = [];
  for (const row of rows) {
    const { rows: marks } = await reading.run(findMarks, { student: row.id });
    const promotion = await showPromotion(reading, await readPromotion(reading, row.promotion));
    records.push({ student: showStudent(row, marks, 'published'), promotion });
  }
  return { records };
}

export async function listAssessments(
  reading: Reading,
  caller: Caller,
  promotion: string,
): Promise<{ assessments: AssessmentShape[] }> {
  await requireHeld(reading, caller, promotion);
  await readPromotion(reading, promotion);
  const rows = await reading.query
    .selectFrom('assessments')
    .selectAll()
    .where('promotion', '=', promotion)
    .orderBy('date')
    .orderBy('id')
    .execute();
  const counts = await reading.query
    .selectFrom('marks')
    .innerJoin('assessments', 'assessments.id', 'marks.assessment')
    .select(({ fn }) => ['marks.assessment', fn.countAll<number>().as('count')])
    .where('assessments.promotion', '=', promotion)
    .groupBy('marks.assessment')
    .execute();
  const byAssessment = new Map(counts.map((one) => [one.assessment, one.count]));
  const assessments: AssessmentShape[] = [];
  for (const row of rows) {
    assessments.push({ ...toAssessmentImage(row), marks: byAssessment.get(row.id) ?? 0 });
  }
  return { assessments };
}

/** Changes of a mark that its history goes through at most. */
const maxHistory = 10_000;

export async function readMarkHistory(
  reading: Reading,
  caller: Caller,
  mark: string,
): Promise<{ changes: ChangeShape[] }> {
  const row = await readMark(reading, mark);
  const student = await readStudent(reading, row.student);
  await requireHeld(reading, caller, student.promotion);
  const changes: MadeChange[] = [];
  let name: string | null = row.change;
  while (name !== null && changes.length < maxHistory) {
    const change: MadeChange = await readChangeOf(reading, name);
    const items = change.items.filter((item) => item.kind === 'mark' && item.id === mark);
    changes.push({ ...change, items });
    const [item] = items;
    name = item?.kind === 'mark' ? item.previous : null;
  }
  return { changes: changes.toReversed().map((change) => showChange(change)) };
}

export async function readHistory(
  reading: Reading,
  caller: Caller,
  asked: {
    readonly promotion: string;
    readonly limit?: number | undefined;
    readonly cursor?: string | undefined;
  },
): Promise<{ changes: ChangeShape[]; next: string | null }> {
  const { promotion, limit = usualPage } = asked;
  await requireHeld(reading, caller, promotion);
  await readPromotion(reading, promotion);
  const from = readCursor(asked.cursor);
  let query = reading.query.selectFrom('changes').selectAll().where('promotion', '=', promotion);
  if (from !== undefined) query = query.where('revision', '<', Number(from[1]) || 0);
  const rows = await query
    .orderBy('revision', 'desc')
    .limit(limit + 1)
    .execute();
  const last = rows[limit - 1];
  return {
    changes: rows.slice(0, limit).map((row) => showChange(readChange(row))),
    next:
      rows.length > limit && last !== undefined
        ? writeCursor([promotion, String(last.revision)])
        : null,
  };
}

/** All that is kept of a student, as the student themselves may have it. */
export async function exportPerson(
  reading: Reading,
  caller: Caller,
  student: string,
): Promise<{
  student: ReturnType<typeof toStudentImage>;
  promotion: PromotionShape;
  marks: MarkShape[];
  changes: Record<string, unknown>[];
}> {
  const row = await seeStudent(reading, caller, student);
  const visibility = visibilityFor(caller, undefined);
  const { rows } = await reading.run(findMarks, { student });
  const marks = rows.filter(({ published }) => visibility === 'all' || published === 1);
  const changes: Record<string, unknown>[] = [];
  for (const promotion of promotionsOf(row)) {
    const told = await reading.query
      .selectFrom('changes')
      .selectAll()
      .where('promotion', '=', promotion)
      .where('items', 'like', `%"kind":"student","id":"${student}"%`)
      .orderBy('revision')
      .execute();
    for (const one of told) {
      const { items, count: _, ...change } = showChange(readChange(one), Infinity);
      changes.push({ ...change, items: items.filter(({ id }) => id === student) });
    }
  }
  return {
    student: toStudentImage(row),
    promotion: await showPromotion(reading, await readPromotion(reading, row.promotion)),
    marks: marks.map(toMarkImage),
    changes,
  };
}
