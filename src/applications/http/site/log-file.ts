import { access, constants, open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toLogError } from './site-error.ts';

/** The finite defaults of {@link LogOptions}. */
export const logDefaults = { flushBytes: 65_536, flushTime: 200, maxWaiting: 8_388_608 } as const;

export interface LogOptions {
  /** Characters gathered until they are written. Default 65,536. */
  readonly flushBytes?: number;
  /** Milliseconds until what was gathered is written, however little. Default 200. */
  readonly flushTime?: number;
  /** Characters that may wait to be written; lines beyond are dropped, and counted. Default 8 MiB. */
  readonly maxWaiting?: number;
  /** Told when lines can no longer be written: once, until they can be again. */
  readonly report?: (error: unknown) => void;
}

/** Where a log goes. */
export interface LogSink {
  write(text: string): Promise<unknown>;
  /** Goes on in a new file of the same name, if the old one was moved away. */
  reopen?(): Promise<void>;
  close?(): Promise<void>;
}

/** To add to a file, made if it is not there; a pipe that nobody reads is not waited for. */
const openFlags =
  constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NONBLOCK;

/** A file that lines are added to, in whole pieces, so that several processes may share it. */
export class FileSink implements LogSink {
  readonly #path: string;
  #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens the file, made if it is not there, to be read by its owner and group alone.
   *
   * @throws {SiteError} `LOG_UNWRITABLE`.
   */
  static async open(path: string): Promise<FileSink> {
    try {
      return new FileSink(path, await open(path, openFlags, 0o640));
    } catch (error) {
      throw toLogError(path, error);
    }
  }

  /**
   * Looks whether the file could be opened, and leaves none behind: who checks may be another user than
   * who writes.
   *
   * @throws {SiteError} `LOG_UNWRITABLE`.
   */
  static async check(path: string): Promise<void> {
    try {
      const found = await stat(path).catch(() => undefined);
      await access(found === undefined ? dirname(path) : path, constants.W_OK);
      const isFolder = found?.isDirectory() === true;
      if (isFolder) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    } catch (error) {
      throw toLogError(path, error);
    }
  }

  async write(text: string): Promise<void> {
    await this.#file.appendFile(text);
  }

  async reopen(): Promise<void> {
    const before = this.#file;
    this.#file = await open(this.#path, openFlags, 0o640);
    await before.close();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/**
 * Lines gathered and written behind everybody's back: who logs never waits, and a disk that is full or
 * slow costs lines, which are counted, but no requests.
 */
export class Log implements AsyncDisposable {
  readonly #sink: LogSink;
  readonly #options: Required<Omit<LogOptions, 'report'>>;
  readonly #report: (error: unknown) => void;
  #waiting: string[] = [];
  #length = 0;
  #writing = 0;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  #dropped = 0;
  #isFailing = false;

  constructor(sink: LogSink, options: LogOptions = {}) {
    const { report, ...rest } = options;
    this.#sink = sink;
    this.#options = { ...logDefaults, ...rest };
    this.#report = report ?? (() => undefined);
  }

  /** Lines lost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a line, which ends with its line feed. */
  add(line: string): void {
    if (this.#length + this.#writing + line.length > this.#options.maxWaiting) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#length += line.length;
    if (this.#length >= this.#options.flushBytes) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), this.#options.flushTime);
  }

  /** Resolves once all that was added before has been written, or given up. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return this.#last;
    const lines = this.#waiting;
    const text = lines.join('');
    this.#waiting = [];
    this.#length = 0;
    this.#writing += text.length;
    return this.#queue(async () => {
      try {
        await this.#sink.write(text);
      } catch (error) {
        this.#dropped += lines.length;
        throw error;
      } finally {
        this.#writing -= text.length;
      }
    });
  }

  /** For rotation: what comes from now on goes into a file of the same name made anew. */
  async reopen(): Promise<void> {
    void this.flush();
    await this.#queue(async () => this.#sink.reopen?.());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
    await this.#queue(async () => this.#sink.close?.());
  }

  /** One thing after the other; what fails is told and costs nothing that comes behind it. */
  #queue(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work).then(
      () => void (this.#isFailing = false),
      (error: unknown) => {
        if (!this.#isFailing) this.#report(error);
        this.#isFailing = true;
      },
    );
    return this.#last;
  }
}
