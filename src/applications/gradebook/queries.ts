import { prepare } from '../../store/index.ts';
import type { Given, Kysely } from '../../store/index.ts';
import type { ChangeRow, GradebookTables, MarkRow } from './tables.ts';

/*
 * The queries of the busy paths, compiled once: giving marks, and reading a promotion.
 */

type Query = Kysely<GradebookTables>;

/** What is remembered of a student. */
export const sumColumns = [
  'id',
  'promotion',
  'removed',
  'weighted',
  'coefficients',
  'counted',
  'publishedWeighted',
  'publishedCoefficients',
  'publishedCounted',
] as const;

/** Takes the next revision of a promotion, and so its row's lock. */
export const takeRevision = prepare((query: Query, given: Given<{ id: string }>) =>
  query
    .updateTable('promotions')
    .set((of) => ({ revision: of('revision', '+', 1) }))
    .where('id', '=', given('id'))
    .returningAll(),
);

export const findPromotion = prepare((query: Query, given: Given<{ id: string }>) =>
  query.selectFrom('promotions').selectAll().where('id', '=', given('id')),
);

export const findTeacher = prepare(
  (query: Query, given: Given<{ promotion: string; account: string }>) =>
    query
      .selectFrom('promotionTeachers')
      .select('account')
      .where('promotion', '=', given('promotion'))
      .where('account', '=', given('account')),
);

export const findTeachers = prepare((query: Query, given: Given<{ promotion: string }>) =>
  query
    .selectFrom('promotionTeachers')
    .select('account')
    .where('promotion', '=', given('promotion'))
    .orderBy('account'),
);

export const findStudent = prepare((query: Query, given: Given<{ id: string }>) =>
  query.selectFrom('students').selectAll().where('id', '=', given('id')),
);

/** The new sums of a student whose marks changed. */
export interface StudentSums {
  readonly id: string;
  readonly marks: number;
  readonly weighted: string;
  readonly coefficients: string;
  readonly counted: number;
  readonly publishedWeighted: string;
  readonly publishedCoefficients: string;
  readonly publishedCounted: number;
}

export const updateSums = prepare((query: Query, given: Given<StudentSums>) =>
  query
    .updateTable('students')
    .set({
      marks: given('marks'),
      weighted: given('weighted'),
      coefficients: given('coefficients'),
      counted: given('counted'),
      publishedWeighted: given('publishedWeighted'),
      publishedCoefficients: given('publishedCoefficients'),
      publishedCounted: given('publishedCounted'),
    })
    .where('id', '=', given('id')),
);

export const findMark = prepare((query: Query, given: Given<{ id: string }>) =>
  query.selectFrom('marks').selectAll().where('id', '=', given('id')),
);

export const findMarkOf = prepare(
  (query: Query, given: Given<{ assessment: string; student: string }>) =>
    query
      .selectFrom('marks')
      .selectAll()
      .where('assessment', '=', given('assessment'))
      .where('student', '=', given('student')),
);

export const findMarks = prepare((query: Query, given: Given<{ student: string }>) =>
  query.selectFrom('marks').selectAll().where('student', '=', given('student')).orderBy('id'),
);

export const insertMark = prepare((query: Query, given: Given<MarkRow>) =>
  query.insertInto('marks').values({
    id: given('id'),
    student: given('student'),
    assessment: given('assessment'),
    label: given('label'),
    date: given('date'),
    value: given('value'),
    scale: given('scale'),
    coefficient: given('coefficient'),
    published: given('published'),
    version: given('version'),
    change: given('change'),
  }),
);

export const updateMark = prepare((query: Query, given: Given<MarkRow>) =>
  query
    .updateTable('marks')
    .set({
      student: given('student'),
      assessment: given('assessment'),
      label: given('label'),
      date: given('date'),
      value: given('value'),
      scale: given('scale'),
      coefficient: given('coefficient'),
      published: given('published'),
      version: given('version'),
      change: given('change'),
    })
    .where('id', '=', given('id')),
);

export const findAssessment = prepare((query: Query, given: Given<{ id: string }>) =>
  query.selectFrom('assessments').selectAll().where('id', '=', given('id')),
);

export const insertChange = prepare((query: Query, given: Given<ChangeRow>) =>
  query.insertInto('changes').values({
    promotion: given('promotion'),
    revision: given('revision'),
    at: given('at'),
    by: given('by'),
    action: given('action'),
    items: given('items'),
    students: given('students'),
    undone: given('undone'),
    key: given('key'),
    digest: given('digest'),
  }),
);

export const findChange = prepare(
  (query: Query, given: Given<{ promotion: string; revision: number }>) =>
    query
      .selectFrom('changes')
      .selectAll()
      .where('promotion', '=', given('promotion'))
      .where('revision', '=', given('revision')),
);

export const findChangeByKey = prepare((query: Query, given: Given<{ by: string; key: string }>) =>
  query
    .selectFrom('changes')
    .selectAll()
    .where('by', '=', given('by'))
    .where('key', '=', given('key')),
);

/** Whose sums changed after a revision of a promotion. */
export const findChangedStudents = prepare(
  (query: Query, given: Given<{ promotion: string; revision: number }>) =>
    query
      .selectFrom('changes')
      .select('students')
      .where('promotion', '=', given('promotion'))
      .where('revision', '>', given('revision')),
);

export const findStudentsOf = prepare((query: Query, given: Given<{ promotion: string }>) =>
  query.selectFrom('students').select(sumColumns).where('promotion', '=', given('promotion')),
);

/** A part of the same in the order of names: those after a place. */
export const findStudentsAfter = prepare(
  (query: Query, given: Given<{ promotion: string; sortKey: string; id: string; limit: number }>) =>
    query
      .selectFrom('students')
      .select([...sumColumns, 'sortKey'])
      .where('promotion', '=', given('promotion'))
      .where((of) => of(of.refTuple('sortKey', 'id'), '>', of.tuple(given('sortKey'), given('id'))))
      .orderBy('sortKey')
      .orderBy('id')
      .limit(given('limit')),
);

/** What is counted of a promotion. */
export interface PromotionCounts {
  readonly id: string;
  readonly revision: number;
  readonly epoch: number;
  readonly students: number;
}

export const updateCounts = prepare((query: Query, given: Given<PromotionCounts>) =>
  query
    .updateTable('promotions')
    .set({ revision: given('revision'), epoch: given('epoch'), students: given('students') })
    .where('id', '=', given('id')),
);
