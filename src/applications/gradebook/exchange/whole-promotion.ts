import { Pace } from '../pace.ts';
import type { Reading } from '../seeing.ts';
import type { MarkRow, StudentRow } from '../tables.ts';

/** Rows of one query: SQLite reads them on this thread, and others have their turn between two queries. */
const maxRows = 1_000;
/** Students whose marks one query reads. */
const maxStudents = 200;

/** Every student of a promotion who was not removed, in the order of their names. */
export async function readAllStudents(
  { query }: Reading,
  promotion: string,
): Promise<StudentRow[]> {
  const pace = new Pace();
  const students: StudentRow[] = [];
  for (;;) {
    await pace.keep();
    const last = students.at(-1);
    let asked = query
      .selectFrom('students')
      .selectAll()
      .where('promotion', '=', promotion)
      .where('removed', '=', 0);
    if (last !== undefined) {
      const place = [last.sortKey, last.id] as const;
      asked = asked.where((of) => of(of.refTuple('sortKey', 'id'), '>', of.tuple(...place)));
    }
    const rows = await asked.orderBy('sortKey').orderBy('id').limit(maxRows).execute();
    students.push(...rows);
    if (rows.length < maxRows) return students;
  }
}

/** Every mark of an assessment, by student. */
export async function readAssessmentMarks(
  { query }: Reading,
  assessment: string,
): Promise<Map<string, MarkRow>> {
  const pace = new Pace();
  const marks = new Map<string, MarkRow>();
  let last = '';
  for (;;) {
    await pace.keep();
    const rows = await query
      .selectFrom('marks')
      .selectAll()
      .where('assessment', '=', assessment)
      .where('student', '>', last)
      .orderBy('student')
      .limit(maxRows)
      .execute();
    for (const row of rows) marks.set(row.student, row);
    last = rows.at(-1)?.student ?? '';
    if (rows.length < maxRows) return marks;
  }
}

/** Every mark of these students, by student, the oldest first. */
export async function readMarksOfAll(
  { query }: Reading,
  students: readonly StudentRow[],
): Promise<Map<string, MarkRow[]>> {
  const pace = new Pace();
  const marks = new Map<string, MarkRow[]>();
  for (let start = 0; start < students.length; start += maxStudents) {
    await pace.keep();
    const ids = students.slice(start, start + maxStudents).map(({ id }) => id);
    const rows = await query
      .selectFrom('marks')
      .selectAll()
      .where('student', 'in', ids)
      .orderBy('id')
      .execute();
    for (const [id, own] of Map.groupBy(rows, ({ student }) => student)) marks.set(id, own);
  }
  return marks;
}
