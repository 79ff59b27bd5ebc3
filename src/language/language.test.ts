import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLanguage, languages } from './index.ts';
import * as catalogues from './index.ts';

/** Everything exported that is a set of texts in every language. */
const translated = Object.entries(catalogues).flatMap(([name, exported]) =>
  typeof exported === 'object' && 'en' in exported && 'fr' in exported
    ? [[name, exported as { readonly en: unknown; readonly fr: unknown }] as const]
    : [],
);

/** Texts that are the same word in both languages, or no words at all. */
const shared = new Set([
  'Guichet',
  'ready',
  'transport',
  'service',
  'message',
  'applications',
  'expression',
  'application',
  'notification',
]);

/** The texts and functions of a catalogue by their path in it. */
function* walk(texts: unknown, path: string): Generator<[string, unknown]> {
  if (typeof texts === 'string' || typeof texts === 'function') {
    yield [path, texts];
  } else if (typeof texts === 'object' && texts !== null) {
    for (const [key, text] of Object.entries(texts)) yield* walk(text, `${path}.${key}`);
  }
}

test('every command has its texts in both languages', () => {
  assert.ok(translated.length >= 7);
  for (const [name, { en, fr }] of translated) {
    const english = new Map(walk(en, name));
    const french = new Map(walk(fr, name));
    const names = (texts: Map<string, unknown>): string[] =>
      // Headings and placeholders are translated from words of the program's own.
      [...texts.keys()].filter((path) => !/\.(?:headings|placeholders)\./.test(path)).sort();
    assert.deepEqual(names(french), names(english));
    for (const [path, text] of english) {
      const other = french.get(path);
      assert.equal(typeof other, typeof text, path);
      if (typeof text === 'function' && typeof other === 'function') {
        assert.ok(other.length <= text.length, `${path} speaks of as much in French`);
      }
    }
  }
});

test('no French text was left in English, and none in French has English marks', () => {
  for (const [name, { en, fr }] of translated) {
    const french = new Map(walk(fr, name));
    for (const [path, text] of walk(en, name)) {
      const other = french.get(path);
      if (typeof text !== 'string' || typeof other !== 'string') continue;
      const isCommandLine = /\.examples(?:OfUse)?\.\d+\.0$|\.usage\.\d+\.0$/.test(path);
      if (!isCommandLine && !shared.has(text)) assert.notEqual(other, text, path);
      // What stands in braces is to be typed as it is.
      const said = other.replaceAll(/\{.*?\}/g, '');
      if (!isCommandLine) assert.doesNotMatch(said, /\w[;?!]|"\w/, path);
    }
  }
});

test('the language is the one asked for, else that of the locale, else English', () => {
  const cases: [string | undefined, Record<string, string>, string][] = [
    [undefined, {}, 'en'],
    ['fr', { LANG: 'en_GB.UTF-8' }, 'fr'],
    ['en', { LANG: 'fr_FR.UTF-8' }, 'en'],
    [undefined, { LANG: 'fr_FR.UTF-8' }, 'fr'],
    [undefined, { LANG: 'fr' }, 'fr'],
    [undefined, { LANG: 'FR_ca' }, 'fr'],
    [undefined, { LANG: 'C' }, 'en'],
    [undefined, { LANG: 'de_DE' }, 'en'],
    [undefined, { LC_ALL: 'C.UTF-8', LANG: 'fr_FR.UTF-8' }, 'en'],
    [undefined, { LC_ALL: '', LC_MESSAGES: 'fr_BE', LANG: 'en_US' }, 'fr'],
    [undefined, { LC_MESSAGES: '', LANG: 'fr_CH' }, 'fr'],
  ];
  for (const [asked, environment, expected] of cases) {
    assert.equal(chooseLanguage(asked, environment), expected, JSON.stringify(environment));
  }
});

test('languages whose codes begin like French are not French', () => {
  for (const LANG of ['fry_NL', 'frr_DE', 'fro', 'fur_IT', 'f']) {
    assert.equal(chooseLanguage(undefined, { LANG }), 'en');
  }
  assert.deepEqual(languages, ['en', 'fr']);
});
