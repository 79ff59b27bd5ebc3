import type { Kysely, Run } from '../../store/index.ts';
import { Sums } from './averages.ts';
import type { Caller } from './caller.ts';
import { makeSortKey, nameStudent, toAssessmentRow, toMarkRow } from './images.ts';
import type { AssessmentImage, ChangeItem, MarkImage, StudentImage } from './images.ts';
import { Pace } from './pace.ts';
import {
  findAssessment,
  findStudent,
  findTeacher,
  insertChange,
  insertMark,
  takeRevision,
  updateCounts,
  updateMark,
  updateSums,
} from './queries.ts';
import type { sumColumns } from './queries.ts';
import { Rational } from './rational.ts';
import { refuse } from './refusal.ts';
import type {
  AssessmentRow,
  ChangeRow,
  GradebookTables,
  PromotionRow,
  StudentRow,
} from './tables.ts';

/** A student while their marks change: the row, and the sums it will have. */
export interface OpenStudent {
  readonly row: StudentRow;
  all: Sums;
  published: Sums;
  marks: number;
  isChanged: boolean;
}

function readSums(weighted: string, coefficients: string, counted: number): Sums {
  return counted === 0
    ? Sums.none
    : new Sums(Rational.unpack(weighted), Rational.unpack(coefficients), counted);
}

/** The part of a student's row that has their sums. */
export type SumsRow = Pick<StudentRow, (typeof sumColumns)[number]>;

/** The sums of all that counts, as a student's row has them. */
export function sumsOf(row: SumsRow): Sums {
  return readSums(row.weighted, row.coefficients, row.counted);
}

/** The same of published marks alone. */
export function publishedSumsOf(row: SumsRow): Sums {
  return readSums(row.publishedWeighted, row.publishedCoefficients, row.publishedCounted);
}

/** The students of whom items change anything. */
function listStudents(items: readonly ChangeItem[]): string {
  const students = new Set<string>();
  for (const item of items) {
    if (item.kind === 'student') students.add(item.id);
    if (item.kind !== 'mark') continue;
    if (item.before !== null) students.add(item.before.student);
    if (item.after !== null) students.add(item.after.student);
  }
  return [...students].join(' ');
}

/** How a change is called: the promotion it was made in, and its revision. */
export function nameChange(promotion: string, revision: number): string {
  return `${promotion}.${revision}`;
}

/** One change as it is being made: what it does to things, in order. */
export interface Edit {
  readonly promotion: string;
  readonly revision: number;
  readonly id: string;
  readonly items: ChangeItem[];
}

/** A promotion whose row the transaction holds. */
interface HeldPromotion {
  readonly row: PromotionRow;
  /** What the row says in the database. */
  readonly written: {
    readonly revision: number;
    readonly epoch: number;
    readonly students: number;
  };
  /** Whether the revision taken with the row has gone to a change. */
  isUsed: boolean;
}

/** What a transaction has left of a promotion that it changed. */
export interface ChangedPromotion {
  readonly row: PromotionRow;
  /** The first of the revisions that it made; the last is the row's. */
  readonly firstRevision: number;
  /** Those of the promotion whom it looked at, changed or not. */
  readonly students: Iterable<OpenStudent>;
}

/**
 * One transaction of the gradebook: it holds the promotions it changes, keeps the students' sums right,
 * and writes the history. What is begun here is written by {@link Ledger.finish}.
 */
export class Ledger {
  readonly query: Kysely<GradebookTables>;
  readonly run: Run;
  readonly #at: string = new Date().toISOString();
  readonly #promotions = new Map<string, HeldPromotion>();
  readonly #students = new Map<string, OpenStudent>();
  readonly #assessments = new Map<string, AssessmentRow>();
  readonly #held = new Map<string, boolean>();
  readonly #changes: ChangeRow[] = [];

  constructor(query: Kysely<GradebookTables>, run: Run) {
    this.query = query;
    this.run = run;
  }

  /**
   * Holds a promotion until the transaction ends, and makes sure that the caller may change it.
   * @throws {CallError} `NO_SUCH_PROMOTION` `NOT_HELD` `PROMOTION_ARCHIVED`
   */
  async hold(id: string, caller: Caller, evenArchived: boolean = false): Promise<PromotionRow> {
    let held = this.#promotions.get(id);
    if (held === undefined) {
      const { rows } = await this.run(takeRevision, { id });
      const [row] = rows;
      if (row === undefined) throw refuse('NO_SUCH_PROMOTION', { promotion: id });
      held = this.adopt(row);
    }
    await this.requireHolding(id, caller);
    if (held.row.archived === 1 && !evenArchived) {
      throw refuse('PROMOTION_ARCHIVED', { promotion: id, name: held.row.name });
    }
    return held.row;
  }

