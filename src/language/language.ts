/** The languages that every text a person reads exists in. */
export const languages = ['en', 'fr'] as const;

/** `en` English, `fr` French. */
export type Language = (typeof languages)[number];

/** One set of texts in every language: plain strings, or functions of what they speak about. */
export type Translations<Texts> = Readonly<Record<Language, Texts>>;

/**
 * Ties a set of texts in English to the same set in French: a text missing on either side does not
 * compile.
 *
 * @example
 * ```ts
 * import { translations } from 'guichet/language';
 * const greetings = translations({
 *   en: { hello: (name: string) => `Hello, ${name}` },
 *   fr: { hello: (name: string) => `Bonjour, ${name}` },
 * });
 * if (greetings.fr.hello('Ada') !== 'Bonjour, Ada') throw new Error('not French');
 * ```
 */
export function translations<Texts>(texts: {
  readonly en: Texts;
  readonly fr: NoInfer<Texts>;
}): Translations<Texts> {
  return texts;
}

/**
 * The language to speak: the one asked for, else that of the first of `LC_ALL`, `LC_MESSAGES` and
 * `LANG` that is set (POSIX, Base Definitions 8.2), else English.
 *
 * @example
 * ```ts
 * import { chooseLanguage } from 'guichet/language';
 * if (chooseLanguage(undefined, { LANG: 'fr_FR.UTF-8' }) !== 'fr') throw new Error('not French');
 * ```
 */
export function chooseLanguage(
  asked: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const locale =
    asked || environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
  // `fr`, `fr_CA.UTF-8`, and not `fry_NL` or `frr_DE`, which are other languages.
  const wanted = /^[a-z]+/i.exec(locale)?.[0].toLowerCase();
  return languages.find((language) => language === wanted) ?? 'en';
}
