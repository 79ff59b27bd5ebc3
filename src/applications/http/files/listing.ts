import { languages } from '../../../language/index.ts';
import type { HttpRequest } from '../handler.ts';
import type { HeaderField } from '../headers.ts';
import type { FileTree, Found } from './file-tree.ts';
import {
  formatListingJson,
  formatListingPage,
  listingPolicy,
  sortEntries,
} from './listing-page.ts';
import type { ListingEntry } from './listing-page.ts';
import type { FileOptions } from './options.ts';
import { chooseAcceptedLanguage, qualityOfType } from './qualities.ts';

/** Files looked at side by side, so that one listing does not keep the thread pool from others. */
const step = 32;

/** A listing in the form and the language that the client asked for. */
export interface Listing {
  readonly content: string;
  readonly contentType: string;
  readonly fields: readonly HeaderField[];
}

async function readEntry(
  tree: FileTree,
  segments: readonly string[],
  name: string,
): Promise<ListingEntry | undefined> {
  const found = await tree.find([...segments, name]);
  const isDirectory = found?.stats.isDirectory() === true;
  // What would be refused is not shown either: links out of the root, pipes, devices.
  if (found === undefined || (!isDirectory && !found.stats.isFile())) return undefined;
  const size = isDirectory ? 0 : Number(found.stats.size);
  return { name, isDirectory, size, modified: Math.max(0, Number(found.stats.mtimeMs)) };
}

/** Lists a directory, as a page or, where Accept wants that more, as JSON. */
export async function listDirectory(
  tree: FileTree,
  segments: readonly string[],
  found: Found,
  request: HttpRequest,
  options: FileOptions,
): Promise<Listing> {
  const { headers } = request;
  const language =
    options.language ??
    chooseAcceptedLanguage(headers.get('accept-language'), languages, languages[0]);
  const all = await tree.list(found.path);
  const isShown = (name: string): boolean =>
    options.dotfiles || !name.startsWith('.') || (segments.length === 0 && name === '.well-known');
  const names = all.filter((name) => isShown(name) && !name.includes('\\')).sort();
  const shown = names.slice(0, options.maxListingNames);
  const entries: ListingEntry[] = [];
  for (let index = 0; index < shown.length; index += step) {
    const some = shown.slice(index, index + step);
    const read = await Promise.all(some.map((name) => readEntry(tree, segments, name)));
    entries.push(...read.filter((entry) => entry !== undefined));
  }
  const sorted = sortEntries(entries, language);
  const accept = headers.get('accept');
  if (qualityOfType(accept, 'application/json') > qualityOfType(accept, 'text/html')) {
    return {
      content: formatListingJson(sorted),
      contentType: 'application/json',
      fields: [],
    };
  }
  const limit = names.length > shown.length ? options.maxListingNames : undefined;
  return {
    content: formatListingPage(segments, sorted, limit, language),
    contentType: 'text/html; charset=utf-8',
    fields: [
      ['Content-Language', language],
      ['Content-Security-Policy', listingPolicy],
      ['Referrer-Policy', 'same-origin'],
    ],
  };
}
