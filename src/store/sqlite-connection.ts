import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { Kysely, SqliteDatabase } from 'kysely';
import { fromSqlite } from './sqlite-errors.ts';
import type { Prepared } from './prepare.ts';
import type { Outcome, Run } from './store.ts';

/** Statements kept per connection for queries that were not prepared; the oldest goes first. */
const maxStatements = 500;

/** Milliseconds SQLite itself waits for a lock: it would stop the whole process, so that we wait instead. */
const lockTimeout = 10;

interface Statement {
  readonly statement: StatementSync;
  /** Whether it gives rows. */
  readonly isReader: boolean;
  readonly isSelect: boolean;
}

/** A value as SQLite takes it: it has no booleans, and no other objects than bytes. */
function bind(value: unknown): SQLInputValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'undefined':
      return null;
    default:
      // An object given first would be taken for parameters by name.
      if (value === null || value instanceof Uint8Array) return value;
      throw new TypeError(`the store keeps no ${typeof value}: give text, a number or bytes`);
  }
}

/** Integers beyond 2^53 stay bigints, the others become numbers again. */
function shrink(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row;
  const entries = Object.entries(row).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'bigint' &&
    BigInt(Number(value)) === value &&
    Number.isSafeInteger(Number(value))
      ? Number(value)
      : value,
  ]);
  return Object.fromEntries(entries) as unknown;
}

/** One connection to an SQLite file. */
export class SqliteConnection<Tables> {
  readonly database: DatabaseSync;
  readonly #place: string;
  readonly #prepared = new Map<object, Statement>();
  readonly #statements = new Map<string, Statement>();
  /** Statements run so far that may have changed something. */
  changesBegun = 0;
  #queries: Kysely<Tables> | undefined;
  #compiler: Kysely<unknown> | undefined;

  /** @throws {StoreError} */
  constructor(path: string, place: string, pragmas: readonly string[]) {
    this.#place = place;
    try {
      this.database = new DatabaseSync(path, {
        timeout: lockTimeout,
        enableForeignKeyConstraints: true,
      });
    } catch (error) {
      throw fromSqlite(error, place);
    }
    try {
      for (const pragma of pragmas) this.database.exec(`PRAGMA ${pragma}`);
    } catch (error) {
      this.database.close();
      throw fromSqlite(error, place);
    }
  }

  /** Loads the query builder, which takes longer than opening the file. */
  async load(): Promise<void> {
    if (this.#queries !== undefined) return;
    const { compilers, sqliteQueries } = await import('./kysely.ts');
    this.#compiler = compilers.sqlite;
    this.#queries ??= sqliteQueries<Tables>(this.#adapter());
  }

  get isLoaded(): boolean {
    return this.#queries !== undefined;
  }

  /** Queries over this connection. */
  get queries(): Kysely<Tables> {
    if (this.#queries === undefined) throw new TypeError('load the connection first');
    return this.#queries;
  }

  /** Runs a prepared query: done when it returns, a promise only for the sake of other databases. */
  readonly run: Run = (prepared, parameters) => {
    try {
      return Promise.resolve(this.#runPrepared(prepared, parameters));
    } catch (error) {
      return Promise.reject(error);
    }
  };

  /** Runs a statement that takes and gives nothing. */
  execute(sql: string): void {
    try {
      this.#statementOf(sql).statement.run();
    } catch (error) {
      throw fromSqlite(error, this.#place);
    }
  }

  /** The rows of a query written out. */
  all(sql: string): Record<string, unknown>[] {
    try {
      return this.#statementOf(sql).statement.all();
    } catch (error) {
      throw fromSqlite(error, this.#place);
    }
  }

  /** Pages in the write-ahead log. */
  get logPages(): number {
    // NOOP looks, and copies nothing (SQLite 3.51).
    const [row] = this.all('PRAGMA wal_checkpoint(NOOP)');
    return Number(row?.['log']);
  }

  /** Where the file is, whatever links lead there. */
  get path(): string {
    return this.database.location() ?? '';
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }

  #runPrepared<Parameters, Row>(
    prepared: Prepared<Parameters, Row>,
    parameters: Parameters,
  ): Outcome<Row> {
    if (this.#compiler === undefined) throw new TypeError('load the connection first');
    const plan = prepared.planFor('sqlite', this.#compiler);
    let statement = this.#prepared.get(prepared);
    if (statement === undefined) {
      statement = this.#prepare(plan.sql);
      this.#prepared.set(prepared, statement);
    }
    const { rows, changes } = this.#carryOut(statement, prepared.fill(plan, parameters));
    return { rows: prepared.typed(rows), changes };
  }

  #carryOut(
    { statement, isReader, isSelect }: Statement,
    parameters: readonly unknown[],
  ): { rows: unknown[]; changes: number } {
    if (!isSelect) this.changesBegun++;
    try {
      if (!isReader) {
        const { changes } = statement.run(...parameters.map(bind));
        return { rows: [], changes: Number(changes) };
      }
      const rows: unknown[] = this.#all(statement, isSelect, parameters.map(bind));
      return { rows, changes: isSelect ? 0 : rows.length };
    } catch (error) {
      throw fromSqlite(error, this.#place);
    }
  }

  #all(statement: StatementSync, isSelect: boolean, parameters: SQLInputValue[]): unknown[] {
    try {
      return statement.all(...parameters);
    } catch (error) {
      const isTooLarge =
        error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
      // What has changed something must not be run twice.
      if (!isTooLarge || !isSelect) throw error;
      statement.setReadBigInts(true);
      try {
        return statement.all(...parameters).map(shrink);
      } finally {
        statement.setReadBigInts(false);
      }
    }
  }

  #prepare(sql: string): Statement {
    try {
      const statement = this.database.prepare(sql);
      return {
        statement,
        isReader: statement.columns().length > 0,
        isSelect: /^\s*(?:select|values|pragma)\b/i.test(sql),
      };
    } catch (error) {
      throw fromSqlite(error, this.#place);
    }
  }

  #statementOf(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#prepare(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > maxStatements) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    return statement;
  }

  /** What Kysely's dialect asks of a database. */
  #adapter(): SqliteDatabase {
    return {
      close: () => undefined,
      prepare: (sql) => {
        const statement = this.#statementOf(sql);
        return {
          reader: statement.isReader,
          all: (parameters) => this.#carryOut(statement, parameters).rows,
          run: (parameters) => {
            const { changes } = this.#carryOut(statement, parameters);
            return { changes, lastInsertRowid: 0 };
          },
          *iterate(parameters) {
            yield* statement.statement.iterate(...parameters.map(bind));
          },
        };
      },
    };
  }
}
