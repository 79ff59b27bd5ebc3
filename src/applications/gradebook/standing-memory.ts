import { setImmediate } from 'node:timers/promises';
import type { Ledger, SumsRow } from './ledger.ts';
import {
  findChangedStudents,
  findPromotion,
  findStudentsAfter,
  findStudentsOf,
  sumColumns,
} from './queries.ts';
import type { Store } from '../../store/index.ts';
import { refuse } from './refusal.ts';
import type { Reading, Visibility } from './seeing.ts';
import { PromotionMemory } from './standings.ts';
import type { Standings } from './standings.ts';
import type { GradebookTables, PromotionRow } from './tables.ts';

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

/** Promotions that are read ahead at most, and students of a part of one. */
const maxAhead = 100;
const partAhead = 500;

/** How much is remembered. */
export interface MemoryOptions {
  /** Students from which on a promotion is read before anybody asks. Default 2,000. */
  readonly largePromotion?: number;
  /** Students remembered at most, of all promotions. Default 200,000. */
  readonly maxRemembered?: number;
}

/**
 * Remembers where the students of promotions stand, and asks the store only for those whose marks have
 * changed since: it is asked every time, in the same state as the rest of what is read, so that what
 * another node has written counts at once.
 */
export class StandingMemory {
  readonly #store: Store<GradebookTables>;
  readonly #largePromotion: number;
  readonly #maxStudents: number;
  readonly #promotions = new Map<string, PromotionMemory>();
  /** Large promotions of which more has changed than was followed. */
  readonly #stale = new Set<string>();
  #freshening: Promise<void> | undefined;

  constructor(
    store: Store<GradebookTables>,
    { largePromotion = 2_000, maxRemembered = 200_000 }: MemoryOptions = {},
  ) {
    this.#store = store;
    this.#largePromotion = largePromotion;
    this.#maxStudents = maxRemembered;
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
   * @throws {StoreError}
   */
  async warm(): Promise<void> {
    const rows = await this.#store.read((query) =>
      query
        .selectFrom('promotions')
        .select(['id', 'students'])
        .where('archived', '=', 0)
        .where('students', '>=', this.#largePromotion)
        .orderBy('students', 'desc')
        .limit(maxAhead)
        .execute(),
    );
    let students = 0;
    for (const row of rows) {
      students += row.students;
      if (students > this.#maxStudents) break;
      this.#stale.add(row.id);
    }
    await this.#freshenAll();
  }

  /**
   * Takes in what a transaction has changed, once it is committed. Of the large promotions alone: what
   * has changed in a small one is soon read when somebody asks.
   */
  follow(ledger: Ledger): void {
    for (const { row, firstRevision, students } of ledger.listChanged()) {
      const memory = this.#promotions.get(row.id);
      if (Math.max(memory?.size ?? 0, row.students) < this.#largePromotion) continue;
      if (memory !== undefined && memory.epoch === row.epoch) {
        if (memory.revision >= row.revision) continue;
        if (memory.revision === firstRevision - 1) {
          memory.follow(students, row.revision);
          continue;
        }
      }
      this.#stale.add(row.id);
      // A store that fails, or is closed meanwhile, is told of by whoever calls next.
      this.#freshenAll().catch(() => undefined);
    }
  }

  #freshenAll(): Promise<void> {
    this.#freshening ??= this.#freshen().finally(() => {
      this.#freshening = undefined;
    });
    return this.#freshening;
  }

  async #freshen(): Promise<void> {
    for (const promotion of this.#stale) {
      this.#stale.delete(promotion);
      const rows = await this.#store.read(
        async (_, run) => (await run(findPromotion, { id: promotion })).rows,
      );
      const [row] = rows;
      if (row === undefined) continue;
      if (this.#promotions.get(promotion)?.epoch !== row.epoch) await this.#readAhead(row);
      const { standings } = await this.#store.read((query, run) =>
        this.read({ query, run }, promotion, 'all'),
      );
      void standings.distribution.sum;
    }
  }

  async #readAhead(row: PromotionRow): Promise<void> {
    const memory = new PromotionMemory(row.epoch);
    let place = { sortKey: '', id: '' };
    for (;;) {
      // Parts may be newer than the revision: whatever changed after it is read again anyway.
      const { rows } = await this.#store.read((_, run) =>
        run(findStudentsAfter, { promotion: row.id, ...place, limit: partAhead }),
      );
      memory.learn(rows, row.revision);
      const next = rows.at(-1);
      if (next === undefined) break;
      place = { sortKey: next.sortKey, id: next.id };
      await setImmediate();
    }
    const known = this.#promotions.get(row.id);
    if (known === undefined || known.revision < row.revision) this.#remember(row.id, memory);
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
