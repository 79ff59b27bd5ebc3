import type { Language } from '../../../language/index.ts';
import { encodings } from './encodings.ts';
import type { Encoding } from './encodings.ts';

/** Fields for the responses whose path matches. */
export interface FileHeaderRule {
  /**
   * A glob over the file's path from the root, such as `/assets/**`; one without a leading slash, such
   * as `*.js`, matches at any depth.
   */
  readonly match: string;
  /** By name; a field that the response would have anyhow is replaced. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How files are served. Sizes are in bytes, times in milliseconds. */
export interface FileOptions {
  /** Names looked for in a directory, in this order. Default `index.html`. */
  readonly index: readonly string[];
  /** Whether a directory without one is listed, as a page or as JSON. Default no: it is 404. */
  readonly listing: boolean;
  /** Whether names that begin with a dot are served. Default no; `/.well-known` always is. */
  readonly dotfiles: boolean;
  /** Told of texts. Default `utf-8`; empty tells none. */
  readonly charset: string;
  /** Media types by extension, before the registered ones. */
  readonly types: Readonly<Record<string, string>>;
  /** Codings in order of preference; none switches negotiation off. Default br, zstd, gzip. */
  readonly encodings: readonly Encoding[];
  /** Whether to compress what has no precompressed sibling. Default yes. */
  readonly compression: boolean;
  /**
   * Path of the page that answers for pages not found, such as `/index.html`: only where GET or HEAD
   * accepts `text/html` by name and the last name has no extension. Default none.
   */
  readonly fallback: string | undefined;
  /** Whether `/about` stands for `about.html`, and `/about.html` leads there. Default no. */
  readonly cleanUrls: boolean;
  /** Fields by path; the later rule wins. */
  readonly headers: readonly FileHeaderRule[];
  /** Cache-Control of every file and listing (RFC 9111). Default none. */
  readonly cacheControl: string | undefined;
  /** Of listings. Default that of the two the client accepts first, else English. */
  readonly language: Language | undefined;
  /** Small files kept in memory, all together. Default 64 MiB. */
  readonly maxCacheBytes: number;
  /** The largest file kept in memory; a larger one is read piece by piece. Default 256 KiB. */
  readonly maxCachedFileBytes: number;
  /** How many files are kept in memory. Default 10,000. */
  readonly maxCachedFiles: number;
  /** How long a file kept in memory is believed unchanged. Default 1,000. */
  readonly maxCacheAge: number;
  /** Files open at a time; one more is answered 503. Default 1,024. */
  readonly maxOpenFiles: number;
  /** Ranges of one request; with more, all is sent. Default 64. */
  readonly maxRanges: number;
  /** Smaller contents are not compressed. Default 1,024. */
  readonly minCompressedBytes: number;
  /** Larger contents are not compressed, so that they can be resumed. Default 16 MiB. */
  readonly maxCompressedBytes: number;
  /** Contents compressed at a time; while so many are, others are sent as they are. Default 8. */
  readonly maxCompressions: number;
  /** Names of one listing. Default 5,000. */
  readonly maxListingNames: number;
}

/** The defaults of {@link FileOptions}. */
export const fileDefaults: FileOptions = {
  index: ['index.html'],
  listing: false,
  dotfiles: false,
  charset: 'utf-8',
  types: {},
  encodings,
  compression: true,
  fallback: undefined,
  cleanUrls: false,
  headers: [],
  cacheControl: undefined,
  language: undefined,
  maxCacheBytes: 67_108_864,
  maxCachedFileBytes: 262_144,
  maxCachedFiles: 10_000,
  maxCacheAge: 1_000,
  maxOpenFiles: 1_024,
  maxRanges: 64,
  minCompressedBytes: 1_024,
  maxCompressedBytes: 16_777_216,
  maxCompressions: 8,
  maxListingNames: 5_000,
};
