import { resolve } from 'node:path';
import type { CommandTexts } from '../language/commands.ts';
import type { SiouxTexts } from '../language/sioux.ts';
import { readWholeNumber } from './options.ts';
import { isOfForm } from './sioux-forms.ts';
import { siouxSettings } from './sioux-settings.ts';
import type { Setting, SettingValue } from './sioux-settings.ts';
import { UsageError } from './terminal.ts';

/** What one source says: flags, the configuration file, the environment. */
export type SiouxSource = ReadonlyMap<string, SettingValue>;

/** The members of a list written with commas; those between the braces of a glob separate nothing. */
export function splitCommas(text: string): readonly string[] {
  return text
    .split(/,(?![^{}]*\})/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** A file as an absolute path; `-` is no file. */
export function resolveFile(folder: string, file: string): string {
  return file === '-' ? file : resolve(folder, file);
}

/** What a value is shown as in an error. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

const yes: ReadonlySet<string> = new Set(['1', 'yes', 'true', 'on']);
const no: ReadonlySet<string> = new Set(['0', 'no', 'false', 'off']);

/** The variable of a setting: `SIOUX_CLEAN_URLS`. */
export function variableOf(setting: string): string {
  return `SIOUX_${setting.toUpperCase().replaceAll('-', '_')}`;
}

function readText(
  setting: Setting,
  name: string,
  text: string,
  commandTexts: CommandTexts,
  texts: SiouxTexts,
): SettingValue {
  if (setting.kind === 'number') {
    return readWholeNumber(commandTexts, name, text, setting.min, setting.max);
  }
  const lower = text.toLowerCase();
  if (setting.kind === 'switch') {
    if (yes.has(lower)) return true;
    if (no.has(lower)) return false;
    throw new UsageError(texts.yesOrNo(name, text));
  }
  if (setting.bare !== undefined) {
    if (yes.has(lower)) return setting.kind === 'list' ? [setting.bare] : setting.bare;
    if (no.has(lower)) return setting.kind === 'list' ? [] : '';
  }
  return readWords(setting, name, text, texts);
}

function readWords(
  setting: Setting & { readonly kind: 'text' | 'list' },
  name: string,
  text: string,
  texts: SiouxTexts,
): SettingValue {
  if (setting.words !== undefined && !setting.words.includes(text)) {
    const known = setting.words.join(', ');
    throw new UsageError(`${name}: ${texts.expected.words(known)}${texts.got(`"${text}"`)}`);
  }
  if (setting.isFile === true) return resolveFile('.', text);
  const words = setting.kind === 'list' ? splitCommas(text) : text;
  const { form } = setting;
  const wrong =
    form === undefined ? undefined : [words].flat().find((word) => !isOfForm(form, word));
  if (form !== undefined && wrong !== undefined && wrong !== '') {
    throw new UsageError(`${name}: ${texts.expected.forms[form]}${texts.got(show(wrong))}`);
  }
  return words;
}

/** What `SIOUX_…` variables say; an empty one says nothing. */
export function readSiouxEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  commandTexts: CommandTexts,
  texts: SiouxTexts,
): SiouxSource {
  const found = new Map<string, SettingValue>();
  for (const setting of siouxSettings) {
    const variable = variableOf(setting.name);
    const text = environment[variable];
    if (text) found.set(setting.name, readText(setting, variable, text, commandTexts, texts));
  }
  const root = environment['SIOUX_ROOT'];
  if (root) found.set('root', resolve(root));
  return found;
}

/** What flags say, as commander names what it parsed. */
export function readSiouxFlags(
  flags: Readonly<Record<string, unknown>>,
  root: string | undefined,
  texts: SiouxTexts,
): SiouxSource {
  const found = new Map<string, SettingValue>();
  for (const setting of siouxSettings) {
    const key = setting.name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const value = flags[key];
    if (typeof value === 'number') found.set(setting.name, value);
    else if (setting.kind === 'number' || value === undefined) continue;
    else if (setting.kind === 'switch') found.set(setting.name, value === true);
    else {
      const text = value === true ? setting.bare : value;
      if (typeof text !== 'string') continue;
      found.set(setting.name, readWords(setting, `--${setting.name}`, text, texts));
    }
  }
  if (root !== undefined) found.set('root', resolve(root));
  return found;
}
