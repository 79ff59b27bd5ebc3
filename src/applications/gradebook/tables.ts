import type { Kysely } from 'kysely';

/*
 * Booleans are 0 and 1, exact numbers and days are texts: both databases have those alike.
 *
 * `revision` of a promotion counts its changes. Whoever changes anything in it takes the next number first,
 * and so holds the promotion's row until the end of the transaction: changes of one promotion follow one
 * another, and a reader who has seen revision 7 misses nothing up to it.
 */

/** A year group. */
export interface PromotionRow {
  id: string;
  name: string;
  year: string | null;
  archived: number;
  version: number;
  revision: number;
  /** Changes whenever a student leaves or comes from elsewhere: what is remembered begins anew. */
  epoch: number;
  students: number;
}

/** A teacher who holds a promotion. */
export interface PromotionTeacherRow {
  promotion: string;
  account: string;
}

/** A student, with the sums their averages are quotients of. */
export interface StudentRow {
  id: string;
  promotion: string;
  familyName: string;
  givenName: string;
  /** What students are listed by. */
  sortKey: string;
  number: string | null;
  email: string | null;
  account: string | null;
  /** Identifiers with spaces between them: of promotions the student was moved from. */
  formerPromotions: string;
  removed: number;
  erased: number;
  version: number;
  marks: number;
  /** Of all marks that count, then of the published ones; see `Sums`. */
  weighted: string;
  coefficients: string;
  counted: number;
  publishedWeighted: string;
  publishedCoefficients: string;
  publishedCounted: number;
}

export interface AssessmentRow {
  id: string;
  promotion: string;
  name: string;
  coefficient: string;
  scale: string;
  date: string | null;
  published: number;
  version: number;
}

/** A mark; within an assessment, with its scale and coefficient. */
export interface MarkRow {
  id: string;
  student: string;
  assessment: string | null;
  label: string;
  date: string | null;
  value: string;
  scale: string;
  coefficient: string;
  published: number;
  version: number;
  /** The change that left it as it is, where its history begins; see `changes`. */
  change: string;
}

/** One change: one call that changed something. */
export interface ChangeRow {
  promotion: string;
  /** The promotion's revision that it made; with the promotion, what identifies a change. */
  revision: number;
  at: string;
  by: string | null;
  action: string;
  /** JSON: an array of `ChangeItem`. */
  items: string;
  /** The students of whom it changed anything, with spaces between them: whose sums to read again. */
  students: string;
  undone: number;
  /** The caller's idempotency key, and what the call was, so that a repetition gives the same answer. */
  key: string | null;
  digest: string | null;
}

/** The tables of the gradebook. */
export interface GradebookTables {
  promotions: PromotionRow;
  promotionTeachers: PromotionTeacherRow;
  students: StudentRow;
  assessments: AssessmentRow;
  marks: MarkRow;
  changes: ChangeRow;
}

async function createTables(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('promotions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('year', 'text')
    .addColumn('archived', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('students', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('promotionTeachers')
    .addColumn('promotion', 'text', (column) => column.notNull().references('promotions.id'))
    .addColumn('account', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('promotionTeachersKey', ['promotion', 'account'])
    .execute();
  await schema
    .createIndex('promotionTeachersByAccount')
    .on('promotionTeachers')
    .column('account')
    .execute();
  await schema
    .createTable('students')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('promotion', 'text', (column) => column.notNull().references('promotions.id'))
    .addColumn('familyName', 'text', (column) => column.notNull())
    .addColumn('givenName', 'text', (column) => column.notNull())
    .addColumn('sortKey', 'text', (column) => column.notNull())
    .addColumn('number', 'text')
    .addColumn('email', 'text')
    .addColumn('account', 'text')
    .addColumn('formerPromotions', 'text', (column) => column.notNull())
    .addColumn('removed', 'integer', (column) => column.notNull())
    .addColumn('erased', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('marks', 'integer', (column) => column.notNull())
    .addColumn('weighted', 'text', (column) => column.notNull())
    .addColumn('coefficients', 'text', (column) => column.notNull())
    .addColumn('counted', 'integer', (column) => column.notNull())
    .addColumn('publishedWeighted', 'text', (column) => column.notNull())
    .addColumn('publishedCoefficients', 'text', (column) => column.notNull())
    .addColumn('publishedCounted', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createIndex('studentsByName')
    .on('students')
    .columns(['promotion', 'sortKey', 'id'])
    .execute();
  await schema
    .createIndex('studentsByNumber')
    .on('students')
    .columns(['promotion', 'number'])
    .where('number', 'is not', null)
    .execute();
  await schema
    .createIndex('studentsByAccount')
    .on('students')
    .column('account')
    .where('account', 'is not', null)
    .execute();
  await schema
    .createTable('assessments')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('promotion', 'text', (column) => column.notNull().references('promotions.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('coefficient', 'text', (column) => column.notNull())
    .addColumn('scale', 'text', (column) => column.notNull())
    .addColumn('date', 'text')
    .addColumn('published', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createIndex('assessmentsByPromotion')
    .on('assessments')
    .column('promotion')
    .execute();
  await schema
    .createTable('marks')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('student', 'text', (column) => column.notNull().references('students.id'))
    .addColumn('assessment', 'text', (column) => column.references('assessments.id'))
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('date', 'text')
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('scale', 'text', (column) => column.notNull())
    .addColumn('coefficient', 'text', (column) => column.notNull())
    .addColumn('published', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('change', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('marksByStudent').on('marks').column('student').execute();
  // One mark a student in an assessment, and all that statistics of an assessment read.
  await schema
    .createIndex('marksByAssessment')
    .on('marks')
    .columns(['assessment', 'student'])
    .unique()
    .where('assessment', 'is not', null)
    .execute();
  await schema
    .createIndex('marksByValue')
    .on('marks')
    .columns(['assessment', 'published', 'value'])
    .where('assessment', 'is not', null)
    .execute();
  await schema
    .createTable('changes')
    .addColumn('promotion', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('by', 'text')
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('items', 'text', (column) => column.notNull())
    .addColumn('students', 'text', (column) => column.notNull())
    .addColumn('undone', 'integer', (column) => column.notNull())
    .addColumn('key', 'text')
    .addColumn('digest', 'text')
    .addPrimaryKeyConstraint('changesKey', ['promotion', 'revision'])
    .execute();
  await schema
    .createIndex('changesByKey')
    .on('changes')
    .columns(['by', 'key'])
    .unique()
    .where('key', 'is not', null)
    .execute();
}

/** What makes the tables, in order; a store carries out those it has not had. */
export const gradebookMigrations: readonly {
  readonly name: string;
  up(database: Kysely<unknown>): Promise<void>;
}[] = [{ name: 'gradebook-1', up: createTables }];
