import type { Caller } from './caller.ts';
import { nextIdentifier } from './identifiers.ts';
import { nameStudent, toMarkImage, toStudentImage } from './images.ts';
import type { ChangeItem, StudentImage } from './images.ts';
import type { Edit, Ledger } from './ledger.ts';
import { gradebookLimits } from './limits.ts';
import { Pace } from './pace.ts';
import { findMarks } from './queries.ts';
import { refuse } from './refusal.ts';
import type { StudentRow } from './tables.ts';
import { applyChanges, checkVersion } from './versions.ts';
import type { MadeChange } from './write.ts';

/** A student as a caller gives them. */
export interface NewStudent {
  readonly familyName: string;
  readonly givenName?: string | undefined;
  readonly number?: string | undefined;
  readonly email?: string | undefined;
}

/** @throws {CallError} `NUMBER_TAKEN` when another student of the promotion has one of these numbers. */
async function checkNumbers(
  ledger: Ledger,
  promotion: string,
  numbers: readonly string[],
  except?: string,
): Promise<void> {
  const seen = new Set<string>();
  for (const number of numbers) {
    if (seen.has(number)) throw refuse('NUMBER_TAKEN', { number });
    seen.add(number);
  }
  for (let start = 0; start < numbers.length; start += 500) {
    const taken = await ledger.query
      .selectFrom('students')
      .select(['id', 'number'])
      .where('promotion', '=', promotion)
      .where('number', 'in', numbers.slice(start, start + 500))
      .where('removed', '=', 0)
      .execute();
    const other = taken.find(({ id }) => id !== except);
    if (other !== undefined) throw refuse('NUMBER_TAKEN', { number: other.number });
  }
}

/**
 * Makes sure, once students were changed, that none shares a number with another of their promotion.
 * @throws {CallError} `NUMBER_TAKEN`
 */
export async function requireDistinctNumbers(
  ledger: Ledger,
  changed: readonly StudentImage[],
): Promise<void> {
  const present = changed.filter(({ removed, number }) => !removed && number !== null);
  for (const [promotion, students] of Map.groupBy(present, (one) => one.promotion)) {
    for (let start = 0; start < students.length; start += 500) {
      const numbers = students.slice(start, start + 500).map(({ number }) => number);
      const rows = await ledger.query
        .selectFrom('students')
        .select('number')
        .where('promotion', '=', promotion)
        .where('number', 'in', numbers)
        .where('removed', '=', 0)
        .execute();
      const seen = new Set<string | null>();
      for (const { number } of rows) {
        if (seen.has(number)) throw refuse('NUMBER_TAKEN', { number });
        seen.add(number);
      }
    }
  }
}

export async function addStudents(
  ledger: Ledger,
  caller: Caller,
  promotion: string,
  students: readonly NewStudent[],
): Promise<Edit> {
  const row = await ledger.hold(promotion, caller);
  const limit = gradebookLimits.maxStudents;
  if (row.students + students.length > limit) throw refuse('TOO_MANY_STUDENTS', { limit });
  const numbers = students.flatMap(({ number }) => (number === undefined ? [] : [number]));
  await checkNumbers(ledger, promotion, numbers);
  const edit = ledger.begin(promotion);
  const pace = new Pace();
  for (const { familyName, givenName = '', number = null, email = null } of students) {
    await pace.keep();
    const after: StudentImage = {
      student: nextIdentifier(),
      promotion,
      familyName,
      givenName,
      number,
      email,
      account: null,
      removed: false,
      version: 1,
    };
    await ledger.putStudent(edit, null, after);
  }
  return edit;
}

/** What changes of a student; what is left out stays. */
export interface StudentChanges {
  readonly student: string;
  readonly familyName?: string | undefined;
  readonly givenName?: string | undefined;
  readonly number?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly account?: string | null | undefined;
  readonly removed?: boolean | undefined;
  readonly version?: number | undefined;
}

/** A student who was neither erased nor, unless they may be, removed; their promotion is held. */
async function holdStudent(ledger: Ledger, caller: Caller, id: string): Promise<StudentRow> {
  const { row } = await ledger.student(id);
  await ledger.hold(row.promotion, caller);
  await ledger.presentStudent(id);
  return row;
}

