import { Sums, Total } from './averages.ts';
import { publishedSumsOf, sumsOf } from './ledger.ts';
import type { SumsRow } from './ledger.ts';
import { findChangedStudents, findPromotion, findStudentsOf, sumColumns } from './queries.ts';
import type { Rational } from './rational.ts';
import { refuse } from './refusal.ts';
import type { Reading } from './seeing.ts';
import { Distribution } from './statistics.ts';
import type { PromotionRow } from './tables.ts';

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
  readonly #standings: Partial<Record<Visibility, Standings>> = {};

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  get size(): number {
    return this.#students.all.size;
  }

  /** Takes in students as they are at a revision. */
  learn(rows: readonly SumsRow[], revision: number): void {
    for (const row of rows) {
      this.#learnOne('all', row, sumsOf(row));
      this.#learnOne('published', row, publishedSumsOf(row));
    }
    this.revision = revision;
  }

  standings(visibility: Visibility): Standings {
    const standings = this.#standings[visibility] ?? new Standings(this.#students[visibility]);
    this.#standings[visibility] = standings;
    return standings;
  }

  #learnOne(visibility: Visibility, row: SumsRow, sums: Sums): void {
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

/** Changes that are gone through one by one; after more of them, everybody is read again. */
const maxChanges = 2_000;
/** Students that one query names. */
const maxNamed = 500;

/** The students of a promotion whose sums may have changed after a revision. */
async function readChanged(
  { query, run }: Reading,
  { id: promotion, revision }: PromotionRow,
  after: number,
): Promise<readonly SumsRow[]> {
  const readAll = async () => (await run(findStudentsOf, { promotion })).rows;
  if (after < 0 || revision - after > maxChanges) return readAll();
  const { rows: changes } = await run(findChangedStudents, { promotion, revision: after });
  const ids = new Set(changes.flatMap(({ students }) => students.split(' ')));
  ids.delete('');
  if (ids.size > maxChanges) return readAll();
  const named = [...ids];
  const rows: SumsRow[] = [];
  for (let start = 0; start < named.length; start += maxNamed) {
    const found = await query
      .selectFrom('students')
      .select(sumColumns)
      .where('id', 'in', named.slice(start, start + maxNamed))
      .execute();
    rows.push(...found.filter((row) => row.promotion === promotion));
  }
  return rows;
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
    reading: Reading,
    promotion: string,
    visibility: Visibility,
  ): Promise<{ readonly standings: Standings; readonly row: PromotionRow }> {
    const { rows } = await reading.run(findPromotion, { id: promotion });
    const [row] = rows;
    if (row === undefined) throw refuse('NO_SUCH_PROMOTION', { promotion });
    let memory = this.#promotions.get(promotion);
    if (memory === undefined || memory.epoch !== row.epoch) memory = new PromotionMemory(row.epoch);
    while (memory.revision < row.revision) {
      const { revision } = memory;
      const changed = await readChanged(reading, row, revision);
      // Another reader may have brought it further meanwhile: what it knows by now is not older.
      if (memory.revision === revision) memory.learn(changed, row.revision);
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
