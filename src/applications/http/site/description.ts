import type { Encoding, FileOptions } from '../files/index.ts';
import type { CorsOptions } from './cors.ts';
import type { HeaderRule } from './header-rules.ts';
import type { RedirectRule } from './redirects.ts';

/** One site, in words that a configuration file has and that cross between threads. */
export interface SiteDescription {
  /** The folder served; an absolute path. */
  readonly root: string;
  /** What {@link FileOptions} says of files, where it differs from the defaults. */
  readonly files?: Partial<Omit<FileOptions, 'headers' | 'encodings'>> & {
    readonly encodings?: readonly Encoding[];
  };
  readonly redirects?: readonly RedirectRule[];
  readonly headers?: readonly HeaderRule[];
  readonly cors?: CorsOptions;
  readonly authentication?: {
    /** An htpasswd file; an absolute path. */
    readonly file: string;
    readonly realm?: string;
    /** Globs over the paths that want a password; by default all do. */
    readonly paths?: readonly string[];
  };
  /** Files of HTML by status. */
  readonly errorPages?: Readonly<Record<string, string>>;
  /** Files that are not served wherever they lie: configuration, passwords, keys. Absolute paths. */
  readonly hidden?: readonly string[];
}

/** Sites by the names they are asked for, and the one for everybody else. */
export interface SitesDescription {
  /** Answers for every name that no host has; without it, those are refused with 421. */
  readonly fallback?: SiteDescription;
  readonly hosts?: readonly (SiteDescription & { readonly names: readonly string[] })[];
}