export async function changeStudent(
  ledger: Ledger,
  caller: Caller,
  { student, version, ...changes }: StudentChanges,
): Promise<Edit> {
  const before = toStudentImage(await holdStudent(ledger, caller, student));
  const after = applyChanges<StudentImage>(before, changes);
  checkVersion(version, before, after, nameStudent);
  if (after.number !== null && after.number !== before.number) {
    await checkNumbers(ledger, before.promotion, [after.number], student);
  }
  const edit = ledger.begin(before.promotion);
  await ledger.putStudent(edit, before, after);
  return edit;
}

export async function moveStudent(
  ledger: Ledger,
  caller: Caller,
  student: string,
  promotion: string,
): Promise<Edit> {
  const before = toStudentImage(await holdStudent(ledger, caller, student));
  if (before.promotion === promotion) throw refuse('SAME_PROMOTION');
  const target = await ledger.hold(promotion, caller);
  const limit = gradebookLimits.maxStudents;
  if (target.students >= limit) throw refuse('TOO_MANY_STUDENTS', { limit });
  if (before.number !== null) await checkNumbers(ledger, promotion, [before.number], student);
  const edit = ledger.begin(before.promotion);
  await ledger.putStudent(edit, before, { ...before, promotion, version: before.version + 1 });
  const { rows } = await ledger.run(findMarks, { student });
  for (const row of rows) {
    if (row.assessment === null) continue;
    const mark = toMarkImage(row);
    const { name } = await ledger.assessment(row.assessment);
    const moved = {
      ...mark,
      assessment: null,
      label: mark.label === '' ? name : mark.label,
      version: mark.version + 1,
    };
    await ledger.putMark(edit, mark, moved, row.change);
  }
  return edit;
}

/** Every promotion whose history may tell of a student. */
export function promotionsOf({ promotion, formerPromotions }: StudentRow): string[] {
  const former = formerPromotions.split(' ').filter((id) => id !== '');
  return [...new Set([promotion, ...former])];
}

/** A student of whom nothing is told any more. */
function makeAnonymous(image: StudentImage): StudentImage {
  return { ...image, familyName: '', givenName: '', number: null, email: null, account: null };
}

/** A change in which nothing is told of a student any more. */
function eraseFromItems(items: readonly ChangeItem[], student: string): readonly ChangeItem[] {
  return items.map((item) =>
    item.kind === 'student' && item.id === student
      ? {
          ...item,
          before: item.before === null ? null : makeAnonymous(item.before),
          after: item.after === null ? null : makeAnonymous(item.after),
        }
      : item,
  );
}

/** Erases a student from the history of every promotion they were in. */
async function eraseFromHistory(
  ledger: Ledger,
  promotions: readonly string[],
  student: string,
): Promise<void> {
  for (const promotion of promotions) {
    const told = await ledger.query
      .selectFrom('changes')
      .select(['revision', 'items'])
      .where('promotion', '=', promotion)
      .where('items', 'like', `%"kind":"student","id":"${student}"%`)
      .execute();
    for (const { revision, items } of told) {
      const erased = eraseFromItems(JSON.parse(items) as readonly ChangeItem[], student);
      await ledger.query
        .updateTable('changes')
        .set({ items: JSON.stringify(erased) })
        .where('promotion', '=', promotion)
        .where('revision', '=', revision)
        .execute();
    }
  }
}

/** Erases who a student is, in the history too; their marks stay, of nobody. */
export async function erasePerson(ledger: Ledger, caller: Caller, student: string): Promise<Edit> {
  const { row } = await ledger.student(student);
  await ledger.hold(row.promotion, caller, true);
  if (row.erased === 1) throw refuse('STUDENT_ERASED', { student });
  const before = toStudentImage(row);
  const edit = ledger.begin(row.promotion);
  const after = { ...makeAnonymous(before), version: before.version + 1 };
  await ledger.putStudent(edit, before, after, true);
  // The history of this very change tells nothing either.
  edit.items.splice(0, edit.items.length, ...eraseFromItems(edit.items, student));
  await eraseFromHistory(ledger, promotionsOf(row), student);
  return edit;
}

/** The students that a change added or changed, as its caller is told of them. */
export function showChangedStudents({ items }: MadeChange): StudentImage[] {
  return items.flatMap((item) =>
    item.kind === 'student' && item.after !== null ? [item.after] : [],
  );
}