  /** @throws {CallError} `NOT_HELD` unless the caller may see and change a promotion. */
  async requireHolding(promotion: string, { account, role }: Caller): Promise<void> {
    if (role === 'administrator') return;
    const name = `${promotion} ${account}`;
    let isHeld = role === 'teacher' ? this.#held.get(name) : false;
    if (isHeld === undefined) {
      isHeld = (await this.run(findTeacher, { promotion, account })).rows.length > 0;
      this.#held.set(name, isHeld);
    }
    if (!isHeld) throw refuse('NOT_HELD', { promotion });
  }

  /** A promotion whose row is written as it is, such as one made in this transaction. */
  adopt(row: PromotionRow): HeldPromotion {
    const { revision, epoch, students } = row;
    const held = { row, written: { revision, epoch, students }, isUsed: false };
    this.#promotions.set(row.id, held);
    return held;
  }

  /** Begins a change of a promotion that is held. */
  begin(promotion: string): Edit {
    const held = this.#heldPromotion(promotion);
    // Taking the promotion has taken its first revision; each further change takes the next.
    if (held.isUsed) held.row.revision++;
    held.isUsed = true;
    const { revision } = held.row;
    return { promotion, revision, id: nameChange(promotion, revision), items: [] };
  }

  /** Enters a change into the history. */
  enter(edit: Edit, action: string, by: string, key?: string, digest?: string): ChangeRow {
    const row: ChangeRow = {
      promotion: edit.promotion,
      revision: edit.revision,
      at: this.#at,
      by,
      action,
      items: JSON.stringify(edit.items),
      students: listStudents(edit.items),
      undone: 0,
      key: key ?? null,
      digest: key === undefined ? null : (digest ?? null),
    };
    this.#changes.push(row);
    return row;
  }

  /** A student and their sums. @throws {CallError} `NO_SUCH_STUDENT` */
  async student(id: string): Promise<OpenStudent> {
    const known = this.#students.get(id);
    if (known !== undefined) return known;
    const { rows } = await this.run(findStudent, { id });
    const [row] = rows;
    if (row === undefined) throw refuse('NO_SUCH_STUDENT', { student: id });
    return this.#open(row);
  }

