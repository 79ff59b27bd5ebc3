import { stat } from 'node:fs/promises';
import { applications } from '../applications/registry.ts';
import { defaultStore } from '../applications/services/shared.ts';
import { migrations } from '../applications/services/stored.ts';
import { serveTexts } from '../language/serve.ts';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import type { CommandHost } from './command-host.ts';
import { readConfiguration } from './configuration-file.ts';
import { UsageError } from './terminal.ts';

/** Whether a store is a server's, and no file. */
export function isServer(place: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(place);
}

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

/** Opens a store that is there: looking for one must not make it. @throws {UsageError} @throws {StoreError} */
export async function openExistingStore<Tables>(
  place: string,
  unreadable: (place: string, reason: string) => string,
): Promise<Store<Tables>> {
  if (!isServer(place)) {
    try {
      await stat(place);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/,? \w+ '.*'$/, '') : '';
      throw new UsageError(unreadable(place, reason));
    }
  }
  return openStore<Tables>(place, migrations);
}
