import { spreadToMarks } from './assessments.ts';
import type { Caller } from './caller.ts';
import { toAssessmentImage, toMarkImage, toStudentImage } from './images.ts';
import type { AssessmentImage, ChangeItem, MarkImage, StudentImage } from './images.ts';
import type { Edit, Ledger } from './ledger.ts';
import { findAssessment, findChange, findMark, findMarkOf } from './queries.ts';
import { putPromotion, readPromotionImage } from './promotions.ts';
import { refuse } from './refusal.ts';
import { requireDistinctNumbers } from './students.ts';
import { readChange } from './write.ts';
import type { MadeChange } from './write.ts';

/** What erases cannot be brought back. */
const final: ReadonlySet<string> = new Set(['erasePerson']);

/** @throws {CallError} `NO_SUCH_CHANGE` for what names no change. */
export function parseChangeName(change: string): { promotion: string; revision: number } {
  const [, promotion, digits] = /^([0-9A-Z]+)\.(\d{1,15})$/.exec(change) ?? [];
  if (promotion === undefined || digits === undefined) throw refuse('NO_SUCH_CHANGE', { change });
  return { promotion, revision: Number(digits) };
}

/** The change of a name. @throws {CallError} `NO_SUCH_CHANGE` */
export async function readChangeOf(
  ledger: Pick<Ledger, 'run'>,
  change: string,
): Promise<MadeChange> {
  const { rows } = await ledger.run(findChange, parseChangeName(change));
  const [row] = rows;
  if (row === undefined) throw refuse('NO_SUCH_CHANGE', { change });
  return readChange(row);
}

/** Whether a change says who teaches a promotion, or whose account a student's is. */
function concernsAccounts(item: ChangeItem): boolean {
  if (item.kind === 'student') {
    return (item.before?.account ?? null) !== (item.after?.account ?? null);
  }
  if (item.kind !== 'promotion') return false;
  const [before, after] = [item.before, item.after].map((image) => image?.teachers.join(' ') ?? '');
  return before !== after;
}

function refuseChanged(current: unknown, wanted: unknown): Error {
  return refuse('CHANGED_SINCE', { current, wanted });
}

/**
 * Undoes a change: everything it did is made what it was, where nothing has changed since.
 */
export async function undo(ledger: Ledger, caller: Caller, change: string): Promise<Edit> {
  const { row, items } = await readChangeOf(ledger, change);
  await ledger.hold(
    row.promotion,
    caller,
    items.some(({ kind }) => kind === 'promotion'),
  );
  for (const item of items) {
    if (item.kind !== 'student') continue;
    for (const image of [item.before, item.after]) {
      if (image !== null) await ledger.hold(image.promotion, caller);
    }
  }
  if (caller.role !== 'administrator' && items.some(concernsAccounts)) {
    throw refuse('ADMINISTRATOR_UNDOES');
  }
  if (final.has(row.action)) throw refuse('CANNOT_UNDO', { action: row.action });
  if (row.undone === 1) throw refuse('ALREADY_UNDONE');
  const edit = ledger.begin(row.promotion);
  // What marks stand in comes back before them, and goes after them.
  const isGoing = (item: ChangeItem): boolean => item.kind === 'assessment' && item.before === null;
  const order = [
    ...items.filter((item) => item.kind !== 'mark' && !isGoing(item)),
    ...items.filter(({ kind }) => kind === 'mark'),
    ...items.filter(isGoing),
  ];
  for (const item of order) await undoItem(ledger, edit, item);
  await requireDistinctNumbers(
    ledger,
    items.flatMap((item) => (item.kind === 'student' && item.before !== null ? item.before : [])),
  );
  for (const item of items) if (item.kind === 'assessment') await spread(ledger, edit, item.before);
  await ledger.query
    .updateTable('changes')
    .set({ undone: 1 })
    .where('promotion', '=', row.promotion)
    .where('revision', '=', row.revision)
    .execute();
  return edit;
}

