import type { Kysely } from 'kysely';
import { storeError } from './errors.ts';
import type { StoreKind } from './kind.ts';

/** One step from an older form of the database to a newer one; what has run anywhere is never changed. */
export interface Migration {
  /** Unique for ever: `accounts-1`. */
  readonly name: string;
  /** Makes the step, in the transaction that all steps of a start share. */
  up(database: Kysely<unknown>, kind: StoreKind): Promise<unknown>;
}

/** Where the names of the migrations that ran are kept, in the order they ran. */
export const migrationsTable = 'guichet_migrations';

/** The same statement on both databases. */
export const createMigrationsTable: string = `CREATE TABLE IF NOT EXISTS ${migrationsTable} (name text PRIMARY KEY, applied_at bigint NOT NULL)`;

/** @throws {TypeError} for a name that is there twice. */
export function checkNames(migrations: readonly Migration[]): void {
  const names = new Set(migrations.map(({ name }) => name));
  if (names.size !== migrations.length) throw new TypeError('two migrations have the same name');
}

/**
 * The migrations that have not run yet.
 * @throws {StoreError} `STORE_NEWER` when one has run that this program does not know.
 */
export function findPending(
  migrations: readonly Migration[],
  applied: readonly string[],
  place: string,
): Migration[] {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = applied.find((name) => !known.has(name));
  if (unknown !== undefined) throw storeError('STORE_NEWER', place, unknown);
  return migrations.filter(({ name }) => !applied.includes(name));
}
