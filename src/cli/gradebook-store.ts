import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { endAllSessions } from '../applications/accounts/index.ts';
import type { AccountsTables } from '../applications/accounts/index.ts';
import { migrations } from '../applications/services/stored.ts';
import { hidePassword, kindOfPlace, openStore, restoreStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { addSubcommand, groupFlags, show } from './gradebook-command.ts';
import type { GradebookHost } from './gradebook-command.ts';
import {
  findStorePlace,
  openExistingStore,
  requireFile,
  requireNoFile,
  whoIsThis,
} from './store-place.ts';
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

/** Where what a restore replaces is kept: beside it, and beside what earlier ones replaced. */
async function findPlaceBefore(path: string): Promise<string> {
  const first = `${path}.before`;
  let kept = first;
  for (let number = 2; await exists(kept); number++) kept = `${first}-${number}`;
  return kept;
}

/**
 * Puts a copy of a backup in place of a store in one step; what was there stays beside it, and where is
 * the answer. Sessions are not put back: some may have been revoked since.
 */
async function restore(
  host: GradebookHost,
  backup: string,
  place: string,
): Promise<string | undefined> {
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
    const before = (await exists(path)) ? await findPlaceBefore(path) : undefined;
    if (before !== undefined) await rename(path, before);
    await rename(partial, path);
    return before;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Adds the subcommands about the store, which need no server. */
export function addStoreCommands(host: GradebookHost): void {
  const { words } = host;
  addSubcommand(host, 'backup', '<file>')
    .option('--force', words.options.force)
    .action(async (file: string, flags: { readonly force?: boolean }) => {
      const place = await findPlace(host);
      await using store = await openExisting(host, place);
      // The server would go on with a file that has no name any more.
      if (kindOfPlace(place) === 'sqlite' && (await exists(file))) {
        const [from, to] = await Promise.all([realpath(place), realpath(file)]);
        if (from === to) throw new UsageError(words.storeItself(file));
      }
      await requireNoFile(file, flags.force, words.fileExists);
      await store.backup(file);
      show(host, { value: { file }, text: words.backedUp(file) });
    });
  addSubcommand(host, 'restore', '<file>').action(async (file: string) => {
    const place = await findPlace(host);
    if (kindOfPlace(place) === 'postgres')
      throw new UsageError(words.notAFile(hidePassword(place)));
    const before = await restore(host, file, place);
    const lines = [words.restored(place)];
    if (before !== undefined) lines.push(words.keptBefore(before));
    show(host, { value: { place, before }, text: lines.join('\n') });
  });
  addSubcommand(host, 'check', '[file]').action(async (file: string | undefined) => {
    await using store = await openExisting(host, file ?? (await findPlace(host)));
    const report = await store.check();
    const text = report.isSound ? words.sound : [words.unsound, ...report.problems].join('\n');
    show(host, { value: report, text, exitCode: report.isSound ? 0 : 1 });
  });
}
