import { kindOfPlace } from './kind.ts';
import type { Migration } from './migrations.ts';
import { storeDefaults } from './store.ts';
import type { Store, StoreOptions } from './store.ts';

/**
 * Opens a store, makes it if it is not there, and brings it up to date.
 *
 * @param place a path, or `postgres://user@host/database`; `:memory:` is a store of its own that is gone
 *   when it is closed.
 * @param migrations all there are, oldest first.
 * @throws {StoreError} `STORE_NEWER`, `STORE_FOREIGN`, `STORE_BUSY`, `STORE_UNREACHABLE`, `STORE_CORRUPT`…
 * @example
 * ```ts
 * import { openStore } from 'guichet/store';
 * interface Tables {
 *   words: { word: string };
 * }
 * await using store = await openStore<Tables>(':memory:', [
 *   {
 *     name: 'words-1',
 *     up: (database) =>
 *       database.schema
 *         .createTable('words')
 *         .addColumn('word', 'text', (column) => column.primaryKey())
 *         .execute(),
 *   },
 * ]);
 * await store.write((query) => query.insertInto('words').values({ word: 'guichet' }).execute());
 * const words = await store.read((query) => query.selectFrom('words').select('word').execute());
 * if (words[0]?.word !== 'guichet') throw new Error('not there');
 * ```
 */
export async function openStore<Tables>(
  place: string,
  migrations: readonly Migration[],
  options: StoreOptions = {},
): Promise<Store<Tables>> {
  const limits = { ...storeDefaults, ...options };
  if (kindOfPlace(place) === 'postgres') {
    // Each is loaded by those who use it alone.
    const { PostgresStore } = await import('./postgres-store.ts');
    return PostgresStore.open<Tables>(place, migrations, limits);
  }
  const { SqliteStore } = await import('./sqlite-store.ts');
  return SqliteStore.open<Tables>(place, migrations, limits);
}
