import { Sums, Total } from './averages.ts';
import { publishedSumsOf, sumsOf } from './ledger.ts';
import type { OpenStudent, SumsRow } from './ledger.ts';
import type { Rational } from './rational.ts';
import type { Visibility } from './seeing.ts';
import { Distribution } from './statistics.ts';

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

/** Averages that came and went at most before the distribution is told of them. */
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
    this.#settle();
    this.#standings ??= new Standings(this.#students);
    return this.#standings;
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
    const { added, removed } = this.#turnover;
    if (added.length + removed.length >= maxTurnover) this.#settle();
  }

  /** Takes what came and went into the distribution, if there is one. */
  #settle(): void {
    const { added, removed } = this.#turnover;
    if (added.length + removed.length === 0) return;
    this.#turnover = { added: [], removed: [] };
    const distribution = this.#standings?.knownDistribution?.replace(removed, added);
    this.#standings = new Standings(this.#students, distribution);
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
export class PromotionMemory {
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

  /** Takes in students as a transaction has left them that took the promotion to a revision. */
  follow(students: Iterable<OpenStudent>, revision: number): void {
    for (const { row, all, published } of students) {
      const isThere = row.removed === 0;
      this.#standings.all.learn(row.id, isThere ? all : undefined);
      this.#standings.published.learn(row.id, isThere ? published : undefined);
    }
    this.revision = revision;
  }

  standings(visibility: Visibility): Standings {
    return this.#standings[visibility].standings;
  }
}
