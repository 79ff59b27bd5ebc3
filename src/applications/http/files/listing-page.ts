import { createHash } from 'node:crypto';
import { translations } from '../../../language/index.ts';
import type { Language } from '../../../language/index.ts';
import { formatPath } from './request-path.ts';

/** A name in a directory. */
export interface ListingEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

const texts = translations({
  en: {
    title: (path: string) => `Index of ${path}`,
    root: 'root',
    name: 'Name',
    size: 'Size',
    modified: 'Modified',
    parent: 'Parent directory',
    empty: 'This directory is empty.',
    count: (count: number) => `${count} ${count === 1 ? 'entry' : 'entries'}`,
    truncated: (limit: number) => `Only the first ${limit} names are shown.`,
    units: ['B', 'KiB', 'MiB', 'GiB', 'TiB'],
    locale: 'en-GB',
  },
  fr: {
    title: (path: string) => `Contenu de ${path}`,
    root: 'racine',
    name: 'Nom',
    size: 'Taille',
    modified: 'Modifié le',
    parent: 'Dossier parent',
    empty: 'Ce dossier est vide.',
    count: (count: number) => `${count} ${count < 2 ? 'élément' : 'éléments'}`,
    truncated: (limit: number) => `Seuls les ${limit} premiers noms sont montrés.`,
    units: ['o', 'Kio', 'Mio', 'Gio', 'Tio'],
    locale: 'fr-FR',
  },
});

const style = `
:root{color-scheme:light dark;--line:#d8dde3;--soft:#5d6b7a;--link:#0b57a4;--hover:#f1f5f9;--page:#fff;--ink:#17202a}
@media (prefers-color-scheme:dark){:root{--line:#2d3743;--soft:#98a6b5;--link:#7cb8ff;--hover:#1c2530;--page:#12181f;--ink:#e7edf3}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem;font:1rem/1.5 system-ui,sans-serif;background:var(--page);color:var(--ink)}
h1{margin:0 0 1.25rem;font-size:1.375rem;font-weight:600;overflow-wrap:anywhere}
h1 span{color:var(--soft);font-weight:400;padding:0 .15em}
table{width:100%;border-collapse:collapse}
th{font-size:.8125rem;font-weight:600;color:var(--soft)}
th,td{padding:.4rem .6rem;border-bottom:1px solid var(--line);text-align:left}
th:first-child{width:100%}
td:first-child{overflow-wrap:anywhere}
.size,.date{padding-left:1.5rem;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;color:var(--soft)}
tbody tr:hover{background:var(--hover)}
a{color:var(--link);text-decoration:none}
a:hover,a:focus-visible{text-decoration:underline}
.directory a{font-weight:600}
p{color:var(--soft);font-size:.875rem}
@media (max-width:34rem){.date{display:none}}
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** What a listing's page may load: its own style and nothing else. */
export const listingPolicy: string = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities.get(character) ?? character);
}

function formatSize(size: number, language: Language): string {
  const { units, locale } = texts[language];
  let value = size;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const number = value.toLocaleString(locale, { maximumFractionDigits: digits });
  return `${number} ${units[unit]}`;
}

function formatDate(milliseconds: number): { readonly machine: string; readonly text: string } {
  const machine = new Date(milliseconds).toISOString();
  return { machine, text: machine.slice(0, 16).replace('T', ' ') };
}

/** The way from the root, each step a link. */
function formatTrail(segments: readonly string[], language: Language): string {
  const links = segments.map((segment, index) => {
    const path = formatPath(segments.slice(0, index + 1), true);
    return `<a href="${escapeText(path)}">${escapeText(segment)}</a>`;
  });
  return [`<a href="/">${texts[language].root}</a>`, ...links].join('<span>/</span>');
}

function formatRow(
  segments: readonly string[],
  { name, isDirectory, size, modified }: ListingEntry,
  language: Language,
): string {
  const path = escapeText(formatPath([...segments, name], isDirectory));
  const date = formatDate(modified);
  return (
    `<tr${isDirectory ? ' class="directory"' : ''}>` +
    `<td><a href="${path}">${escapeText(name)}${isDirectory ? '/' : ''}</a></td>` +
    `<td class="size">${isDirectory ? '' : formatSize(size, language)}</td>` +
    `<td class="date"><time datetime="${date.machine}">${date.text} UTC</time></td></tr>\n`
  );
}

/** Directories first, then by name as people sort: `file2` before `file10`. */
export function sortEntries(
  entries: readonly ListingEntry[],
  language: Language,
): readonly ListingEntry[] {
  const collator = new Intl.Collator(language, { numeric: true });
  return entries.toSorted(
    (one, other) =>
      Number(other.isDirectory) - Number(one.isDirectory) ||
      collator.compare(one.name, other.name) ||
      (one.name < other.name ? -1 : 1),
  );
}

/**
 * The page of a directory.
 *
 * @param segments the decoded names that lead to it.
 * @param limit how many names are shown, where there are more; else `undefined`.
 */
export function formatListingPage(
  segments: readonly string[],
  entries: readonly ListingEntry[],
  limit: number | undefined,
  language: Language,
): string {
  const text = texts[language];
  const title = escapeText(text.title(`/${segments.map((segment) => `${segment}/`).join('')}`));
  const parent =
    segments.length === 0
      ? ''
      : `<tr class="directory"><td colspan="3"><a href="${escapeText(formatPath(segments.slice(0, -1), true))}">${text.parent}</a></td></tr>\n`;
  const rows = entries.map((entry) => formatRow(segments, entry, language)).join('');
  const note = limit === undefined ? '' : ` ${text.truncated(limit)}`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<h1>${formatTrail(segments, language)}</h1>
<table>
<thead><tr><th scope="col">${text.name}</th><th scope="col" class="size">${text.size}</th><th scope="col" class="date">${text.modified}</th></tr></thead>
<tbody>
${parent}${rows}</tbody>
</table>
<p>${entries.length === 0 ? text.empty : text.count(entries.length)}${note}</p>
</body>
</html>
`;
}

/** The same for programs: an array of objects, in the same order. */
export function formatListingJson(entries: readonly ListingEntry[]): string {
  const items = entries.map(({ name, isDirectory, size, modified }) => ({
    name,
    type: isDirectory ? 'directory' : 'file',
    ...(isDirectory ? {} : { size }),
    modified: new Date(modified).toISOString(),
  }));
  return `${JSON.stringify(items)}\n`;
}
