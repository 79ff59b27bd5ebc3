import type { AssessmentImage, MarkImage } from './images.ts';
import { toAssessmentImage, toMarkImage } from './images.ts';
import { spreadToMarks } from './assessments.ts';
import type { Caller } from './caller.ts';
import type { Edit, Ledger } from './ledger.ts';
import { checkValue } from './mark-writer.ts';
import { findMark } from './queries.ts';
import { refuse } from './refusal.ts';
import { checkVersion } from './versions.ts';
import type { MarkRow } from './tables.ts';

/** What changes of a mark; what is left out stays. */
export interface MarkChanges {
  readonly mark: string;
  readonly version: number;
  readonly value?: string | undefined;
  readonly coefficient?: string | undefined;
  readonly scale?: string | undefined;
  readonly label?: string | undefined;
  readonly date?: string | null | undefined;
}

async function readMark(ledger: Ledger, id: string): Promise<MarkRow> {
  const { rows } = await ledger.run(findMark, { id });
  const [row] = rows;
  if (row === undefined) throw refuse('NO_SUCH_MARK', { mark: id });
  return row;
}

/** A mark that may be changed; its promotion is held. */
async function holdMark(ledger: Ledger, caller: Caller, id: string): Promise<MarkRow> {
  const row = await readMark(ledger, id);
  const { row: student } = await ledger.student(row.student);
  await ledger.hold(student.promotion, caller);
  await ledger.presentStudent(row.student);
  return row;
}

/** A mark as people say it. */
export function describeMark({ value, scale, coefficient }: MarkImage): string {
  return /^[AE]/.test(value) ? value : `${value}/${scale} (${coefficient})`;
}

async function promotionOf(ledger: Ledger, row: MarkRow): Promise<string> {
  return (await ledger.student(row.student)).row.promotion;
}

export async function correctMark(
  ledger: Ledger,
  caller: Caller,
  { mark, version, ...changes }: MarkChanges,
): Promise<Edit> {
  const row = await holdMark(ledger, caller, mark);
  const before = toMarkImage(row);
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw refuse('NOTHING_ASKED');
  const isOfAssessment = changes.coefficient !== undefined || changes.scale !== undefined;
  if (before.assessment !== null && isOfAssessment) throw refuse('WITHIN_ASSESSMENT');
  const after: MarkImage = {
    ...before,
    ...Object.fromEntries(given),
    version: before.version + 1,
  };
  checkVersion(version, before, after, describeMark);
  checkValue(after.value, after.scale);
  const edit = ledger.begin(await promotionOf(ledger, row));
  await ledger.putMark(edit, before, after, row.change);
  return edit;
}

export async function removeMark(
  ledger: Ledger,
  caller: Caller,
  { mark, version }: { readonly mark: string; readonly version: number },
): Promise<Edit> {
  const row = await holdMark(ledger, caller, mark);
  const before = toMarkImage(row);
  checkVersion(version, before, null, describeMark);
  const edit = ledger.begin(await promotionOf(ledger, row));
  await ledger.putMark(edit, before, null, row.change);
  return edit;
}

/** What to show to students, or to hide. */
export interface Publication {
  readonly promotion?: string | undefined;
  readonly assessment?: string | undefined;
  readonly marks?: readonly string[] | undefined;
  readonly published?: boolean | undefined;
}

export async function publish(
  ledger: Ledger,
  caller: Caller,
  { promotion, assessment, marks, published = true }: Publication,
): Promise<Edit> {
  const asked = [promotion, assessment, marks].filter((one) => one !== undefined);
  if (asked.length !== 1) throw refuse('PUBLISH_WHAT');
  if (assessment !== undefined) return publishAssessment(ledger, caller, assessment, published);
  if (marks !== undefined) return publishMarks(ledger, caller, marks, published);
  return publishPromotion(ledger, caller, promotion ?? '', published);
}

async function showAssessment(
  ledger: Ledger,
  edit: Edit,
  before: AssessmentImage,
  published: boolean,
): Promise<void> {
  const after = { ...before, published, version: before.version + 1 };
  if (before.published !== published) await ledger.putAssessment(edit, before, after);
  await spreadToMarks(ledger, edit, after, published);
}

async function publishAssessment(
  ledger: Ledger,
  caller: Caller,
  assessment: string,
  published: boolean,
): Promise<Edit> {
  const before = toAssessmentImage(await ledger.assessment(assessment));
  await ledger.hold(before.promotion, caller);
  const edit = ledger.begin(before.promotion);
  await showAssessment(ledger, edit, before, published);
  return edit;
}

async function showMark(
  ledger: Ledger,
  edit: Edit,
  row: MarkRow,
  published: boolean,
): Promise<void> {
  const before = toMarkImage(row);
  if (before.published === published) return;
  const after = { ...before, published, version: before.version + 1 };
  await ledger.putMark(edit, before, after, row.change);
}

async function publishMarks(
  ledger: Ledger,
  caller: Caller,
  marks: readonly string[],
  published: boolean,
): Promise<Edit> {
  const rows: MarkRow[] = [];
  for (const mark of new Set(marks)) rows.push(await readMark(ledger, mark));
  await ledger.preload(rows.map(({ student }) => student));
  const promotions = new Set<string>();
  for (const row of rows) promotions.add(await promotionOf(ledger, row));
  const [promotion = '', other] = promotions;
  await ledger.hold(promotion, caller);
  if (other !== undefined) throw refuse('SEVERAL_PROMOTIONS');
  const edit = ledger.begin(promotion);
  for (const row of rows) await showMark(ledger, edit, row, published);
  return edit;
}

async function publishPromotion(
  ledger: Ledger,
  caller: Caller,
  promotion: string,
  published: boolean,
): Promise<Edit> {
  await ledger.hold(promotion, caller);
  const edit = ledger.begin(promotion);
  const assessments = await ledger.query
    .selectFrom('assessments')
    .selectAll()
    .where('promotion', '=', promotion)
    .orderBy('id')
    .execute();
  for (const row of assessments) {
    await showAssessment(ledger, edit, toAssessmentImage(row), published);
  }
  const own = await ledger.query
    .selectFrom('marks')
    .innerJoin('students', 'students.id', 'marks.student')
    .selectAll('marks')
    .where('students.promotion', '=', promotion)
    .where('marks.assessment', 'is', null)
    .orderBy('marks.id')
    .execute();
  await ledger.preload(own.map(({ student }) => student));
  for (const row of own) await showMark(ledger, edit, row, published);
  return edit;
}
