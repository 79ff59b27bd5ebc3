import { createHmac, randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { CallError, WorkerPool } from '../../../service/index.ts';
import { HttpError } from '../errors.ts';
import { readNamedFile } from './named-file.ts';
import { SiteError, toSiteError } from './site-error.ts';
import { hashKinds, kindOf } from './verify-password.ts';
import type { VerificationTask } from './verify-password.ts';

/** The finite defaults of {@link HtpasswdOptions}. */
export const htpasswdDefaults = {
  maxFileBytes: 1_048_576,
  maxRemembered: 1_000,
  rememberTime: 60_000,
  checkInterval: 1_000,
  maxWaiting: 256,
} as const;

export interface HtpasswdOptions {
  /** Bytes of the file at most. Default 1 MiB. */
  readonly maxFileBytes?: number;
  /** Passwords found right that are remembered, as keyed digests. Default 1,000. */
  readonly maxRemembered?: number;
  /** Milliseconds they are remembered. Default 60,000. */
  readonly rememberTime?: number;
  /** Milliseconds from one look at whether the file has changed to the next. Default 1,000. */
  readonly checkInterval?: number;
  /** Passwords that may wait to be verified; with more, 503. Default 256. */
  readonly maxWaiting?: number;
  /** Told when the file has changed and can no longer be read: what it said before still counts. */
  readonly report?: (error: unknown) => void;
}

/** What an unknown user's password is tried on when the file has no user: that of 20 random bytes. */
const nobody = '$2b$05$Ad84K.1i6wzPanybgEDEN.bir3/v0N584dfIyd5LWlFxtFvKFqILe';

/**
 * What an htpasswd file says: the hash of each user.
 *
 * @throws {SiteError} `BAD_PASSWORD_FILE`, that names the line.
 */
export function parseHtpasswd(path: string, text: string): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  const fail = (line: number, problem: string, why: string): never => {
    throw new SiteError('BAD_PASSWORD_FILE', `${path}, line ${line}: ${why}`, {
      details: { path, line, problem },
    });
  };
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    if (line.trim() === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    if (colon < 1) fail(index + 1, 'form', 'not of the form user:hash');
    const hash = line.slice(colon + 1);
    if (kindOf(hash) === undefined) {
      const kinds = hashKinds.join(', ');
      fail(index + 1, 'hash', `not a hash that is read here (${kinds}); make it with htpasswd -B`);
    }
    hashes.set(line.slice(0, colon), hash);
  }
  return hashes;
}

/**
 * The users and passwords of a file that Apache's `htpasswd` wrote: bcrypt, SHA-crypt, `$apr1$` and
 * `{SHA}`. The file is read anew when it changes. Passwords are verified on a thread, since that is slow
 * on purpose; those found right are remembered for a while.
 */
export class Htpasswd implements AsyncDisposable {
  readonly #path: string;
  readonly #options: Required<Omit<HtpasswdOptions, 'report'>>;
  readonly #report: (error: unknown) => void;
  readonly #pool: WorkerPool<VerificationTask, boolean>;
  /** Of this process alone: without it the digests of {@link Htpasswd.#remembered} tell nothing. */
  readonly #key = randomBytes(32);
  readonly #remembered = new Map<string, { readonly expires: number; valid: Promise<boolean> }>();
  #hashes: ReadonlyMap<string, string> = new Map();
  #version = '';
  #trouble = '';
  #checked = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;

  private constructor(path: string, options: HtpasswdOptions) {
    const { report, ...rest } = options;
    this.#path = path;
    this.#options = { ...htpasswdDefaults, ...rest };
    this.#report = report ?? (() => undefined);
    this.#pool = new WorkerPool(new URL('password-worker.ts', import.meta.url), {
      size: 1,
      maxQueue: this.#options.maxWaiting,
      maxTime: 30_000,
    });
  }

  /**
   * Reads the file.
   *
   * @throws {SiteError} `BAD_PASSWORD_FILE`; the platform's error when it cannot be read.
   */
  static async open(path: string, options: HtpasswdOptions = {}): Promise<Htpasswd> {
    const opened = new Htpasswd(path, options);
    await opened.#read();
    return opened;
  }

  /** How many users there are. */
  get size(): number {
    return this.#hashes.size;
  }

  /**
   * Whether this is the user's password. It takes as long for a user who does not exist.
   *
   * @throws {HttpError} `SERVICE_UNAVAILABLE` when too many wait.
   */
  async verify(user: string, password: string): Promise<boolean> {
    await this.#refresh();
    const known = this.#hashes.get(user);
    const hash = known ?? this.#standIn();
    const digest = createHmac('sha256', this.#key)
      .update(`${known === undefined}:${user.length}:${user}${hash}:${password}`)
      .digest('base64');
    const now = performance.now();
    const remembered = this.#remembered.get(digest);
    if (remembered !== undefined && remembered.expires > now) return await remembered.valid;
    const valid = this.#run({ password, hash }).then((isRight) => isRight && known !== undefined);
    this.#remember(digest, valid, now + this.#options.rememberTime);
    return await valid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }

  /** A page brings its pictures with it: what is being verified already is not verified twice. */
  #remember(digest: string, valid: Promise<boolean>, expires: number): void {
    const forget = (): void => void this.#remembered.delete(digest);
    valid.then((isRight) => isRight || forget(), forget);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= this.#options.maxRemembered && oldest !== undefined) {
      this.#remembered.delete(oldest);
    }
    this.#remembered.set(digest, { expires, valid });
  }

  async #run(task: VerificationTask): Promise<boolean> {
    try {
      return await this.#pool.run(task);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      throw new HttpError('SERVICE_UNAVAILABLE', 'too many passwords are being verified', {
        headers: [['Retry-After', '1']],
        cause: error,
      });
    }
  }

  /** A hash to try an unknown user's password on, that costs what one of this file does. */
  #standIn(): string {
    const [first] = this.#hashes.values();
    return first ?? nobody;
  }

  async #refresh(): Promise<void> {
    const now = performance.now();
    if (now - this.#checked < this.#options.checkInterval) return;
    this.#checked = now;
    this.#refreshing ??= this.#read()
      .then(
        () => void (this.#trouble = ''),
        (error: unknown) => this.#tell(error),
      )
      .finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
  }

  /** The same trouble is told once, however often the file is looked at. */
  #tell(thrown: unknown): void {
    const error = toSiteError(thrown);
    const trouble = String(error);
    if (trouble !== this.#trouble) this.#report(error);
    this.#trouble = trouble;
  }

  async #read(): Promise<void> {
    const { size, mtimeMs, ino } = await stat(this.#path);
    const version = `${size} ${mtimeMs} ${ino}`;
    if (version === this.#version) return;
    const { maxFileBytes } = this.#options;
    if (size > maxFileBytes) {
      throw new SiteError('BAD_PASSWORD_FILE', `${this.#path}: longer than ${maxFileBytes} bytes`, {
        details: { path: this.#path, line: 1, problem: 'size' },
      });
    }
    // Told once for each change, not at every request.
    this.#version = version;
    const text = (await readNamedFile(this.#path)).toString();
    this.#hashes = parseHtpasswd(this.#path, text);
    this.#checked = performance.now();
  }
}
