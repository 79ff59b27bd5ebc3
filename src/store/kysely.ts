import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteDialect,
  SqliteIntrospector,
  SqliteQueryCompiler,
  PostgresIntrospector,
} from 'kysely';
import type {
  PostgresCursor,
  PostgresPoolClient,
  PostgresQueryResult,
  SqliteDatabase,
} from 'kysely';
import type { StoreKind } from './kind.ts';

/** Builds queries for one kind of database, connected to none. */
function makeCompiler(kind: StoreKind): Kysely<unknown> {
  return new Kysely({
    dialect:
      kind === 'sqlite'
        ? {
            createAdapter: () => new SqliteAdapter(),
            createDriver: () => new DummyDriver(),
            createIntrospector: (database) => new SqliteIntrospector(database),
            createQueryCompiler: () => new SqliteQueryCompiler(),
          }
        : {
            createAdapter: () => new PostgresAdapter(),
            createDriver: () => new DummyDriver(),
            createIntrospector: (database) => new PostgresIntrospector(database),
            createQueryCompiler: () => new PostgresQueryCompiler(),
          },
  });
}

/** Compiles prepared queries, by kind. */
export const compilers: Readonly<Record<StoreKind, Kysely<unknown>>> = {
  sqlite: makeCompiler('sqlite'),
  postgres: makeCompiler('postgres'),
};

/** Queries over one connection to SQLite. */
export function sqliteQueries<Tables>(database: SqliteDatabase): Kysely<Tables> {
  return new Kysely({ dialect: new SqliteDialect({ database }) });
}

/** Sends one query to PostgreSQL. */
export type SendQuery = (
  sql: string,
  parameters: readonly unknown[],
) => Promise<{
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: unknown[];
}>;

/** Queries over one connection to PostgreSQL, which whoever lends it keeps. */
export function postgresQueries<Tables>(send: SendQuery): Kysely<Tables> {
  function query<Row>(
    sql: string,
    parameters: readonly unknown[],
  ): Promise<PostgresQueryResult<Row>>;
  function query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
  function query<Row>(
    asked: string | PostgresCursor<Row>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<Row>> | PostgresCursor<Row> {
    if (typeof asked !== 'string') throw new TypeError('the store streams no rows: read pages');
    return send(asked, parameters) as Promise<PostgresQueryResult<Row>>;
  }
  const client: PostgresPoolClient = { query, release: () => undefined };
  const connect = () => Promise.resolve(client);
  const pool = { options: {}, connect, end: () => Promise.resolve() };
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}