function undoItem(ledger: Ledger, edit: Edit, item: ChangeItem): Promise<void> {
  switch (item.kind) {
    case 'promotion':
      return undoPromotion(ledger, edit, item);
    case 'student':
      return undoStudent(ledger, edit, item);
    case 'assessment':
      return undoAssessment(ledger, edit, item);
    case 'mark':
      return undoMark(ledger, edit, item);
  }
}

type Of<Kind extends ChangeItem['kind']> = Extract<ChangeItem, { readonly kind: Kind }>;

async function undoPromotion(
  ledger: Ledger,
  edit: Edit,
  { before, after }: Of<'promotion'>,
): Promise<void> {
  if (after === null) return;
  const row = await ledger.query
    .selectFrom('promotions')
    .selectAll()
    .where('id', '=', after.promotion)
    .executeTakeFirstOrThrow();
  const current = await readPromotionImage(ledger, row);
  // A promotion is not deleted: one that should not have been made is archived.
  const wanted = { ...(before ?? { ...after, archived: true }), version: current.version + 1 };
  if (current.version !== after.version) throw refuseChanged(current, wanted);
  await putPromotion(ledger, edit, current, wanted);
}

async function undoStudent(
  ledger: Ledger,
  edit: Edit,
  { before, after }: Of<'student'>,
): Promise<void> {
  if (after === null) return;
  const { row } = await ledger.student(after.student);
  const current = toStudentImage(row);
  // Nor is a student: one who should not have been added is removed.
  const wanted: StudentImage = {
    ...(before ?? { ...after, removed: true }),
    version: current.version + 1,
  };
  if (current.version !== after.version) throw refuseChanged(current, wanted);
  await ledger.putStudent(edit, current, wanted);
}

async function undoAssessment(
  ledger: Ledger,
  edit: Edit,
  { id, before, after }: Of<'assessment'>,
): Promise<void> {
  const { rows } = await ledger.run(findAssessment, { id });
  const [row] = rows;
  const current = row === undefined ? null : toAssessmentImage(row);
  const version = (current?.version ?? before?.version ?? 0) + 1;
  const wanted = before === null ? null : { ...before, version };
  if (current?.version !== after?.version) throw refuseChanged(current, wanted);
  if (wanted === null) {
    const { count } = await ledger.query
      .selectFrom('marks')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('assessment', '=', id)
      .executeTakeFirstOrThrow();
    if (count > 0) throw refuseChanged(current, wanted);
  }
  await ledger.putAssessment(edit, current, wanted);
}

/** Marks given since take the coefficient and the scale that their assessment has again. */
async function spread(
  ledger: Ledger,
  edit: Edit,
  assessment: AssessmentImage | null,
): Promise<void> {
  if (assessment !== null) await spreadToMarks(ledger, edit, assessment, undefined);
}

async function undoMark(
  ledger: Ledger,
  edit: Edit,
  { id, before, after }: Of<'mark'>,
): Promise<void> {
  const { rows } = await ledger.run(findMark, { id });
  const [row] = rows;
  const current = row === undefined ? null : toMarkImage(row);
  const version = (current?.version ?? before?.version ?? 0) + 1;
  let wanted: MarkImage | null = before === null ? null : { ...before, version };
  if (current?.version !== after?.version) throw refuseChanged(current, wanted);
  if (wanted !== null) {
    wanted = await settleIn(ledger, wanted);
    await ledger.presentStudent(wanted.student);
  }
  await ledger.putMark(edit, current, wanted, row?.change ?? null);
}

/** A mark that comes back takes what its assessment says by now, and its place in it must be free. */
async function settleIn(ledger: Ledger, mark: MarkImage): Promise<MarkImage> {
  const { assessment, student } = mark;
  if (assessment === null) return mark;
  const { scale, coefficient, name } = await ledger.assessment(assessment);
  const { rows } = await ledger.run(findMarkOf, { assessment, student });
  if (rows.some(({ id }) => id !== mark.mark)) {
    const { row } = await ledger.student(student);
    throw refuse('MARK_EXISTS', { name: row.familyName, assessment: name });
  }
  return { ...mark, scale, coefficient };
}
