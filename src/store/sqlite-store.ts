import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
} from 'node:fs';
import { open as openFile, rename, rm } from 'node:fs/promises';
import { backup } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Checkpointer, pagesAtLast } from './checkpointer.ts';
import { WorkWatch, backoff, wait } from './clock.ts';
import { storeError } from './errors.ts';
import { LogSync } from './log-sync.ts';
import { checkNames, createMigrationsTable, findPending, migrationsTable } from './migrations.ts';
import type { Migration } from './migrations.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { fromSqlite, isBusy } from './sqlite-errors.ts';
import { SqliteReaders } from './sqlite-readers.ts';
import { SqliteWriter } from './sqlite-writer.ts';
import { retype } from './store.ts';
import type { Store, StoreLimits, StoreReport, StoreWork } from './store.ts';

/** Written into the file's header, so that it is not taken for another program's: `Guic`. */
const applicationId = 0x47_75_69_63;

/** A place that is a file of its own, gone when the store is closed. */
export const temporaryPlace = ':memory:';

const pageBytes = 4_096;

/** More pages than a file can have. */
export const maxPages = 2 ** 31 - 1;

/** A store in an SQLite file. */
export class SqliteStore<Tables> implements Store<Tables> {
  readonly kind = 'sqlite';
  readonly place: string;
  readonly isMigrated: boolean;
  readonly #writer: SqliteWriter<Tables>;
  readonly #readers: SqliteReaders<Tables>;
  readonly #watch: WorkWatch;
  readonly #openReader: () => SqliteConnection<Tables>;
  readonly #cleanUp: () => void;
  #closing: Promise<void> | undefined;

  private constructor(
    writer: SqliteWriter<Tables>,
    readers: SqliteReaders<Tables>,
    watch: WorkWatch,
    place: string,
    isMigrated: boolean,
    openReader: () => SqliteConnection<Tables>,
    cleanUp: () => void,
  ) {
    this.#openReader = openReader;
    this.isMigrated = isMigrated;
    this.#writer = writer;
    this.#readers = readers;
    this.#watch = watch;
    this.place = place;
    this.#cleanUp = cleanUp;
  }

  static async open<Tables>(
    place: string,
    migrations: readonly Migration[],
    limits: StoreLimits,
  ): Promise<SqliteStore<Tables>> {
    checkNames(migrations);
    const isTemporary = place === temporaryPlace;
    const folder = isTemporary ? mkdtempSync(join(tmpdir(), 'guichet-store-')) : '';
    const path = isTemporary ? join(folder, 'store.sqlite') : resolve(place);
    const cleanUp = (): void => {
      if (isTemporary) rmSync(folder, { recursive: true, force: true });
    };
    const pragmas = [
      'journal_mode = WAL',
      // Each commit is brought to disk by a `LogSync`, unless it would survive no power cut anyway.
      `synchronous = ${isTemporary ? 'OFF' : 'NORMAL'}`,
      // The checkpointer's thread sees to that, and a log that has grown is cut when it begins anew.
      'wal_autocheckpoint = 0',
      `journal_size_limit = ${pagesAtLast * pageBytes}`,
      'cache_size = -65536',
      `max_page_count = ${Math.ceil(limits.maxBytes / pageBytes)}`,
    ];
    const open = (): SqliteConnection<Tables> => new SqliteConnection<Tables>(path, place, pragmas);
    const openReader = (): SqliteConnection<Tables> =>
      new SqliteConnection<Tables>(path, place, ['query_only = ON']);
    try {
      if (!isTemporary) makeFile(path, place);
      const connection = await patiently(open, limits.patience);
      let isMigrated: boolean;
      try {
        isMigrated = await patiently(() => migrate(connection, migrations, place), limits.patience);
      } catch (error) {
        connection.close();
        throw fromSqlite(error, place);
      }
      const watch = new WorkWatch(limits.workTime);
      const log = isTemporary ? undefined : new LogSync(place);
      const writer = new SqliteWriter(
        connection,
        open,
        place,
        limits,
        watch,
        new Checkpointer(path),
        log,
      );
      const readers = new SqliteReaders(openReader, place, limits, watch, log);
      return new SqliteStore(writer, readers, watch, place, isMigrated, openReader, cleanUp);
    } catch (error) {
      cleanUp();
      throw error;
    }
  }

