import { open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { endAllSessions } from '../applications/accounts/index.ts';
import type { AccountsTables } from '../applications/accounts/index.ts';
import { migrations } from '../applications/services/stored.ts';
import { hidePassword, kindOfPlace, openStore, restoreStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { addSubcommand, groupFlags, show } from './gradebook-command.ts';
import type { GradebookHost } from './gradebook-command.ts';
import { findStorePlace, openExistingStore, requireFile, whoIsThis } from './store-place.ts';
import { UsageError } from './terminal.ts';

/** The store that was asked for, else the one `guichet serve` would open. */
function findPlace(host: GradebookHost): Promise<string> {
  return findStorePlace(host, groupFlags(host).store);
}

/** A store that is there. */
function openExisting(host: GradebookHost, place: string): Promise<Store<unknown>> {
  return openExistingStore(host, place, host.words.unreadable);
}

/**
 * Makes sure that nobody has a file open: a database leaves the write-ahead log only for its last user
 * (SQLite, PRAGMA journal_mode), and the log is then a part of the file.
 */
function requireUnused({ words }: GradebookHost, path: string): void {
  const database = new DatabaseSync(path, { timeout: 1_000 });
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } catch (error) {
    throw new UsageError(words.inUse(path), { cause: error });
  } finally {
    database.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Puts a copy of a backup in place of a store in one step; what was there stays beside it. Sessions are not
 * put back: some may have been revoked since.
 */
async function restore(host: GradebookHost, backup: string, place: string): Promise<void> {
  await requireFile(host, backup, host.words.unreadable);
  const path = resolve(place);
  const partial = `${path}.${process.pid}.partial`;
  if (await exists(path)) requireUnused(host, path);
  try {
    await restoreStore(partial, backup, migrations);
    {
      await using store = await openStore<AccountsTables>(partial, migrations);
      await endAllSessions(store, 'gradebook.restore', whoIsThis());
    }
    const file = await open(partial, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    if (await exists(path)) await rename(path, `${path}.before`);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Adds the subcommands about the store, which need no server. */
export function addStoreCommands(host: GradebookHost): void {
  const { words } = host;
  addSubcommand(host, 'backup', '<file>').action(async (file: string) => {
    await using store = await openExisting(host, await findPlace(host));
    await store.backup(file);
    show(host, { value: { file }, text: words.backedUp(file) });
  });
  addSubcommand(host, 'restore', '<file>').action(async (file: string) => {
    const place = await findPlace(host);
    if (kindOfPlace(place) === 'postgres')
      throw new UsageError(words.notAFile(hidePassword(place)));
    await restore(host, file, place);
    show(host, { value: { place }, text: words.restored(place) });
  });
  addSubcommand(host, 'check', '[file]').action(async (file: string | undefined) => {
    await using store = await openExisting(host, file ?? (await findPlace(host)));
    const report = await store.check();
    const text = report.isSound ? words.sound : [words.unsound, ...report.problems].join('\n');
    show(host, { value: report, text, exitCode: report.isSound ? 0 : 1 });
  });
}
