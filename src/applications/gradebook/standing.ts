import { Sums, Total } from './averages.ts';
import { publishedSumsOf, sumsOf } from './ledger.ts';
import type { SumsRow } from './ledger.ts';
import {
  findChangedStudents,
  findPromotion,
  findStudentsAfter,
  findStudentsOf,
  sumColumns,
} from './queries.ts';
import type { Store } from '../../store/index.ts';
import type { Rational } from './rational.ts';
import { refuse } from './refusal.ts';
import type { Reading, Visibility } from './seeing.ts';
import { Distribution } from './statistics.ts';
import type { GradebookTables, PromotionRow } from './tables.ts';

/** What is remembered of a student: what their average is the quotient of, and the average. */
interface Standing {
  readonly id: string;
  readonly sums: Sums;
  readonly average: Rational | undefined;
}

/** Where all the students of a promotion stand, at one revision of it. */
export class Standings {
  readonly #students: ReadonlyMap<string, Standing>;
  #distribution: Distribution | undefined;
  #total: Sums | undefined;

  /** @param distribution of their averages, if it is known. */
  constructor(students: ReadonlyMap<string, Standing>, distribution?: Distribution) {
    this.#students = students;
    this.#distribution = distribution;
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

  /** The distribution, if it was asked for before. */
  get knownDistribution(): Distribution | undefined {
    return this.#distribution;
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

/** Averages that came and went since a distribution was made. */
interface Turnover {
  readonly added: Rational[];
  readonly removed: Rational[];
}

/** Changes after which a distribution is made anew, rather than changed. */
const maxTurnover = 1_000;

/** Where students stand by the marks of one visibility. */
class StandingsMemory {
  readonly #students = new Map<string, Standing>();
  #standings: Standings | undefined;
  #turnover: Turnover = { added: [], removed: [] };

  get size(): number {
    return this.#students.size;
  }

  get standings(): Standings {
    const { added, removed } = this.#turnover;
    const known = this.#standings;
    if (known !== undefined && added.length + removed.length === 0) return known;
    this.#turnover = { added: [], removed: [] };
    const isLittle = added.length + removed.length <= maxTurnover;
    const distribution = isLittle ? known?.knownDistribution?.replace(removed, added) : undefined;
    const standings = new Standings(this.#students, distribution);
    this.#standings = standings;
    return standings;
  }

  learn(id: string, sums: Sums | undefined): void {
    const before = this.#students.get(id);
    if (before !== undefined && sums !== undefined && areSame(before.sums, sums)) return;
    const average = sums?.average;
    if (sums === undefined) this.#students.delete(id);
    else this.#students.set(id, { id, sums, average });
    if (before?.average !== undefined) this.#turnover.removed.push(before.average);
    if (average !== undefined) this.#turnover.added.push(average);
    // What has no average was counted, too: those who hold the last standings keep them as they were.
    if (before?.average === undefined && average === undefined) this.#forget();
  }

  #forget(): void {
    const known = this.#standings?.knownDistribution;
    if (this.#standings !== undefined) this.#standings = new Standings(this.#students, known);
  }
}

function areSame(first: Sums, second: Sums): boolean {
  return (
    first.count === second.count &&
    first.weighted.compare(second.weighted) === 0 &&
    first.coefficients.compare(second.coefficients) === 0
  );
}

/** What is remembered of a promotion, up to a revision. */
class PromotionMemory {
  readonly epoch: number;
  revision = -1;
  readonly #standings: Readonly<Record<Visibility, StandingsMemory>> = {
    all: new StandingsMemory(),
    published: new StandingsMemory(),
  };

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  get size(): number {
    return this.#standings.all.size;
  }

  /** Takes in students as they are at a revision. */
  learn(rows: readonly SumsRow[], revision: number): void {
    for (const row of rows) {
      const isThere = row.removed === 0;
      this.#standings.all.learn(row.id, isThere ? sumsOf(row) : undefined);
      this.#standings.published.learn(row.id, isThere ? publishedSumsOf(row) : undefined);
    }
    this.revision = revision;
  }

  standings(visibility: Visibility): Standings {
    return this.#standings[visibility].standings;
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

/** Students of a promotion that is worth reading ahead, how many such promotions, and a part of one. */
const largePromotion = 2_000;
const maxWarmed = 100;
const warmPart = 500;

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

  /**
   * Reads the largest promotions ahead, a part at a time between other calls: who asks first for one of
   * tens of thousands of students need not wait longer than who asks next.
   */
  async warm(store: Store<GradebookTables>): Promise<void> {
    const rows = await store.read((query) =>
      query
        .selectFrom('promotions')
        .selectAll()
        .where('archived', '=', 0)
        .where('students', '>=', largePromotion)
        .orderBy('students', 'desc')
        .limit(maxWarmed)
        .execute(),
    );
    let students = 0;
    for (const row of rows) {
      students += row.students;
      if (students > this.#maxStudents) break;
      await this.#warmOne(store, row);
    }
  }

  async #warmOne(store: Store<GradebookTables>, row: PromotionRow): Promise<void> {
    const memory = new PromotionMemory(row.epoch);
    let place = { sortKey: '', id: '' };
    for (;;) {
      // Parts may be newer than the revision: whatever changed after it is read again anyway.
      const { rows } = await store.read((_, run) =>
        run(findStudentsAfter, { promotion: row.id, ...place, limit: warmPart }),
      );
      memory.learn(rows, row.revision);
      const next = rows.at(-1);
      if (next === undefined) break;
      place = { sortKey: next.sortKey, id: next.id };
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    void memory.standings('all').distribution.sum;
    if (!this.#promotions.has(row.id)) this.#remember(row.id, memory);
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
