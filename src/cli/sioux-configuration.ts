import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { TomlError, parse } from 'smol-toml';
import { z } from 'zod';
import { findNearest } from '../applications/calculator/suggest.ts';
import { redirectStatuses } from '../applications/http/site/index.ts';
import type { HeaderRule, RedirectRule } from '../applications/http/site/index.ts';
import { toSiteError } from '../applications/http/site/site-error.ts';
import type { SiouxTexts } from '../language/sioux.ts';
import { hasStarsFor, isOfForm, maySetField } from './sioux-forms.ts';
import type { TextForm } from './sioux-forms.ts';
import { findLine } from './sioux-lines.ts';
import { siouxSettings } from './sioux-settings.ts';
import type { Setting, SettingValue } from './sioux-settings.ts';
import { resolveFile, show, splitCommas } from './sioux-sources.ts';
import type { SiouxSource } from './sioux-sources.ts';
import { UsageError } from './terminal.ts';

/** What only the configuration file can say of a site. */
export interface SiteRules {
  readonly redirects?: readonly RedirectRule[];
  readonly headers?: readonly HeaderRule[];
  /** Absolute paths by status. */
  readonly errorPages?: Readonly<Record<string, string>>;
  /** Media types by extension. */
  readonly types?: Readonly<Record<string, string>>;
}

/** What a configuration file says. */
export interface SiouxConfiguration {
  /** Its absolute path; `undefined` when there is none. */
  readonly file: string | undefined;
  readonly settings: SiouxSource;
  readonly rules: SiteRules;
  readonly hosts: readonly {
    readonly names: readonly string[];
    readonly settings: SiouxSource;
    readonly rules: SiteRules;
  }[];
  readonly certificates: readonly { readonly cert: string; readonly key: string }[];
  /** Where it names a file or a folder, as `sioux.toml:3: root`; `undefined` when it does not. */
  readonly findMention: (path: string) => string | undefined;
}

/** A configuration that says nothing. */
export const noConfiguration: SiouxConfiguration = {
  file: undefined,
  settings: new Map(),
  rules: {},
  hosts: [],
  certificates: [],
  findMention: () => undefined,
};

type Schema = z.ZodType;

/** Schemas whose errors say what was expected, and what was found, in the reader's language. */
class Schemas {
  readonly #texts: SiouxTexts;

  constructor(texts: SiouxTexts) {
    this.#texts = texts;
  }

