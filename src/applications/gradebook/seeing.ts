import type { Kysely, Run } from '../../store/index.ts';
import type { Caller } from './caller.ts';
import { findMark, findPromotion, findStudent, findTeacher } from './queries.ts';
import { refuse } from './refusal.ts';
import type { GradebookTables, MarkRow, PromotionRow, StudentRow } from './tables.ts';

/** One state of the gradebook, as long as it is read. */
export interface Reading {
  readonly query: Kysely<GradebookTables>;
  readonly run: Run;
}

/** Whether all marks count, or published ones alone. */
export type Visibility = 'all' | 'published';

/** Which marks count for a caller: a student sees published ones alone. */
export function visibilityFor({ role }: Caller, published: boolean | undefined): Visibility {
  return role === 'student' || published === true ? 'published' : 'all';
}

/** @throws {CallError} `NO_SUCH_PROMOTION` */
export async function readPromotion({ run }: Reading, id: string): Promise<PromotionRow> {
  const { rows } = await run(findPromotion, { id });
  const [row] = rows;
  if (row === undefined) throw refuse('NO_SUCH_PROMOTION', { promotion: id });
  return row;
}

/** @throws {CallError} `NO_SUCH_STUDENT` */
export async function readStudent({ run }: Reading, id: string): Promise<StudentRow> {
  const { rows } = await run(findStudent, { id });
  const [row] = rows;
  if (row === undefined) throw refuse('NO_SUCH_STUDENT', { student: id });
  return row;
}

/** @throws {CallError} `NO_SUCH_MARK` */
export async function readMark({ run }: Reading, id: string): Promise<MarkRow> {
  const { rows } = await run(findMark, { id });
  const [row] = rows;
  if (row === undefined) throw refuse('NO_SUCH_MARK', { mark: id });
  return row;
}

/** @throws {CallError} `NOT_HELD` unless the caller sees everything of a promotion. */
export async function requireHeld(
  { run }: Reading,
  { account, role }: Caller,
  promotion: string,
): Promise<void> {
  if (role === 'administrator') return;
  if (role === 'teacher') {
    const { rows } = await run(findTeacher, { promotion, account });
    if (rows.length > 0) return;
  }
  throw refuse('NOT_HELD', { promotion });
}

/**
 * Also what a student is told of a promotion that does not exist.
 *
 * @throws {CallError} `NOT_YOURS` `NOT_HELD` unless the caller holds a promotion or is one of its students.
 */
export async function requireMember(
  reading: Reading,
  caller: Caller,
  promotion: string,
): Promise<void> {
  if (caller.role !== 'student') return requireHeld(reading, caller, promotion);
  const member = await reading.query
    .selectFrom('students')
    .select('id')
    .where('account', '=', caller.account)
    .where('promotion', '=', promotion)
    .where('removed', '=', 0)
    .executeTakeFirst();
  if (member === undefined) throw refuse('NOT_YOURS');
}

/**
 * A student whom the caller may see: one of a promotion they hold, or themselves. Whoever is a student is
 * told the same of another student as of one who does not exist.
 *
 * @throws {CallError} `NOT_YOURS` `NO_SUCH_STUDENT` `NOT_HELD`
 */
export async function seeStudent(
  reading: Reading,
  caller: Caller,
  id: string,
): Promise<StudentRow> {
  const { rows } = await reading.run(findStudent, { id });
  const [row] = rows;
  if (caller.role === 'student') {
    if (row?.account !== caller.account || row.removed === 1) throw refuse('NOT_YOURS');
    return row;
  }
  if (row === undefined) throw refuse('NO_SUCH_STUDENT', { student: id });
  await requireHeld(reading, caller, row.promotion);
  return row;
}

/** Where a page ended, as an opaque text. */
export function writeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws {CallError} `BAD_CURSOR` for what {@link writeCursor} did not write. */
export function readCursor(text: string | undefined): readonly [string, string] | undefined {
  if (text === undefined) return undefined;
  try {
    const place: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(place) && place.length === 2) {
      const [first, second]: readonly unknown[] = place;
      if (typeof first === 'string' && typeof second === 'string') return [first, second];
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw refuse('BAD_CURSOR');
}
