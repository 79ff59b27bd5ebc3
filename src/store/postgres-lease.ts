import type { Kysely } from 'kysely';
import type { PoolClient, QueryResult } from 'pg';
import { storeError } from './errors.ts';
import { compilers, postgresQueries } from './kysely.ts';
import { fromPostgres } from './postgres-errors.ts';
import type { Run } from './store.ts';

/** SQLite has no booleans: on both databases they are the integers 0 and 1. */
function bind(value: unknown): unknown {
  // PostgreSQL's text holds no NUL: as halves of surrogate pairs it becomes what stands for the unreadable.
  if (typeof value === 'string')
    return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
  return typeof value === 'boolean' ? Number(value) : value;
}

/** A connection lent to one piece of work; it remembers what went wrong on it. */
export class PostgresLease<Tables> {
  readonly #client: PoolClient;
  readonly #place: string;
  #isOver = false;
  /** What the server, or the way to it, said of the first query that failed. */
  failure: unknown;

  constructor(client: PoolClient, place: string) {
    this.#client = client;
    this.#place = place;
  }

  /** Queries over this connection. */
  get queries(): Kysely<Tables> {
    return postgresQueries<Tables>((text, parameters) =>
      this.query({ text, values: parameters.map(bind) }),
    );
  }

  readonly run: Run = async (prepared, parameters) => {
    const plan = prepared.planFor('postgres', compilers.postgres);
    const { rows, rowCount, command } = await this.query({
      name: prepared.name,
      text: plan.sql,
      values: prepared.fill(plan, parameters).map(bind),
    });
    return { rows: prepared.typed(rows), changes: command === 'SELECT' ? 0 : (rowCount ?? 0) };
  };

  /** Sends a query; rejects with a {@link StoreError}. */
  async query(query: {
    readonly name?: string;
    readonly text: string;
    readonly values?: unknown[];
  }): Promise<QueryResult<Record<string, unknown>>> {
    if (this.#isOver) throw storeError('STORE_CLOSED', this.#place);
    try {
      return await this.#client.query<Record<string, unknown>>(query);
    } catch (error) {
      this.failure ??= error;
      throw fromPostgres(error, this.#place);
    }
  }

  /** Several statements at once, without parameters; the result of each. */
  async script(text: string): Promise<readonly QueryResult<Record<string, unknown>>[]> {
    const results: unknown = await this.query({ text });
    return results as readonly QueryResult<Record<string, unknown>>[];
  }

  /** Gives the connection back, or with `isSpoilt` closes it. */
  release(isSpoilt: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#client.release(isSpoilt);
  }
}