  read<Result>(work: StoreWork<Tables, Result>): Promise<Result> {
    if (this.#closing !== undefined) return Promise.reject(storeError('STORE_CLOSED', this.place));
    return this.#readers.read(work);
  }

  write<Result>(work: StoreWork<Tables, Result>): Promise<Result> {
    if (this.#closing !== undefined) return Promise.reject(storeError('STORE_CLOSED', this.place));
    return this.#writer.write(work) as Promise<Result>;
  }

  withTables<Other>(): Store<Other> {
    return retype<Other>(this);
  }

  async backup(path: string): Promise<void> {
    const target = resolve(path);
    const partial = `${target}.${randomUUID()}.partial`;
    // A connection of its own: the copying thread and the writer would meet on a shared one.
    const source = this.#openReader();
    try {
      makeFile(partial, partial);
      // All pages in one step, on a thread: between steps a write would make it begin anew.
      await backup(source.database, partial, { rate: maxPages });
      const file = await openFile(partial, 'r');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, target);
    } catch (error) {
      await rm(partial, { force: true });
      throw fromSqlite(error, path);
    } finally {
      source.close();
    }
  }

  check(): Promise<StoreReport> {
    if (this.#closing !== undefined) return Promise.reject(storeError('STORE_CLOSED', this.place));
    const connection = this.#openReader();
    try {
      return Promise.resolve(inspect(connection));
    } catch (error) {
      return Promise.reject(error);
    } finally {
      connection.close();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#readers.close();
    await this.#writer.close();
    this.#watch.stop();
    this.#cleanUp();
  }
}

/** Makes a file that only its owner reads, unless it is there, and the folder it lies in. */
export function makeFile(path: string, place: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Never one that is there: closing it would drop the locks that this process has on it (POSIX).
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  } catch (error) {
    const text = error instanceof Error ? error.message.replace(/, \w+ '.*'$/, '') : String(error);
    throw storeError('STORE_UNREACHABLE', place, text, error);
  }
}

/** Tries again while another process holds a lock, up to so many milliseconds. */
async function patiently<Result>(
  act: () => Result | Promise<Result>,
  patience: number,
): Promise<Result> {
  const until = performance.now() + patience;
  for (let attempt = 0; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error;
    }
    await wait(backoff(attempt, 2, 50));
  }
}

/** The names of the migrations a file has had, having looked whether it is one of ours. */
export function readApplied<Tables>(connection: SqliteConnection<Tables>, place: string): string[] {
  const [header] = connection.all('PRAGMA application_id');
  const tables = connection.all("SELECT name FROM sqlite_schema WHERE type = 'table'");
  if (tables.length === 0) return [];
  if (header?.['application_id'] !== applicationId) throw storeError('STORE_FOREIGN', place);
  return connection
    .all(`SELECT name FROM ${migrationsTable} ORDER BY applied_at, name`)
    .map(({ name }) => String(name));
}

/** @returns whether there was anything to do. */
async function migrate<Tables>(
  connection: SqliteConnection<Tables>,
  migrations: readonly Migration[],
  place: string,
): Promise<boolean> {
  // Most starts find nothing to do, and need neither a lock nor the query builder.
  if (
    migrations.length > 0 &&
    findPending(migrations, readApplied(connection, place), place).length === 0
  ) {
    return false;
  }
  await connection.load();
  connection.execute('BEGIN IMMEDIATE');
  try {
    const applied = readApplied(connection, place);
    connection.database.exec(`PRAGMA application_id = ${applicationId}`);
    connection.database.exec(createMigrationsTable);
    const insert = connection.database.prepare(
      `INSERT INTO ${migrationsTable} (name, applied_at) VALUES (?, ?)`,
    );
    for (const migration of findPending(migrations, applied, place)) {
      const untyped: unknown = connection.queries;
      await migration.up(untyped as Parameters<Migration['up']>[0], 'sqlite');
      insert.run(migration.name, Date.now());
    }
    connection.execute('COMMIT');
    return true;
  } catch (error) {
    if (connection.database.isTransaction) connection.database.exec('ROLLBACK');
    throw fromSqlite(error, place);
  }
}

/** Looks over what a connection is open to. */
export function inspect<Tables>(connection: SqliteConnection<Tables>): StoreReport {
  const pages = connection
    .all('PRAGMA integrity_check(100)')
    .map((row) => String(Object.values(row)[0]))
    .filter((line) => line !== 'ok');
  const references = connection
    .all('PRAGMA foreign_key_check')
    .map((row) => `${String(row['table'])} refers to what is not in ${String(row['parent'])}`);
  const problems = [...pages, ...references];
  const migrations = connection
    .all(`SELECT name FROM ${migrationsTable} ORDER BY applied_at, name`)
    .map(({ name }) => String(name));
  return { isSound: problems.length === 0, problems, migrations };
}
