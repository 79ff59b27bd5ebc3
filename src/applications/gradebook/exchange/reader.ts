import { extname } from 'node:path';
import { CallError, TaskError } from '../../../service/index.ts';
import type { TaskOptions, WorkerPoolOptions } from '../../../service/index.ts';
import type { GradebookReason } from '../../../language/gradebook-errors.ts';
import { gradebookLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { isArchive } from './archive.ts';
import type { ImportFile, PackedFile } from './file.ts';
import { ThreadWork } from './thread-work.ts';

/** Bytes of text that are read faster than a thread is started. */
const smallFile = 65_536;

// The extension is that of this module: TypeScript here, JavaScript in the published package.
const script = new URL(`./read-worker${extname(import.meta.url)}`, import.meta.url);

const usualOptions = {
  size: 2,
  maxQueue: 64,
  maxTime: gradebookLimits.maxReadingTime,
  resourceLimits: {
    maxOldGenerationSizeMb: gradebookLimits.maxReadingMegabytes,
    maxYoungGenerationSizeMb: 64,
    stackSizeMb: 4,
  },
} satisfies WorkerPoolOptions;

/**
 * Reads files to import. What is more than a little text is read on a thread, which is stopped when the
 * file takes too long or too much memory, so that whatever somebody sends holds up nobody else.
 */
export class FileReader {
  readonly #maxTime: number;
  readonly #threads: ThreadWork<Uint8Array, PackedFile>;

  constructor(options: WorkerPoolOptions = {}) {
    const all = { ...usualOptions, ...options };
    this.#maxTime = all.maxTime;
    this.#threads = new ThreadWork(script, all);
  }

  /**
   * @param content the bytes of a file, in base64.
   * @param account whose file it is: accounts take turns.
   * @throws {CallError} `FILE_UNREADABLE` `FILE_TOO_LONG` `COLUMNS_UNKNOWN` `COLUMN_TWICE`, and what
   *   {@link WorkerPool.run} throws.
   */
  async read(content: string, account: string, options: TaskOptions = {}): Promise<ImportFile> {
    const bytes = Buffer.from(content, 'base64');
    const limit = gradebookLimits.maxFileBytes;
    if (bytes.length > limit) throw refuse('FILE_TOO_LONG', { limit, unit: 'bytes' });
    const isSmall = bytes.length <= smallFile && !isArchive(bytes);
    // Loaded with the first file: a server starts without what reads them.
    const { ImportFile: Class, packFile } = await import('./file.ts');
    return new Class(
      await (isSmall ? packFile(bytes) : this.#readOnThread(bytes, account, options)),
    );
  }

  async #readOnThread(
    bytes: Uint8Array,
    account: string,
    options: TaskOptions,
  ): Promise<PackedFile> {
    try {
      return await this.#threads.run(bytes, account, options);
    } catch (error) {
      throw toRefusal(error, options.deadline ?? Infinity, this.#maxTime);
    }
  }
}

/** What a thread's failure says of the file, if it is the file's. */
function toRefusal(error: unknown, deadline: number, maxTime: number): unknown {
  if (error instanceof TaskError && typeof error.data === 'object' && error.data !== null) {
    const { reason, ...details } = error.data as { reason: GradebookReason };
    return refuse(reason, details);
  }
  if (!(error instanceof CallError)) return error;
  if (error.code === 'DEADLINE_EXCEEDED' && deadline > maxTime) {
    return refuse('FILE_UNREADABLE', { problem: 'TOO_SLOW', seconds: maxTime / 1_000 });
  }
  const { cause } = error;
  const isOutOfMemory =
    cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isOutOfMemory ? refuse('FILE_UNREADABLE', { problem: 'TOO_MUCH_MEMORY' }) : error;
}
