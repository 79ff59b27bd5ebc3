import type { Language } from './language.ts';
import { translations } from './language.ts';

/** Why the system would not let a file be read or written, by its code. */
const reasons = translations({
  en: {
    ENOENT: 'there is no such file or folder',
    ENOTDIR: 'there is no such folder',
    EACCES: 'that is not permitted',
    EPERM: 'that is not permitted',
    EROFS: 'that is not permitted',
    EISDIR: 'it is a folder',
    ENOSPC: 'the disk is full',
  },
  fr: {
    ENOENT: "il n'y a pas de tel fichier ou dossier",
    ENOTDIR: "il n'y a pas de tel dossier",
    EACCES: "cela n'est pas permis",
    EPERM: "cela n'est pas permis",
    EROFS: "cela n'est pas permis",
    EISDIR: "c'est un dossier",
    ENOSPC: 'le disque est plein',
  },
});

/** What the system says of a file, in the reader's language where it is known, without the file's path. */
export function explainFileError(language: Language, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const texts: Readonly<Record<string, string>> = reasons[language];
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = Object.hasOwn(texts, code) ? texts[code] : undefined;
  return known ?? error.message.replace(/,? \w+ '.*'$/, '');
}
