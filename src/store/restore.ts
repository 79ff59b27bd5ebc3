import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync, backup } from 'node:sqlite';
import { storeError } from './errors.ts';
import { kindOfPlace } from './kind.ts';
import { findPending } from './migrations.ts';
import type { Migration } from './migrations.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { fromSqlite } from './sqlite-errors.ts';
import { inspect, makeFile, maxPages, readApplied } from './sqlite-store.ts';

/**
 * Puts a backup in the place of a store, in one transaction: all of it, or on failure nothing. Who has the
 * store open goes on with what was restored. What the store held is lost: back it up first.
 *
 * @param place the store's file; made if it is not there.
 * @param from the backup's file, which is looked over first.
 * @throws {StoreError} `STORE_UNSUITED` for PostgreSQL · `STORE_UNREACHABLE` there is no such backup ·
 *   `STORE_CORRUPT`, `STORE_FOREIGN`, `STORE_NEWER` of the backup · `STORE_BUSY` of the store.
 */
export async function restoreStore(
  place: string,
  from: string,
  migrations: readonly Migration[],
): Promise<void> {
  if (kindOfPlace(place) === 'postgres') {
    throw storeError('STORE_UNSUITED', place, 'restore PostgreSQL with its own pg_restore');
  }
  if (!existsSync(from)) throw storeError('STORE_UNREACHABLE', from, 'there is no such file');
  const source = new SqliteConnection<unknown>(resolve(from), from, []);
  try {
    const applied = readApplied(source, from);
    if (applied.length === 0) throw storeError('STORE_FOREIGN', from);
    findPending(migrations, applied, from);
    const { problems } = inspect(source);
    if (problems[0] !== undefined) throw storeError('STORE_CORRUPT', from, problems[0]);
    const target = resolve(place);
    makeFile(target, place);
    holdOff(target, place);
    await backup(source.database, target, { rate: maxPages });
  } catch (error) {
    throw fromSqlite(error, place);
  } finally {
    source.close();
  }
}

/** @throws {StoreError} `STORE_BUSY` when somebody is writing to the file right now. */
function holdOff(target: string, place: string): void {
  const database = new DatabaseSync(target, { timeout: 2_000 });
  try {
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
  } catch (error) {
    throw fromSqlite(error, place);
  } finally {
    database.close();
  }
}
