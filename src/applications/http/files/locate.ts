import { basename } from 'node:path';
import { HttpError } from '../errors.ts';
import { encodingSuffixes } from './encodings.ts';
import type { Encoding } from './encodings.ts';
import { fingerprintOf } from './entity-tags.ts';
import type { FileTree, Found } from './file-tree.ts';
import type { MediaType } from './media-types.ts';
import type { FileOptions } from './options.ts';
import { formatPath, isHidden, parseRequestPath } from './request-path.ts';

/** A file that answers, and what stands beside it. */
export interface FileTarget {
  /** Decoded names from the root to it. */
  readonly segments: readonly string[];
  readonly found: Found;
  /** What it is compressed to, by coding. */
  readonly siblings: ReadonlyMap<Encoding, Found>;
  readonly media: MediaType;
  /** Another whenever the file or a sibling is. */
  readonly fingerprint: string;
}

interface LocatedFile {
  readonly kind: 'file';
  readonly target: FileTarget;
}

/** What a path leads to. */
export type Located =
  | LocatedFile
  | { readonly kind: 'directory'; readonly segments: readonly string[]; readonly found: Found }
  | { readonly kind: 'redirect'; readonly path: string }
  | { readonly kind: 'missing'; readonly segments: readonly string[] };

const page = '.html';

/** Tells what paths lead to, by the options. */
export class Locator {
  readonly #tree: FileTree;
  readonly #options: FileOptions;
  readonly #mediaTypeOf: (name: string) => MediaType;

  constructor(tree: FileTree, options: FileOptions, mediaTypeOf: (name: string) => MediaType) {
    this.#tree = tree;
    this.#options = options;
    this.#mediaTypeOf = mediaTypeOf;
  }

  /**
   * @param path as sent.
   * @throws {HttpError} BAD_REQUEST, NOT_FOUND for what is hidden, and what the file system's errors mean.
   */
  async locate(path: string): Promise<Located> {
    const { segments, isDirectory } = parseRequestPath(path);
    if (!this.#options.dotfiles && isHidden(segments)) {
      throw new HttpError('NOT_FOUND', 'nothing is here');
    }
    return isDirectory ? this.#locateDirectory(segments) : this.#locateName(segments);
  }

  /** The file of a path from the options, whatever pages are called by; `undefined` without one. */
  async locateFile(path: string): Promise<FileTarget | undefined> {
    const located = await this.#findFile(parseRequestPath(path).segments);
    return located?.target;
  }

  async #locateDirectory(segments: readonly string[]): Promise<Located> {
    const found = await this.#tree.find(segments);
    if (found?.stats.isDirectory() !== true) return { kind: 'missing', segments };
    for (const name of this.#options.index) {
      const index = await this.#findFile([...segments, name]);
      if (index !== undefined) return index;
    }
    return this.#options.listing
      ? { kind: 'directory', segments, found }
      : { kind: 'missing', segments };
  }

  async #locateName(segments: readonly string[]): Promise<Located> {
    const name = segments.at(-1) ?? '';
    const found = await this.#find(segments);
    if (found?.stats.isFile() === true) {
      return this.#options.cleanUrls && name.endsWith(page) && name !== page
        ? { kind: 'redirect', path: this.#cleanPath(segments) }
        : { kind: 'file', target: await this.#targetOf(segments, found) };
    }
    if (this.#options.cleanUrls) {
      const clean = await this.#findFile([...segments.slice(0, -1), `${name}${page}`]);
      if (clean !== undefined) return clean;
    }
    return found?.stats.isDirectory() === true
      ? { kind: 'redirect', path: formatPath(segments, true) }
      : { kind: 'missing', segments };
  }

  /** `/guide/about.html` is at `/guide/about`, and `/guide/index.html` at `/guide/`. */
  #cleanPath(segments: readonly string[]): string {
    const folder = segments.slice(0, -1);
    const name = segments.at(-1) ?? '';
    if (this.#options.index.includes(name)) return formatPath(folder, true);
    return formatPath([...folder, name.slice(0, -page.length)], false);
  }

  /** What is there, unless a link leads to a file that is hidden under its own name. */
  async #find(segments: readonly string[]): Promise<Found | undefined> {
    const found = await this.#tree.find(segments);
    if (found === undefined || this.#options.dotfiles || found.stats.isDirectory()) return found;
    // Folders on the way may be hidden: some systems put versions of a folder behind such links.
    return basename(found.path).startsWith('.') ? undefined : found;
  }

  async #findFile(segments: readonly string[]): Promise<LocatedFile | undefined> {
    const found = await this.#find(segments);
    if (found?.stats.isFile() !== true) return undefined;
    return { kind: 'file', target: await this.#targetOf(segments, found) };
  }

  async #targetOf(segments: readonly string[], found: Found): Promise<FileTarget> {
    const media = this.#mediaTypeOf(segments.at(-1) ?? '');
    const siblings = await this.#findSiblings(segments, found, media);
    const states = [found, ...siblings.values()].map(({ stats }) => fingerprintOf(stats));
    const fingerprint = [found.path, ...siblings.keys(), ...states].join(' ');
    return { segments, found, siblings, media, fingerprint };
  }

  async #findSiblings(
    segments: readonly string[],
    found: Found,
    media: MediaType,
  ): Promise<ReadonlyMap<Encoding, Found>> {
    if (!media.mayHaveSiblings) return new Map();
    const folder = segments.slice(0, -1);
    const name = segments.at(-1) ?? '';
    const candidates = await Promise.all(
      this.#options.encodings.map(async (encoding) => {
        const path = [...folder, `${name}${encodingSuffixes[encoding]}`];
        return [encoding, await this.#findSibling(path)] as const;
      }),
    );
    const siblings = new Map<Encoding, Found>();
    for (const [encoding, sibling] of candidates) {
      // An older one was made from what the file was before.
      const isCurrent =
        sibling?.stats.isFile() === true && sibling.stats.mtimeNs >= found.stats.mtimeNs;
      if (isCurrent) siblings.set(encoding, sibling);
    }
    return siblings;
  }

  /** What may not be read beside a file does not keep the file itself from being sent. */
  async #findSibling(segments: readonly string[]): Promise<Found | undefined> {
    try {
      return await this.#tree.find(segments);
    } catch (error) {
      if (error instanceof HttpError && error.code === 'FORBIDDEN') return undefined;
      throw error;
    }
  }
}
