import type { Kysely, Run } from '../../store/index.ts';
import { Sums, Total } from './averages.ts';
import { publishedSumsOf, sumsOf } from './ledger.ts';
import { findChangedStudents, findPromotion } from './queries.ts';
import type { Rational } from './rational.ts';
import { refuse } from './refusal.ts';
import { Distribution } from './statistics.ts';
import type { GradebookTables, PromotionRow, StudentRow } from './tables.ts';

/** What is remembered of a student: what their average is the quotient of, and the average. */
interface Standing {
  readonly id: string;
  readonly sums: Sums;
  readonly average: Rational | undefined;
}

/** Whether all marks count, or published ones alone. */
export type Visibility = 'all' | 'published';

/** Where all the students of a promotion stand, at one revision of it. */
export class Standings {
  readonly #students: ReadonlyMap<string, Standing>;
  #distribution: Distribution | undefined;
  #total: Sums | undefined;

  constructor(students: ReadonlyMap<string, Standing>) {
    this.#students = students;
  }

  get students(): Iterable<Standing> {
    return this.#students.values();
  }

  get size(): number {
    return this.#students.size;
  }

  find(student: string): Standing | undefined {
    return this.#students.get(student);
  }

  /** Of the averages of those who have one. */
  get distribution(): Distribution {
    this.#distribution ??= new Distribution(
      Array.from(this.#students.values(), ({ average }) => average)
        .filter((average) => average !== undefined)
        .map((average) => [average, 1] as const),
    );
    return this.#distribution;
  }

  /** Of all marks of all students. */
  get total(): Sums {
    this.#total ??= addSums(Array.from(this.#students.values(), ({ sums }) => sums));
    return this.#total;
  }
}

/** The sums of all, without the cost of lowest terms at each step. */
function addSums(all: readonly Sums[]): Sums {
  const weighted = new Total();
  const coefficients = new Total();
  let count = 0;
  for (const sums of all) {
    weighted.add(sums.weighted.numerator, sums.weighted.denominator);
    coefficients.add(sums.coefficients.numerator, sums.coefficients.denominator);
    count += sums.count;
  }
  return new Sums(weighted.reduced(), coefficients.reduced(), count);
}

/** What is remembered of a promotion, up to a revision. */
class PromotionMemory {
  readonly epoch: number;
  revision = -1;
  readonly #students: Readonly<Record<Visibility, Map<string, Standing>>> = {
    all: new Map(),
    published: new Map(),
  };
  readonly #revisions = new Map<string, number>();
  readonly #standings: Partial<Record<Visibility, Standings>> = {};

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  get size(): number {
    return this.#students.all.size;
  }

  /** Takes in students as they were at a revision; what is known already in a later form stays. */
  learn(rows: readonly StudentRow[], revision: number): void {
    for (const row of rows) {
      const known = this.#revisions.get(row.id);
      if (known !== undefined && known >= row.revision) continue;
      this.#revisions.set(row.id, row.revision);
      this.#learnOne('all', row, sumsOf(row));
      this.#learnOne('published', row, publishedSumsOf(row));
    }
    this.revision = Math.max(this.revision, revision);
  }

  standings(visibility: Visibility): Standings {
    const standings = this.#standings[visibility] ?? new Standings(this.#students[visibility]);
    this.#standings[visibility] = standings;
    return standings;
  }

  #learnOne(visibility: Visibility, row: StudentRow, sums: Sums): void {
    const students = this.#students[visibility];
    const before = students.get(row.id);
    if (row.removed === 1) {
      if (students.delete(row.id)) delete this.#standings[visibility];
      return;
    }
    const isSame =
      before !== undefined &&
      before.sums.count === sums.count &&
      before.sums.weighted.compare(sums.weighted) === 0 &&
      before.sums.coefficients.compare(sums.coefficients) === 0;
    if (isSame) return;
    students.set(row.id, { id: row.id, sums, average: sums.average });
    delete this.#standings[visibility];
  }
}

/** Students remembered at most, of all promotions. */
const defaultMaxStudents = 200_000;

/**
 * Remembers where the students of promotions stand, and asks the store only for those whose marks have
 * changed since: it is asked every time, in the same state as the rest of what is read, so that what
 * another node has written counts at once.
 */
export class StandingMemory {
  readonly #maxStudents: number;
  readonly #promotions = new Map<string, PromotionMemory>();

  constructor(maxStudents: number = defaultMaxStudents) {
    this.#maxStudents = maxStudents;
  }

  /**
   * Where the students of a promotion stand now.
   * @throws {CallError} `NO_SUCH_PROMOTION`
   */
  async read(
    { run }: { readonly query: Kysely<GradebookTables>; readonly run: Run },
    promotion: string,
    visibility: Visibility,
  ): Promise<{ readonly standings: Standings; readonly row: PromotionRow }> {
    const { rows } = await run(findPromotion, { id: promotion });
    const [row] = rows;
    if (row === undefined) throw refuse('NO_SUCH_PROMOTION', { promotion });
    let memory = this.#promotions.get(promotion);
    if (memory === undefined || memory.epoch !== row.epoch) memory = new PromotionMemory(row.epoch);
    if (memory.revision < row.revision) {
      const { rows: changed } = await run(findChangedStudents, {
        promotion,
        revision: memory.revision,
      });
      memory.learn(changed, row.revision);
    }
    this.#remember(promotion, memory);
    return { standings: memory.standings(visibility), row };
  }

  /** The promotion asked for last is forgotten last. */
  #remember(promotion: string, memory: PromotionMemory): void {
    this.#promotions.delete(promotion);
    this.#promotions.set(promotion, memory);
    let students = 0;
    for (const { size } of this.#promotions.values()) students += size;
    for (const [oldest, { size }] of this.#promotions) {
      if (students <= this.#maxStudents || oldest === promotion) break;
      this.#promotions.delete(oldest);
      students -= size;
    }
  }
}
