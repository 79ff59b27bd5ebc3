import { languages } from '../../../language/index.ts';
import type { Language } from '../../../language/index.ts';
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
import { isHidden } from './request-path.ts';

/** Files looked at side by side, so that one listing does not keep the thread pool from others. */
const step = 32;

/** A listing in the form and the language that the client asked for. */
export interface Listing {
  readonly content: string;
  readonly contentType: string;
  readonly fields: readonly HeaderField[];
}

/** What a directory holds that may be shown. */
interface Contents {
  readonly entries: readonly ListingEntry[];
  /** Whether that is all of it. */
  readonly isWhole: boolean;
  /** The last listing made of it: to sort and to write thousands of names takes longer than all else. */
  last?: { readonly variant: string; readonly listing: Listing };
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

/** Directories whose names are remembered at a time. */
const maxRemembered = 64;

/** Lists directories; what one holds is read once for all who ask within a while. */
export class Listings {
  readonly #tree: FileTree;
  readonly #options: FileOptions;
  readonly #recent = new Map<
    string,
    { readonly read: Promise<Contents>; readonly until: number }
  >();

  constructor(tree: FileTree, options: FileOptions) {
    this.#tree = tree;
    this.#options = options;
  }

  /** Lists a directory, as a page or, where Accept wants that more, as JSON. */
  async list(segments: readonly string[], found: Found, request: HttpRequest): Promise<Listing> {
    const { headers } = request;
    const language =
      this.#options.language ??
      chooseAcceptedLanguage(headers.get('accept-language'), languages, languages[0]);
    const accept = headers.get('accept');
    const isJson = qualityOfType(accept, 'application/json') > qualityOfType(accept, 'text/html');
    const contents = await this.#recall(segments, found);
    const variant = `${language} ${isJson}`;
    if (contents.last?.variant === variant) return contents.last.listing;
    const listing = this.#format(segments, contents, language, isJson);
    contents.last = { variant, listing };
    return listing;
  }

  forget(): void {
    this.#recent.clear();
  }

  #format(
    segments: readonly string[],
    { entries, isWhole }: Contents,
    language: Language,
    isJson: boolean,
  ): Listing {
    const sorted = sortEntries(entries, language);
    if (isJson) {
      const content = formatListingJson(sorted);
      return { content, contentType: 'application/json', fields: [] };
    }
    const limit = isWhole ? undefined : this.#options.maxListingNames;
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

  #recall(segments: readonly string[], found: Found): Promise<Contents> {
    // By its name, not where that leads: what a link in it is relative to differs.
    const key = segments.join('/');
    const now = performance.now();
    const recent = this.#recent.get(key);
    if (recent !== undefined && now < recent.until) return recent.read;
    const read = this.#read(segments, found);
    this.#recent.delete(key);
    const oldest = this.#recent.size < maxRemembered ? undefined : this.#recent.keys().next().value;
    if (oldest !== undefined) this.#recent.delete(oldest);
    this.#recent.set(key, { read, until: now + this.#options.maxCacheAge });
    return read;
  }

  async #read(segments: readonly string[], found: Found): Promise<Contents> {
    const { dotfiles, maxListingNames } = this.#options;
    const all = await this.#tree.list(found.path);
    const names = all.filter(
      (name) => !name.includes('\\') && (dotfiles || !isHidden([...segments, name])),
    );
    const shown = names.sort().slice(0, maxListingNames);
    const entries: ListingEntry[] = [];
    for (let index = 0; index < shown.length; index += step) {
      const some = shown.slice(index, index + step);
      const read = await Promise.all(some.map((name) => readEntry(this.#tree, segments, name)));
      entries.push(...read.filter((entry) => entry !== undefined));
    }
    return { entries, isWhole: names.length <= maxListingNames };
  }
}
