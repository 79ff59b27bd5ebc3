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
   * Resolves once all that the log holds now is on disk; to be awaited before the next one.
   * @param database the file whose log it is.
   * @throws {StoreError} `STORE_FAILED`
   */
  sync(database: string): Promise<void> {
    this.#underWay = this.#sync(`${database}-wal`).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Lets go of the log: a connection that is opened anew may find another one. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  async #sync(log: string): Promise<void> {
    try {
      const file = (this.#file ??= openSync(log, 'r+'));
      await new Promise<void>((resolve, reject) => {
        fdatasync(file, (error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      const text = `the disk did not take what was committed (${said}); look at the disk, then restart`;
      this.#failure = storeError('STORE_FAILED', this.#place, text, error);
      throw this.#failure;
    }
  }
}
