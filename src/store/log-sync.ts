import { closeSync, fdatasync, openSync } from 'node:fs';
import { storeError } from './errors.ts';

/**
 * Brings the write-ahead log of an SQLite file to disk. SQLite's own sync would stop this process until the
 * disk has done it, mostly a quarter of a millisecond and now and then fifty: this one lets it go on.
 */
export class LogSync {
  readonly #place: string;
  #file: number | undefined;
  #underWay: Promise<void> | undefined;
  #failure: unknown;

  /** @param place how errors name the store. */
  constructor(place: string) {
    this.#place = place;
  }

  /** Ends with the sync that is under way, if there is one: then all that is committed is on disk. */
  get underWay(): Promise<void> | undefined {
    return this.#underWay;
  }

  /** Why nothing more may be written: after a failure nobody knows what the disk has. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Opens the log, unless it is open: before anything is committed that it would have to be opened for.
   * @param database the file whose log it is.
   * @throws {StoreError} `STORE_UNREACHABLE` when there is no file handle left.
   */
  open(database: string): void {
    try {
      this.#file ??= openSync(`${database}-wal`, 'r+');
    } catch (error) {
      throw storeError('STORE_UNREACHABLE', this.#place, say(error), error);
    }
  }

  /**
   * Resolves once all that the log holds now is on disk; to be awaited before the next one.
   * @throws {StoreError} `STORE_FAILED`, and nothing is to be written any more.
   */
  sync(): Promise<void> {
    this.#underWay = this.#sync().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Lets go of the log: a connection that is opened anew may find another one. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  async #sync(): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new TypeError('the log is opened before anything is committed');
    try {
      await new Promise<void>((resolve, reject) => {
        fdatasync(file, (error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      const text = `the disk did not take what was committed (${say(error)}); look at the disk, then restart`;
      this.#failure = storeError('STORE_FAILED', this.#place, text, error);
      throw this.#failure;
    }
  }
}

function say(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
