import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore } from '../../src/store/index.ts';
import type { Migration, Store, StoreKind, StoreOptions } from '../../src/store/index.ts';
import { startPostgres } from './postgres.ts';
import type { PostgresServer } from './postgres.ts';

/** What a test of a store is given. */
export interface StoreTest {
  readonly kind: StoreKind;
  /** A new and empty store; closed when the test ends. */
  readonly open: <Tables>(
    migrations: readonly Migration[],
    options?: StoreOptions,
  ) => Promise<Store<Tables>>;
  /** The place of a new and empty store, for tests that open it several times. */
  readonly makePlace: () => Promise<string>;
}

let server: PostgresServer | undefined;

/** The PostgreSQL server that the tests of this file share; ends with them. */
export function sharedPostgres(): PostgresServer {
  server ??= startPostgres();
  return server;
}

after(() => server?.[Symbol.dispose]());

/** Runs a test on SQLite and on PostgreSQL. */
export function eachStore(name: string, run: (store: StoreTest) => Promise<void>): void {
  for (const kind of ['sqlite', 'postgres'] as const) {
    test(`${name} (${kind})`, async () => {
      await using cleaning = new AsyncDisposableStack();
      const makePlace = async (): Promise<string> => {
        if (kind === 'postgres') return sharedPostgres().createDatabase();
        const folder = mkdtempSync(join(tmpdir(), 'guichet-store-test-'));
        cleaning.defer(() => rmSync(folder, { recursive: true, force: true }));
        return join(folder, 'store.sqlite');
      };
      await run({
        kind,
        makePlace,
        async open<Tables>(migrations: readonly Migration[], options: StoreOptions = {}) {
          const place = kind === 'sqlite' ? ':memory:' : await makePlace();
          return cleaning.use(await openStore<Tables>(place, migrations, options));
        },
      });
    });
  }
}
