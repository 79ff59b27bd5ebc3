import type { Compilable, Kysely } from 'kysely';
import type { StoreKind } from './kind.ts';

/** Stands, while a query is being built, for a parameter that is given at each run. */
export type Given<Parameters> = <Name extends keyof Parameters & string>(
  name: Name,
) => Parameters[Name];

/** What a given parameter looks like to the query builder. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A query as one database takes it. */
export interface QueryPlan {
  readonly sql: string;
  /** In the order of the query: the name of a given parameter, or a constant. */
  readonly parameters: readonly (
    | { readonly name: string }
    | { readonly name: undefined; readonly constant: unknown }
  )[];
}

/** Names prepared queries towards PostgreSQL, where a connection knows them by it. */
let lastNumber = 0;

/** A query that is compiled once for each kind of database; see {@link prepare}. */
export class Prepared<Parameters, Row> {
  readonly name: string = `guichet_${++lastNumber}`;
  readonly #build: (query: Kysely<unknown>, given: Given<Parameters>) => Compilable<Row>;
  readonly #plans = new Map<StoreKind, QueryPlan>();

  constructor(build: (query: Kysely<unknown>, given: Given<Parameters>) => Compilable<Row>) {
    this.#build = build;
  }

  /** The query as one kind of database takes it; `query` need not be connected. */
  planFor(kind: StoreKind, query: Kysely<unknown>): QueryPlan {
    const known = this.#plans.get(kind);
    if (known !== undefined) return known;
    const given = (name: string): unknown => new Placeholder(name);
    const { sql, parameters } = this.#build(query, given as Given<Parameters>).compile();
    const plan: QueryPlan = {
      sql,
      parameters: parameters.map((value) =>
        value instanceof Placeholder ? { name: value.name } : { name: undefined, constant: value },
      ),
    };
    this.#plans.set(kind, plan);
    return plan;
  }

  /** What a run with these parameters hands to the database, in its order. */
  fill(plan: QueryPlan, parameters: Parameters): unknown[] {
    const values = parameters as Readonly<Record<string, unknown>>;
    return plan.parameters.map((one) => (one.name === undefined ? one.constant : values[one.name]));
  }

  /** The rows of a run, as the query types them. */
  typed(rows: unknown[]): Row[] {
    return rows as Row[];
  }
}

/**
 * Makes a query that is compiled once and run many times: what a busy path should use, for building a
 * query takes ten times as long as running it. Made once, beside the code that runs it, for any store.
 *
 * @example
 * ```ts
 * import { openStore, prepare } from 'guichet/store';
 * import type { Given, Kysely } from 'guichet/store';
 * interface Tables {
 *   words: { word: string; count: number };
 * }
 * const addWord = prepare((query: Kysely<Tables>, given: Given<{ word: string; count: number }>) =>
 *   query.insertInto('words').values({ word: given('word'), count: given('count') }),
 * );
 * await using store = await openStore<Tables>(':memory:', [
 *   {
 *     name: 'words-1',
 *     up: (database) =>
 *       database.schema
 *         .createTable('words')
 *         .addColumn('word', 'text', (column) => column.primaryKey())
 *         .addColumn('count', 'integer', (column) => column.notNull())
 *         .execute(),
 *   },
 * ]);
 * await store.write((_, run) => run(addWord, { word: 'guichet', count: 3 }));
 * const { count } = await store.read((query) =>
 *   query.selectFrom('words').select('count').executeTakeFirstOrThrow(),
 * );
 * if (count !== 3) throw new Error(`${count}`);
 * ```
 */
export function prepare<Tables, Parameters, Row>(
  build: (query: Kysely<Tables>, given: Given<Parameters>) => Compilable<Row>,
): Prepared<Parameters, Row> {
  return new Prepared((query, given) => {
    const untyped: unknown = query;
    return build(untyped as Kysely<Tables>, given);
  });
}
