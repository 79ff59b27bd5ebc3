import type { AssessmentShape, MarkShape, PromotionShape, StudentShape } from './shapes.ts';
import type { AssessmentRow, MarkRow, PromotionRow, StudentRow } from './tables.ts';

/*
 * Images: what the history keeps of things, as callers see them, without what is only counted. The history
 * gives and undoes them, and the answer of a call that is repeated is made of them.
 */

export type PromotionImage = Omit<PromotionShape, 'students'>;
export type StudentImage = StudentShape;
export type AssessmentImage = Omit<AssessmentShape, 'marks'>;
export type MarkImage = MarkShape;

/** What happened to one thing in a change. */
export type ChangeItem =
  | ItemOf<'promotion', PromotionImage>
  | ItemOf<'student', StudentImage>
  | ItemOf<'assessment', AssessmentImage>
  | (ItemOf<'mark', MarkImage> & {
      /** The change that had left the mark as it was before. */
      readonly previous: string | null;
    });

export interface ItemOf<Kind extends string, Image> {
  readonly kind: Kind;
  readonly id: string;
  readonly before: Image | null;
  readonly after: Image | null;
}

export function toPromotionImage(row: PromotionRow, teachers: readonly string[]): PromotionImage {
  const { id, name, year, archived, version } = row;
  return { promotion: id, name, year, archived: archived === 1, teachers: [...teachers], version };
}

type StudentColumns = Pick<
  StudentRow,
  | 'id'
  | 'promotion'
  | 'familyName'
  | 'givenName'
  | 'number'
  | 'email'
  | 'account'
  | 'removed'
  | 'version'
>;

export function toStudentImage(row: StudentColumns): StudentImage {
  const { id, promotion, familyName, givenName, number, email, account, removed, version } = row;
  return {
    student: id,
    promotion,
    familyName,
    givenName,
    number,
    email,
    account,
    removed: removed === 1,
    version,
  };
}

export function toAssessmentImage(row: AssessmentRow): AssessmentImage {
  const { id, promotion, name, coefficient, scale, date, published, version } = row;
  return {
    assessment: id,
    promotion,
    name,
    coefficient,
    scale,
    date,
    published: published === 1,
    version,
  };
}

export function toMarkImage(row: Omit<MarkRow, 'change'>): MarkImage {
  const { id, student, assessment, label, date, value, scale, coefficient, version } = row;
  return {
    mark: id,
    student,
    assessment,
    label,
    date,
    value,
    scale,
    coefficient,
    published: row.published === 1,
    version,
  };
}

export function toMarkRow(image: MarkImage, change: string): MarkRow {
  const { mark, published, ...rest } = image;
  return { id: mark, ...rest, published: published ? 1 : 0, change };
}

export function toAssessmentRow(image: AssessmentImage): AssessmentRow {
  const { assessment, published, ...rest } = image;
  return { id: assessment, ...rest, published: published ? 1 : 0 };
}

/** A student as people say it. */
export function nameStudent(student: Pick<StudentRow, 'familyName' | 'givenName'>): string {
  return `${student.givenName} ${student.familyName}`.trim() || '(erased)';
}

/** What students are sorted by: neither capitals nor accents count. */
export function makeSortKey(familyName: string, givenName: string): string {
  const fold = (text: string): string =>
    text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return `${fold(familyName)}\t${fold(givenName)}`;
}