  /** Reads students ahead, in one query for a database that is far away. */
  async preload(ids: readonly string[]): Promise<void> {
    for (let start = 0; start < ids.length; start += 500) {
      const rows = await this.query
        .selectFrom('students')
        .selectAll()
        .where('id', 'in', ids.slice(start, start + 500))
        .execute();
      for (const row of rows) if (!this.#students.has(row.id)) this.#open(row);
    }
  }

  /** A student whose marks can be changed. */
  async presentStudent(id: string): Promise<OpenStudent> {
    const student = await this.student(id);
    if (student.row.erased === 1) throw refuse('STUDENT_ERASED', { student: id });
    if (student.row.removed === 1) {
      throw refuse('STUDENT_REMOVED', { student: id, name: nameStudent(student.row) });
    }
    return student;
  }

  /** @throws {CallError} `NO_SUCH_ASSESSMENT` */
  async assessment(id: string): Promise<AssessmentRow> {
    const known = this.#assessments.get(id);
    if (known !== undefined) return known;
    const { rows } = await this.run(findAssessment, { id });
    const [row] = rows;
    if (row === undefined) throw refuse('NO_SUCH_ASSESSMENT', { assessment: id });
    this.#assessments.set(id, row);
    return row;
  }

  /** Adds, changes or removes a mark, and its part in its student's sums. */
  async putMark(
    edit: Edit,
    before: MarkImage | null,
    after: MarkImage | null,
    previous: string | null,
  ): Promise<void> {
    const id = (after ?? before)?.mark ?? '';
    edit.items.push({ kind: 'mark', id, before, after, previous });
    if (before !== null) this.#count(await this.student(before.student), before, -1);
    if (after !== null) this.#count(await this.student(after.student), after, 1);
    if (after === null) await this.query.deleteFrom('marks').where('id', '=', id).execute();
    else if (before === null) await this.run(insertMark, toMarkRow(after, edit.id));
    else await this.run(updateMark, toMarkRow(after, edit.id));
  }

  /** Adds or changes a student; they are never deleted. */
  async putStudent(
    edit: Edit,
    before: StudentImage | null,
    after: StudentImage,
    isErased: boolean = false,
  ): Promise<void> {
    edit.items.push({ kind: 'student', id: after.student, before, after });
    const columns = {
      promotion: after.promotion,
      familyName: after.familyName,
      givenName: after.givenName,
      sortKey: makeSortKey(after.familyName, after.givenName),
      number: after.number,
      email: after.email,
      account: after.account,
      removed: after.removed ? 1 : 0,
      erased: isErased ? 1 : 0,
      version: after.version,
    };
    if (before === null) {
      const row: StudentRow = {
        id: after.student,
        ...columns,
        formerPromotions: '',
        marks: 0,
        weighted: '0',
        coefficients: '0',
        counted: 0,
        publishedWeighted: '0',
        publishedCoefficients: '0',
        publishedCounted: 0,
      };
      await this.query.insertInto('students').values(row).execute();
      this.#open(row);
    } else {
      const { row } = await this.student(after.student);
      const hasMoved = before.promotion !== after.promotion;
      const former = hasMoved ? `${row.formerPromotions} ${before.promotion}`.trim() : undefined;
      Object.assign(row, columns, former === undefined ? {} : { formerPromotions: former });
      await this.query
        .updateTable('students')
        .set({ ...columns, formerPromotions: row.formerPromotions })
        .where('id', '=', after.student)
        .execute();
    }
    const wasThere = before !== null && !before.removed;
    if (wasThere) this.#heldPromotion(before.promotion).row.students--;
    if (!after.removed) this.#heldPromotion(after.promotion).row.students++;
    if (before !== null && before.promotion !== after.promotion) {
      // Neither promotion's own changes tell of both sides: what is remembered of them begins anew.
      this.#heldPromotion(before.promotion).row.epoch++;
      this.#heldPromotion(after.promotion).row.epoch++;
    }
  }

  /** Adds, changes or removes an assessment. */
  async putAssessment(
    edit: Edit,
    before: AssessmentImage | null,
    after: AssessmentImage | null,
  ): Promise<void> {
    const id = (after ?? before)?.assessment ?? '';
    edit.items.push({ kind: 'assessment', id, before, after });
    this.#assessments.delete(id);
    if (after === null) {
      await this.query.deleteFrom('assessments').where('id', '=', id).execute();
    } else if (before === null) {
      await this.query.insertInto('assessments').values(toAssessmentRow(after)).execute();
    } else {
      const { id: _, ...columns } = toAssessmentRow(after);
      await this.query.updateTable('assessments').set(columns).where('id', '=', id).execute();
    }
  }

  /** Writes what was gathered: revisions, sums, history. */
  async finish(pace: Pace = new Pace()): Promise<void> {
    for (const { row, written } of this.#promotions.values()) {
      const { id, revision, epoch, students } = row;
      if (
        revision === written.revision &&
        epoch === written.epoch &&
        students === written.students
      ) {
        continue;
      }
      await this.run(updateCounts, { id, revision, epoch, students });
    }
    for (const { row, all, published, marks, isChanged } of this.#students.values()) {
      if (!isChanged) continue;
      await pace.keep();
      await this.run(updateSums, {
        id: row.id,
        marks,
        weighted: all.weighted.pack(),
        coefficients: all.coefficients.pack(),
        counted: all.count,
        publishedWeighted: published.weighted.pack(),
        publishedCoefficients: published.coefficients.pack(),
        publishedCounted: published.count,
      });
    }
    for (const change of this.#changes) {
      await pace.keep();
      await this.run(insertChange, change);
    }
  }

  /** What it has changed, for who remembers anything of that: to be asked once it is committed. */
  *listChanged(): Iterable<ChangedPromotion> {
    for (const { row, written } of this.#promotions.values()) {
      const students = this.#students
        .values()
        .filter((student) => student.row.promotion === row.id);
      yield { row, firstRevision: written.revision, students };
    }
  }

  #heldPromotion(id: string): HeldPromotion {
    const held = this.#promotions.get(id);
    if (held === undefined) throw new TypeError('a promotion is held before it is changed');
    return held;
  }

  #open(row: StudentRow): OpenStudent {
    const open: OpenStudent = {
      row,
      all: sumsOf(row),
      published: publishedSumsOf(row),
      marks: row.marks,
      isChanged: false,
    };
    this.#students.set(row.id, open);
    return open;
  }

  #count(student: OpenStudent, mark: MarkImage, sign: 1 | -1): void {
    student.all = sign === 1 ? student.all.add(mark) : student.all.subtract(mark);
    if (mark.published) {
      student.published =
        sign === 1 ? student.published.add(mark) : student.published.subtract(mark);
    }
    student.marks += sign;
    student.isChanged = true;
  }
}
