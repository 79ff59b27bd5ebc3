import { TomlError, parse } from 'smol-toml';
import { z } from 'zod';
import type { Application } from '../applications/application.ts';
import type { Language } from '../language/language.ts';
import type { ServeTexts } from '../language/serve.ts';
import { generalSettings, textSettings } from './settings.ts';
import type { ServeSource } from './settings.ts';
import { UsageError } from './terminal.ts';

function configSchema(applications: readonly Application[]) {
  const numberIn = ({ min, max }: { min: number; max: number }) =>
    z.int().min(min).max(max).optional();
  const general = Object.fromEntries(
    generalSettings.map((setting) => [setting.name, numberIn(setting)]),
  );
  const ofApplications = Object.fromEntries(
    applications.map(({ name, options, texts = {} }) => [
      name,
      z
        .strictObject({
          endpoints: z.array(z.string()).min(1).optional(),
          ...Object.fromEntries(
            Object.entries(options).map(([option, bounds]) => [option, numberIn(bounds)]),
          ),
          ...Object.fromEntries(
            Object.keys(texts).map((text) => [text, z.string().min(1).optional()]),
          ),
        })
        .optional(),
    ]),
  );
  return z.strictObject({
    host: z.string().min(1).optional(),
    port: z.int().min(0).max(65_535).optional(),
    applications: z.array(z.string()).min(1).optional(),
    ...Object.fromEntries(textSettings.map(({ name }) => [name, z.string().min(1).optional()])),
    ...general,
    ...ofApplications,
  });
}

function parseToml(file: string, text: string, texts: ServeTexts): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split('\n', 1)[0] ?? '';
    throw new UsageError(
      texts.configWrong(
        file,
        `${error.line}:${error.column}`,
        reason.replace(/^Invalid TOML document: /, ''),
      ),
    );
  }
}

/** What the text of a configuration file says; what is wrong in it is named with its place. */
export function readTables(
  file: string,
  text: string,
  applications: readonly Application[],
  language: Language,
  texts: ServeTexts,
): Omit<ServeSource, 'nameSetting'> {
  const { localeError } = z.locales[language]();
  const checked = configSchema(applications).safeParse(parseToml(file, text, texts), {
    error: localeError,
  });
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? file : issue.path.join('.');
    const reason = issue?.message ?? '';
    throw new UsageError(
      place === file ? `${file}: ${reason}` : texts.configWrong(file, place, reason),
    );
  }
  const config = checked.data as Record<string, unknown>;
  const numbers = new Map<string, number>();
  const endpoints = new Map<string, readonly string[]>();
  for (const { name } of generalSettings) {
    const value = config[name];
    if (typeof value === 'number') numbers.set(name, value);
  }
  const given = new Map<string, string>();
  for (const { name } of textSettings) {
    const value = config[name];
    if (typeof value === 'string') given.set(name, value);
  }
  for (const { name } of applications) {
    const table = (config[name] ?? {}) as Record<string, unknown>;
    for (const [option, value] of Object.entries(table)) {
      if (typeof value === 'number') numbers.set(`${name}-${option}`, value);
      else if (typeof value === 'string') given.set(`${name}-${option}`, value);
      else if (Array.isArray(value)) endpoints.set(name, value as readonly string[]);
    }
  }
  return {
    host: config['host'] as string | undefined,
    port: config['port'] as number | undefined,
    applications: config['applications'] as readonly string[] | undefined,
    endpoints,
    numbers,
    texts: given,
  };
}
