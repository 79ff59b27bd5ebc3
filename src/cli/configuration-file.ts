import { readFile } from 'node:fs/promises';
import type { Application } from '../applications/application.ts';
import type { ServeTexts } from '../language/serve.ts';
import { emptySource } from './settings.ts';
import type { ServeSource } from './settings.ts';
import { UsageError } from './terminal.ts';

/** What a configuration file says; `path` undefined looks for `guichet.toml`, which may be missing. */
export async function readConfiguration(
  path: string | undefined,
  applications: readonly Application[],
  language: 'en' | 'fr',
  texts: ServeTexts,
): Promise<ServeSource> {
  const file = path ?? 'guichet.toml';
  const nameSetting = (setting: string): string => `${file}: ${setting}`;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && path === undefined) return emptySource(nameSetting);
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(texts.configUnreadable(file, reason.replace(/, \w+ '.*'$/, '')));
  }
  // Loaded only here: most starts read no configuration, and pay nothing for its schema.
  const { readTables } = await import('./configuration.ts');
  return { nameSetting, ...readTables(file, text, applications, language, texts) };
}
