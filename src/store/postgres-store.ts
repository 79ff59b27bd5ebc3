import { Pool, types } from 'pg';
import type { PoolClient } from 'pg';
import type { Kysely } from 'kysely';
import { WorkWatch, backoff, wait } from './clock.ts';
import { hidePassword, storeError } from './errors.ts';
import { checkNames, createMigrationsTable, findPending, migrationsTable } from './migrations.ts';
import type { Migration } from './migrations.ts';
import { fromPostgres, isConflict, isLost } from './postgres-errors.ts';
import { PostgresLease } from './postgres-lease.ts';
import { retype } from './store.ts';
import type { Store, StoreLimits, StoreReport, StoreWork } from './store.ts';

/** Of all that take an advisory lock in a database, ours while migrating: `Guic`. */
const migrationLock = 0x47_75_69_63;

/** The type `int8`, which the driver gives as text. */
const int8 = 20;

function parseInt8(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

const rowTypes = {
  getTypeParser(type: number, format?: 'text' | 'binary') {
    if (type === int8) return parseInt8;
    return format === 'binary'
      ? (types.getTypeParser(type, 'binary') as (text: string) => unknown)
      : (types.getTypeParser(type, 'text') as (text: string) => unknown);
  },
};

/** Begins a write. Its number tells, should the connection be lost, whether it was committed. */
const beginWrite =
  'BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT txid_current() AS number, pg_postmaster_start_time()::text AS server';

/** A transaction by its number, and the server's start: a crash may give the same number again. */
interface TransactionName {
  readonly number: unknown;
  readonly server: unknown;
}

/** What the server says of a number that it has not given yet. */
const notGivenYet = '22023';

/** A store on a PostgreSQL server, which other nodes may use at the same time. */
export class PostgresStore<Tables> implements Store<Tables> {
  readonly kind = 'postgres';
  readonly place: string;
  isMigrated = false;
  readonly #pool: Pool;
  readonly #limits: StoreLimits;
  readonly #watch: WorkWatch;
  #closing: Promise<void> | undefined;
  /** Pieces of work under way. */
  #active = 0;
  #idle: (() => void) | undefined;

  private constructor(pool: Pool, place: string, limits: StoreLimits) {
    this.#pool = pool;
    this.place = place;
    this.#limits = limits;
    this.#watch = new WorkWatch(limits.workTime);
  }

  static async open<Tables>(
    place: string,
    migrations: readonly Migration[],
    limits: StoreLimits,
  ): Promise<PostgresStore<Tables>> {
    checkNames(migrations);
    const shown = hidePassword(place);
    let pool: Pool;
    try {
      pool = new Pool({
        connectionString: place,
        application_name: 'guichet',
        max: limits.maxConnections,
        connectionTimeoutMillis: Math.max(limits.patience, 1),
        idle_in_transaction_session_timeout: limits.workTime * 2,
        types: rowTypes,
      });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw storeError('STORE_UNREACHABLE', shown, text, error);
    }
    // A connection that is lost while nobody uses it is made anew for whoever does next.
    pool.on('error', () => undefined);
    // While somebody uses it, the query under way fails, and tells.
    pool.on('connect', (client) => void client.on('error', () => undefined));
    const store = new PostgresStore<Tables>(pool, shown, limits);
    try {
      await store.#migrate(migrations);
      return store;
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  read<Result>(work: StoreWork<Tables, Result>): Promise<Result> {
    return this.#count('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work, false);
  }

  write<Result>(work: StoreWork<Tables, Result>): Promise<Result> {
    return this.#count(beginWrite, work, true);
  }

  withTables<Other>(): Store<Other> {
    return retype<Other>(this);
  }

  backup(): Promise<void> {
    return Promise.reject(
      storeError('STORE_UNSUITED', this.place, 'back up PostgreSQL with its own pg_dump'),
    );
  }

  async check(): Promise<StoreReport> {
    const migrations = await this.#readApplied();
    return { isSound: true, problems: [], migrations };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    if (this.#active > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.#pool.end();
    this.#watch.stop();
  }

  async #count<Result>(
    begin: string,
    work: StoreWork<Tables, Result>,
    isWrite: boolean,
  ): Promise<Result> {
    if (this.#closing !== undefined) throw storeError('STORE_CLOSED', this.place);
    this.#active++;
    try {
      return await this.#attempt(begin, work, isWrite);
    } finally {
      if (--this.#active === 0) this.#idle?.();
    }
  }

  /** Does a piece of work, again when it conflicts with others' or the connection is lost. */
  async #attempt<Result>(
    begin: string,
    work: StoreWork<Tables, Result>,
    isWrite: boolean,
  ): Promise<Result> {
    const until = performance.now() + this.#limits.patience;
    let conflicts = 0;
    for (let attempt = 0; ; attempt++) {
      const lease = await this.#borrow(until);
      const end: { name: TransactionName; isCommitting: boolean } = {
        name: { number: undefined, server: undefined },
        isCommitting: false,
      };
      let result: Result | undefined;
      const settled = await this.#watch.settle(async () => {
        const begun = await lease.script(begin);
        const [named] = begun[1]?.rows ?? [];
        if (isWrite) end.name = { number: named?.['number'], server: named?.['server'] };
        result = await work(lease.queries, lease.run);
        end.isCommitting = true;
        const { command } = await lease.query({ text: 'COMMIT' });
        // Work that went on after a query failed: the server has undone it all.
        if (command === 'ROLLBACK') throw fromPostgres(lease.failure, this.place);
      });
      if (settled.kind === 'done') {
        lease.release(false);
        return result as Result;
      }
      if (settled.kind === 'expired') {
        lease.release(true);
        throw storeError('STORE_TIMEOUT', this.place);
      }
      const { failure } = lease;
      if (failure !== undefined && isLost(failure)) {
        lease.release(true);
        if (end.isCommitting && isWrite) {
          if (await this.#wasCommitted(end.name, until)) return result as Result;
        }
        if (performance.now() >= until) throw fromPostgres(failure, this.place);
        await wait(backoff(attempt, 20, 500));
        continue;
      }
      await this.#rollBack(lease);
      if (
        failure === undefined ||
        !isConflict(failure) ||
        ++conflicts >= this.#limits.maxAttempts
      ) {
        throw fromPostgres(settled.error, this.place);
      }
      await wait(backoff(conflicts, 1, 100));
    }
  }

  /** A connection, waited for while the server is being restarted. */
  async #borrow(until: number): Promise<PostgresLease<Tables>> {
    if (this.#pool.waitingCount >= this.#limits.maxWaiting) {
      throw storeError('STORE_OVERLOADED', this.place);
    }
    for (let attempt = 0; ; attempt++) {
      let client: PoolClient;
      try {
        client = await this.#pool.connect();
        return new PostgresLease<Tables>(client, this.place);
      } catch (error) {
        if (!isLost(error) || performance.now() >= until) throw fromPostgres(error, this.place);
      }
      await wait(backoff(attempt, 20, 500));
    }
  }

  async #rollBack(lease: PostgresLease<Tables>): Promise<void> {
    try {
      await lease.query({ text: 'ROLLBACK' });
      lease.release(false);
    } catch (error) {
      // Closing the connection undoes it as well.
      lease.release(true);
      if (!(error instanceof Error)) throw error;
    }
  }

  /**
   * Whether a transaction whose commit was not answered took place.
   * @throws {StoreError} `STORE_UNCERTAIN` when the server cannot be asked in time, or does not know.
   */
  async #wasCommitted(name: TransactionName, until: number): Promise<boolean> {
    for (let attempt = 0; performance.now() < until; attempt++) {
      let lease: PostgresLease<Tables>;
      try {
        lease = await this.#borrow(until);
      } catch (error) {
        throw storeError('STORE_UNCERTAIN', this.place, '', error);
      }
      try {
        const { rows } = await lease.query({
          text: 'SELECT txid_status($1::bigint) AS status, pg_postmaster_start_time()::text AS server',
          values: [name.number],
        });
        lease.release(false);
        const isSameServer = rows[0]?.['server'] === name.server;
        const status = rows[0]?.['status'];
        if (status === 'aborted') return false;
        if (status === 'committed' && isSameServer) return true;
        // A number that was given again was forgotten in a crash: what it stood for was not committed.
        if (status === 'in progress' && !isSameServer) return false;
        if (status !== 'in progress') break;
        // The server has not noticed yet that the connection is gone.
      } catch (error) {
        const { failure } = lease;
        lease.release(true);
        if (failure instanceof Error && 'code' in failure && failure.code === notGivenYet)
          return false;
        if (!isLost(failure)) throw error;
      }
      await wait(backoff(attempt, 20, 500));
    }
    throw storeError('STORE_UNCERTAIN', this.place);
  }

  async #readApplied(): Promise<string[]> {
    const lease = await this.#borrow(performance.now() + this.#limits.patience);
    try {
      const { rows } = await lease.query({
        text: `SELECT name FROM ${migrationsTable} ORDER BY applied_at, name`,
      });
      return rows.map(({ name }) => String(name));
    } finally {
      lease.release(lease.failure !== undefined);
    }
  }

  async #migrate(migrations: readonly Migration[]): Promise<void> {
    const lease = await this.#borrow(performance.now() + this.#limits.patience);
    try {
      // Nodes that start together take turns; the lock goes with the transaction.
      await lease.script(`BEGIN; SELECT pg_advisory_xact_lock(${migrationLock})`);
      await lease.query({ text: createMigrationsTable });
      const { rows } = await lease.query({
        text: `SELECT name FROM ${migrationsTable} ORDER BY applied_at, name`,
      });
      const applied = rows.map(({ name }) => String(name));
      const pending = findPending(migrations, applied, this.place);
      this.isMigrated = pending.length > 0;
      for (const migration of pending) {
        const untyped: unknown = lease.queries;
        await migration.up(untyped as Kysely<unknown>, 'postgres');
        await lease.query({
          text: `INSERT INTO ${migrationsTable} (name, applied_at) VALUES ($1, $2)`,
          values: [migration.name, Date.now()],
        });
      }
      await lease.query({ text: 'COMMIT' });
      lease.release(false);
    } catch (error) {
      lease.release(true);
      throw fromPostgres(error, this.place);
    }
  }
}
