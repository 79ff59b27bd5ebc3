import type { Kysely } from 'kysely';
import type { StoreKind } from './kind.ts';
import type { Prepared } from './prepare.ts';

/** What a prepared query gave. */
export interface Outcome<Row> {
  readonly rows: Row[];
  /** Rows that were inserted, changed or deleted; 0 for a query that only reads. */
  readonly changes: number;
}

/** Carries out a query made by `prepare`, within the work it was handed to. */
export type Run = <Parameters, Row>(
  prepared: Prepared<Parameters, Row>,
  parameters: Parameters,
) => Promise<Outcome<Row>>;

/**
 * Work on the store: queries, and nothing else that waits, for what it holds others wait for. It may be
 * run more than once (after a conflict, or a lost connection), so that it must have no effect but its
 * queries.
 */
export type StoreWork<Tables, Result> = (query: Kysely<Tables>, run: Run) => Promise<Result>;

/** What looking a store over found. */
export interface StoreReport {
  readonly isSound: boolean;
  /** One line each. */
  readonly problems: readonly string[];
  /** The migrations it has had. */
  readonly migrations: readonly string[];
}

/**
 * A database: SQLite or PostgreSQL, with the same queries on both.
 *
 * Every method rejects with a {@link StoreError}; what the work itself throws comes through as it is, and
 * undoes the work.
 */
export interface Store<Tables> extends AsyncDisposable {
  readonly kind: StoreKind;
  /** Where it is, as people may see it: without a password. */
  readonly place: string;
  /** Whether this opening made it, or changed its tables. */
  readonly isMigrated: boolean;
  /** Reads: all queries of the work see the same state, whatever is written meanwhile. */
  read<Result>(work: StoreWork<Tables, Result>): Promise<Result>;
  /** Changes, all or none; resolves once they are on disk. */
  write<Result>(work: StoreWork<Tables, Result>): Promise<Result>;
  /** The same store seen with other tables, for whoever owns those. */
  withTables<Other>(): Store<Other>;
  /**
   * Copies the whole to a file, while the store is in use; the file appears when it is complete.
   * @throws {StoreError} `STORE_UNSUITED` for PostgreSQL, which has `pg_dump`.
   */
  backup(path: string): Promise<void>;
  /** Looks it over: pages, indexes, references between tables. Takes seconds for a large one. */
  check(): Promise<StoreReport>;
  /** Takes no more work, finishes what is under way, closes. */
  close(): Promise<void>;
}

/** The limits of a store. */
export interface StoreOptions {
  /**
   * Milliseconds to wait for what passes by itself: a lock that another process holds, a server that is
   * being restarted. Default 5,000.
   */
  readonly patience?: number;
  /** Milliseconds one piece of work may take before it is undone. Default 30,000. */
  readonly workTime?: number;
  /** Pieces of work waiting at a time. Default 100,000. */
  readonly maxWaiting?: number;
  /** Writes that one commit gathers at most (SQLite). Default 256. */
  readonly maxGroup?: number;
  /** Reads at a time (SQLite), each with a connection of its own. Default 4. */
  readonly maxReaders?: number;
  /** Bytes the database may grow to (SQLite). Default 1 TiB. */
  readonly maxBytes?: number;
  /** Connections to the server at a time (PostgreSQL). Default 10. */
  readonly maxConnections?: number;
  /** Times a write that conflicts with others is tried (PostgreSQL). Default 20. */
  readonly maxAttempts?: number;
}

/** The finite defaults of {@link StoreOptions}. */
export const storeDefaults = {
  patience: 5_000,
  workTime: 30_000,
  maxWaiting: 100_000,
  maxGroup: 256,
  maxReaders: 4,
  maxBytes: 1_099_511_627_776,
  maxConnections: 10,
  maxAttempts: 20,
} as const;

/** All limits, chosen. */
export type StoreLimits = Readonly<Record<keyof typeof storeDefaults, number>>;

/** A store typed by other tables than it was: what its `withTables` gives. */
export function retype<Other>(store: unknown): Store<Other> {
  return store as Store<Other>;
}
