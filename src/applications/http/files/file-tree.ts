import type { BigIntStats } from 'node:fs';
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { HttpError } from '../errors.ts';
import { fingerprintOf } from './entity-tags.ts';
import { OpenFile } from './open-file.ts';

/** Something that a path names inside the root. */
export interface Found {
  /** Its path on this machine, free of links. */
  readonly path: string;
  readonly stats: BigIntStats;
}

/** What is not there, or what nobody may know is there. */
const absentCodes: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ELOOP',
  'EINVAL',
  'ENXIO',
  'ENODEV',
]);

const exhaustedCodes: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);

/** The system's own code of an error, such as ENOENT. */
function systemCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/**
 * What a failure of the file system means to the client.
 *
 * @returns `undefined` when the file is not there.
 * @throws {HttpError} FORBIDDEN for what may not be read, SERVICE_UNAVAILABLE when descriptors or memory
 *   have run out; anything else as it is.
 */
export function judgeSystemError(error: unknown): undefined {
  const code = systemCodeOf(error);
  if (absentCodes.has(code)) return undefined;
  if (code === 'EACCES' || code === 'EPERM') {
    throw new HttpError('FORBIDDEN', 'this may not be read', { cause: error });
  }
  if (exhaustedCodes.has(code)) throw overloaded(error);
  throw error;
}

/** Too much is open: the client may come again. */
export function overloaded(cause?: unknown): HttpError {
  return new HttpError('SERVICE_UNAVAILABLE', 'too many files are open; come again', {
    cause,
    headers: [['Retry-After', '1']],
  });
}

/** The files under a root, and nothing else, whatever links there are. */
export class FileTree {
  readonly #root: string;
  #realRoot: string | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Finds what decoded names lead to. Links are followed as long as they stay inside the root.
   *
   * @returns `undefined` when nothing is there, or when it is outside.
   * @throws {HttpError} see {@link judgeSystemError}.
   */
  async find(segments: readonly string[]): Promise<Found | undefined> {
    try {
      const path = await realpath(join(this.#root, ...segments));
      if (!(await this.#contains(path))) return undefined;
      return { path, stats: await lstat(path, { bigint: true }) };
    } catch (error) {
      return judgeSystemError(error);
    }
  }

  /**
   * Opens a file that was found, if it is still one and still inside the root.
   *
   * @returns `undefined` when it no longer is.
   */
  async open(path: string): Promise<OpenFile | undefined> {
    let file: OpenFile | undefined;
    try {
      file = await OpenFile.open(path);
      if (file === undefined) return undefined;
      if (await this.#contains(await whereIs(file, path))) return file;
      file.close();
      return undefined;
    } catch (error) {
      file?.close();
      return judgeSystemError(error);
    }
  }

  /** The names in a directory that was found, in no order. */
  async list(path: string): Promise<readonly string[]> {
    try {
      return await readdir(path);
    } catch (error) {
      return judgeSystemError(error) ?? [];
    }
  }

  async #contains(path: string): Promise<boolean> {
    if (this.#realRoot !== undefined && isInside(path, this.#realRoot)) return true;
    // The root may be a link that was turned to another folder since, as in an atomic deployment.
    this.#realRoot = await realpath(this.#root);
    return isInside(path, this.#realRoot);
  }
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/**
 * Where an open file really is, were a folder on the way to it turned into a link meanwhile. Linux knows
 * this of the descriptor itself; elsewhere the path must still lead to the file that is open.
 */
async function whereIs(file: OpenFile, path: string): Promise<string> {
  if (process.platform === 'linux') {
    try {
      return await readlink(`/proc/self/fd/${file.descriptor}`);
    } catch (error) {
      // Without /proc, as in some containers, the other way serves.
      if (systemCodeOf(error) !== 'ENOENT' && systemCodeOf(error) !== 'EACCES') throw error;
    }
  }
  const real = await realpath(path);
  const stats = await lstat(real, { bigint: true });
  return fingerprintOf(stats) === fingerprintOf(file.stats) ? real : '';
}
