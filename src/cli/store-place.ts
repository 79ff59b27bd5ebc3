import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { applications } from '../applications/registry.ts';
import { defaultStore } from '../applications/services/shared.ts';
import { migrations } from '../applications/services/stored.ts';
import { explainFileError } from '../language/files.ts';
import { serveTexts } from '../language/serve.ts';
import { kindOfPlace, openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import type { CommandHost } from './command-host.ts';
import { readConfiguration } from './configuration-file.ts';
import { UsageError } from './terminal.ts';

/**
 * The store that a command is to open: the one it was told, else the one `guichet serve` would open here,
 * by `guichet.toml`, else the environment, else its own.
 */
export async function findStorePlace(
  { terminal: { language } }: CommandHost,
  asked: string | undefined,
): Promise<string> {
  if (asked !== undefined) return asked;
  const { texts } = await readConfiguration(
    undefined,
    applications,
    language,
    serveTexts[language],
  );
  return texts.get('store') ?? (process.env['GUICHET_STORE'] || defaultStore());
}

/** What the audit has as the address: this machine, and its user where that has a name. */
export function whoIsThis(): string {
  try {
    return `local ${userInfo().username}`;
  } catch {
    // In a container whose user number has no entry.
    return `local ${process.getuid?.() ?? ''}`.trim();
  }
}

/** Makes sure that a file is there: opening one must not make it. @throws {UsageError} */
export async function requireFile(
  { terminal: { language } }: CommandHost,
  path: string,
  unreadable: (place: string, reason: string) => string,
): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    throw new UsageError(unreadable(path, explainFileError(language, error)));
  }
}

/** Makes sure that writing a file takes nobody's place; a device or a pipe has none. @throws {UsageError} */
export async function requireNoFile(
  path: string,
  isForced: boolean | undefined,
  fileExists: (path: string) => string,
): Promise<void> {
  if (isForced === true) return;
  // Whatever else is wrong with the path, writing says it.
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) throw new UsageError(fileExists(path));
}

/** Opens a store that is there. @throws {UsageError} @throws {StoreError} */
export async function openExistingStore<Tables>(
  host: CommandHost,
  place: string,
  unreadable: (place: string, reason: string) => string,
): Promise<Store<Tables>> {
  if (kindOfPlace(place) === 'sqlite') await requireFile(host, place, unreadable);
  return openStore<Tables>(place, migrations);
}