  text(form?: TextForm): Schema {
    const text = z.string(this.#expect(this.#texts.expected.text));
    return form === undefined
      ? text.min(1, this.#texts.expected.text)
      : text.refine(
          (value) => isOfForm(form, value),
          this.#expect(this.#texts.expected.forms[form]),
        );
  }

  texts(form?: TextForm): Schema {
    const { texts } = this.#texts.expected;
    return z.array(this.text(form), this.#expect(texts)).min(1, this.#expect(texts));
  }

  tables(shape: Record<string, Schema>, name: string): z.ZodArray<z.ZodObject> {
    const wrong = this.#expect(this.#texts.expected.tables(name));
    return z.array(z.strictObject(shape, wrong), wrong);
  }

  of(setting: Setting): Schema {
    const { expected } = this.#texts;
    if (setting.kind === 'number') {
      const { min, max } = setting;
      const wrong = this.#expect(expected.number(min, max));
      return z.int(wrong).min(min, wrong).max(max, wrong);
    }
    if (setting.kind === 'switch') return z.boolean(this.#expect(expected.switch));
    if (setting.words !== undefined) {
      return z.enum([...setting.words], this.#expect(expected.words(setting.words.join(', '))));
    }
    const isList = setting.kind === 'list';
    const bare = isList ? expected.bareList : expected.bareText;
    const plain = isList ? expected.list : expected.text;
    const mayBeEmpty = setting.form !== undefined && isOfForm(setting.form, '');
    const forms: Schema[] = [z.string().min(mayBeEmpty ? 0 : 1)];
    if (isList) forms.push(z.array(z.string().min(1)));
    if (setting.bare !== undefined) forms.push(z.boolean());
    const value = z.union(forms, this.#expect(setting.bare === undefined ? plain : bare));
    const { form } = setting;
    if (form === undefined) return value;
    return value.refine((given) => {
      const texts = isList && typeof given === 'string' ? splitCommas(given) : [given].flat();
      return texts.every((text) => typeof text !== 'string' || isOfForm(form, text));
    }, this.#expect(expected.forms[form]));
  }

  settings(scopes: readonly Setting['scope'][]): Record<string, Schema> {
    return Object.fromEntries(
      siouxSettings
        .filter(({ scope }) => scopes.includes(scope))
        .map((setting) => [setting.name, this.of(setting).optional()]),
    );
  }

  get rules(): Record<string, Schema> {
    const { expected } = this.#texts;
    const fields = z
      .record(z.string(), z.string(this.#expect(expected.text)), this.#expect(expected.field))
      .refine(
        (record) => Object.entries(record).every(([name, value]) => maySetField(name, value)),
        expected.field,
      );
    const removed = this.texts('token').refine(
      (names) => (names as readonly string[]).every((name) => maySetField(name, '')),
      this.#expect(expected.field),
    );
    const statuses = redirectStatuses.join(', ');
    const status = z.literal([...redirectStatuses], this.#expect(expected.status(statuses)));
    const redirect = {
      from: this.text('glob'),
      to: this.text('target'),
      status: status.optional(),
    };
    const header = {
      for: this.text('glob').optional(),
      set: fields.optional(),
      remove: removed.optional(),
      cache: this.text('field').optional(),
    };
    return {
      redirects: this.tables(redirect, 'redirects')
        .superRefine((rules, context) => {
          for (const [index, { from, to }] of rules.entries()) {
            if (hasStarsFor(String(from), String(to))) continue;
            context.addIssue({ code: 'custom', path: [index, 'to'], message: expected.stars });
          }
        })
        .optional(),
      headers: this.tables(header, 'headers').optional(),
      'error-pages': z
        .record(z.string().regex(/^[45]\d\d$/), this.text(), expected.errorStatus)
        .optional(),
      types: z
        .record(
          z.string().refine((name) => isOfForm('extension', name)),
          this.text('mediaType'),
          expected.forms.extension,
        )
        .optional(),
    };
  }

  get whole(): Schema {
    const site = { root: this.text().optional(), ...this.settings(['site']), ...this.rules };
    const hosts = this.tables({ names: this.texts('host'), ...site }, 'hosts');
    return z.strictObject({
      ...site,
      ...this.settings(['server']),
      hosts: hosts
        .superRefine((all, context) => {
          const known = new Set<string>();
          for (const [index, { names }] of all.entries()) {
            for (const name of names as readonly string[]) {
              const lower = name.toLowerCase().replace(/\.$/, '');
              if (known.has(lower)) {
                const message = this.#texts.twice(name);
                context.addIssue({ code: 'custom', path: [index, 'names'], message });
              }
              known.add(lower);
            }
          }
        })
        .optional(),
      certificates: this.tables({ cert: this.text(), key: this.text() }, 'certificates').optional(),
    });
  }

  #expect(expected: string): { error: (issue: { readonly input?: unknown }) => string } {
    return {
      error: ({ input }) =>
        input === undefined
          ? this.#texts.missing(expected)
          : `${expected}${this.#texts.got(show(input))}`,
    };
  }
}

/** Every key that may stand where an unknown one was found. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const rules = ['root', 'redirects', 'headers', 'error-pages', 'types'];
  const names = (scope: Setting['scope']): string[] =>
    siouxSettings.filter((setting) => setting.scope === scope).map(({ name }) => name);
  if (path.length === 0) {
    return [...rules, 'hosts', 'certificates', ...names('site'), ...names('server')];
  }
  if (path[0] === 'hosts' && path.length === 2) return ['names', ...rules, ...names('site')];
  return ['from', 'to', 'status', 'for', 'set', 'remove', 'cache', 'cert', 'key'];
}

/** The file and the line of a key, or of what it would be in. */
function findPlace(file: string, text: string, path: readonly PropertyKey[]): string {
  const line = findLine(text, path) ?? findLine(text, path.slice(0, -1));
  return line === undefined ? file : `${file}:${line}`;
}

/** The key of the text that a test is true of, wherever it is in a table. */
function findKey(
  value: unknown,
  test: (text: string) => boolean,
  path: readonly string[] = [],
): readonly string[] | undefined {
  if (typeof value === 'string') return test(value) ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = findKey(inner, test, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All that is wrong, each with its line and its key. */
function explain(
  file: string,
  text: string,
  issues: readonly z.core.$ZodIssue[],
  texts: SiouxTexts,
): UsageError[] {
  const describe = (path: readonly PropertyKey[], reason: string): UsageError =>
    new UsageError(texts.wrong(findPlace(file, text, path), path.map(String).join('.'), reason));
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [describe(issue.path, issue.message)];
    return issue.keys.map((key) =>
      describe([...issue.path, key], texts.unknownKey(findNearest(key, knownKeys(issue.path)))),
    );
  });
}

type Table = Readonly<Record<string, unknown>>;

function toValue(setting: Setting, value: unknown, folder: string): SettingValue | undefined {
  if (typeof value === 'number') return value;
  if (setting.kind === 'switch' || setting.kind === 'number') {
    return typeof value === 'boolean' ? value : undefined;
  }
  const isList = setting.kind === 'list';
  if (value === false) return isList ? [] : '';
  const given = value === true ? setting.bare : value;
  if (Array.isArray(given)) return given as readonly string[];
  if (typeof given !== 'string') return undefined;
  if (setting.isFile === true) return resolveFile(folder, given);
  return isList ? splitCommas(given) : given;
}

function readSettings(table: Table, folder: string): SiouxSource {
  const found = new Map<string, SettingValue>();
  for (const setting of siouxSettings) {
    const value = toValue(setting, table[setting.name], folder);
    if (value !== undefined) found.set(setting.name, value);
  }
  const { root } = table;
  if (typeof root === 'string') found.set('root', resolve(folder, root));
  return found;
}

function readRules(table: Table, folder: string): SiteRules {
  const pages = table['error-pages'] as Readonly<Record<string, string>> | undefined;
  const redirects = table['redirects'] as SiteRules['redirects'];
  const headers = table['headers'] as SiteRules['headers'];
  const types = table['types'] as SiteRules['types'];
  return {
    ...(redirects !== undefined && { redirects }),
    ...(headers !== undefined && { headers }),
    ...(types !== undefined && { types }),
    ...(pages !== undefined && {
      errorPages: Object.fromEntries(
        Object.entries(pages).map(([status, path]) => [status, resolve(folder, path)]),
      ),
    }),
  };
}

function parseToml(file: string, text: string, texts: SiouxTexts): Table {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ''] = error.message.split('\n', 1);
    const place = `${file}:${error.line}:${error.column}`;
    throw new UsageError(texts.wrong(place, '', reason.replace(/^Invalid TOML document: /, '')));
  }
}

/**
 * What the text of a configuration file says; paths in it are relative to the file.
 *
 * @throws {AggregateError} of a {@link UsageError} for each thing that is wrong.
 */
export function parseSiouxConfiguration(
  file: string,
  text: string,
  texts: SiouxTexts,
): SiouxConfiguration {
  const table = parseToml(file, text, texts);
  const checked = new Schemas(texts).whole.safeParse(table);
  if (!checked.success) throw new AggregateError(explain(file, text, checked.error.issues, texts));
  const folder = dirname(resolve(file));
  const hosts = (table['hosts'] ?? []) as readonly Table[];
  const certificates = (table['certificates'] ?? []) as SiouxConfiguration['certificates'];
  return {
    file: resolve(file),
    settings: readSettings(table, folder),
    rules: readRules(table, folder),
    hosts: hosts.map((host) => ({
      names: host['names'] as readonly string[],
      settings: readSettings(host, folder),
      rules: readRules(host, folder),
    })),
    certificates: certificates.map(({ cert, key }) => ({
      cert: resolve(folder, cert),
      key: resolve(folder, key),
    })),
    findMention: (path) => {
      const key = findKey(table, (value) => resolve(folder, value) === path);
      return key && `${findPlace(file, text, key)}: ${key.join('.')}`;
    },
  };
}

/** Reads the configuration file; `path` undefined looks for `sioux.toml`, which may be missing. */
export async function readSiouxConfiguration(
  path: string | undefined,
  texts: SiouxTexts,
): Promise<SiouxConfiguration> {
  const file = path ?? 'sioux.toml';
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing && path === undefined) return noConfiguration;
    throw toSiteError(error);
  }
  return parseSiouxConfiguration(file, text, texts);
}
