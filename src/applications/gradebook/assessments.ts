import type { Caller } from './caller.ts';
import { nextIdentifier } from './identifiers.ts';
import { toAssessmentImage, toMarkImage } from './images.ts';
import type { AssessmentImage } from './images.ts';
import type { Edit, Ledger } from './ledger.ts';
import { gradebookLimits } from './limits.ts';
import { Rational } from './rational.ts';
import { refuse } from './refusal.ts';
import { applyChanges, checkVersion } from './versions.ts';
import type { AssessmentShape } from './shapes.ts';
import type { MadeChange } from './write.ts';

/** An assessment as a caller gives it. */
export interface NewAssessment {
  readonly promotion: string;
  readonly name: string;
  readonly coefficient?: string | undefined;
  readonly scale?: string | undefined;
  readonly date?: string | undefined;
}

/** @throws {CallError} `TOO_MANY_ASSESSMENTS` */
export async function checkAssessmentCount(
  ledger: Ledger,
  promotion: string,
  added: number,
): Promise<void> {
  const { count } = await ledger.query
    .selectFrom('assessments')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('promotion', '=', promotion)
    .executeTakeFirstOrThrow();
  const limit = gradebookLimits.maxAssessments;
  if (count + added > limit) throw refuse('TOO_MANY_ASSESSMENTS', { limit });
}

/** What a new assessment will be. */
export function makeAssessment(given: NewAssessment): AssessmentImage {
  return {
    assessment: nextIdentifier(),
    promotion: given.promotion,
    name: given.name,
    coefficient: given.coefficient ?? '1',
    scale: given.scale ?? '20',
    date: given.date ?? null,
    published: false,
    version: 1,
  };
}

export async function createAssessment(
  ledger: Ledger,
  caller: Caller,
  given: NewAssessment,
): Promise<Edit> {
  await ledger.hold(given.promotion, caller);
  await checkAssessmentCount(ledger, given.promotion, 1);
  const edit = ledger.begin(given.promotion);
  await ledger.putAssessment(edit, null, makeAssessment(given));
  return edit;
}

/** What changes of an assessment; what is left out stays. */
export interface AssessmentChanges {
  readonly assessment: string;
  readonly name?: string | undefined;
  readonly coefficient?: string | undefined;
  readonly scale?: string | undefined;
  readonly date?: string | null | undefined;
  readonly published?: boolean | undefined;
  readonly version?: number | undefined;
}

/** Gives an assessment's marks its scale, coefficient and, where it changes, whether students see them. */
export async function spreadToMarks(
  ledger: Ledger,
  edit: Edit,
  { assessment, scale, coefficient }: AssessmentImage,
  published: boolean | undefined,
): Promise<void> {
  const marks = await ledger.query
    .selectFrom('marks')
    .selectAll()
    .where('assessment', '=', assessment)
    .orderBy('id')
    .execute();
  await ledger.preload(marks.map(({ student }) => student));
  const limit = Rational.parse(scale);
  for (const row of marks) {
    const before = toMarkImage(row);
    const after = {
      ...before,
      scale,
      coefficient,
      published: published ?? before.published,
      version: before.version + 1,
    };
    const isSame =
      before.scale === scale &&
      before.coefficient === coefficient &&
      before.published === after.published;
    if (isSame) continue;
    const isNumber = !/^[AE]/.test(before.value);
    if (isNumber && Rational.parse(before.value).compare(limit) > 0) {
      throw refuse('SCALE_TOO_LOW', { value: before.value, scale });
    }
    await ledger.putMark(edit, before, after, row.change);
  }
}

export async function changeAssessment(
  ledger: Ledger,
  caller: Caller,
  { assessment, version, ...changes }: AssessmentChanges,
): Promise<Edit> {
  const before = toAssessmentImage(await ledger.assessment(assessment));
  await ledger.hold(before.promotion, caller);
  const after = applyChanges<AssessmentImage>(before, changes);
  checkVersion(version, before, after, describeAssessment);
  const edit = ledger.begin(before.promotion);
  await ledger.putAssessment(edit, before, after);
  await spreadToMarks(ledger, edit, after, changes.published);
  return edit;
}

function describeAssessment({ name, scale, coefficient }: AssessmentImage): string {
  return `${name} /${scale} (${coefficient})`;
}

/** The assessment that a change made or changed, as its caller is told of it. */
export async function showChangedAssessment(
  { items }: MadeChange,
  { query }: Pick<Ledger, 'query'>,
): Promise<AssessmentShape> {
  const item = items.find(({ kind }) => kind === 'assessment');
  if (item?.kind !== 'assessment' || item.after === null) {
    throw new TypeError('the change changed no assessment');
  }
  const { count } = await query
    .selectFrom('marks')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('assessment', '=', item.id)
    .executeTakeFirstOrThrow();
  return { ...item.after, marks: count };
}
