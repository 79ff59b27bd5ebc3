import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Pages that the log has grown by when they are copied into the file. */
const pagesPerCheckpoint = 5_000;

/** Pages in the log with which a commit copies them itself: where no thread is to be had. */
export const pagesAtLast = 4 * pagesPerCheckpoint;

/** Milliseconds that writes wait for a checkpoint; then both go on side by side. */
const longestPause = 250;

// The extension is that of this module: TypeScript here, JavaScript in the published package.
const script = new URL(`./checkpoint-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Copies what was committed from the log of an SQLite file into the file, on a thread of its own. SQLite
 * has the commit that fills the log do it, and all that this process does wait for 20 ms or more. Here
 * writes wait alone, for with nobody writing meanwhile the log is copied to its end and begins anew.
 */
export class Checkpointer {
  readonly #path: string;
  #worker: Worker | undefined;
  #hasFailed = false;
  /** Pages that the log has, and had when it was last copied. */
  #pages = 0;
  #pagesBefore = 0;
  /** Ends the wait for the checkpoint under way. */
  #end: (() => void) | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether there is no thread to be had: commits then have to do it. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Whether it is time for a checkpoint. */
  get isDue(): boolean {
    const isIdle = this.#end === undefined && !this.#hasFailed;
    return isIdle && this.#pages - this.#pagesBefore >= pagesPerCheckpoint;
  }

  /** Tells how many pages the log has after a commit. */
  look(pages: number): void {
    // It has begun anew since.
    if (pages < this.#pagesBefore) this.#pagesBefore = 0;
    this.#pages = pages;
  }

  /** Carries out a checkpoint; resolves when it is over, or has taken long. */
  async run(): Promise<void> {
    this.#pagesBefore = this.#pages;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#end = () => {
      this.#end = undefined;
      resolve();
    };
    // The first one is not waited for: the thread takes longer to start than to do its work.
    if (this.#worker === undefined) resolve();
    try {
      this.#worker ??= this.#start();
      this.#worker.postMessage('checkpoint');
    } catch (error) {
      // The system has no thread for it.
      if (!(error instanceof Error)) throw error;
      this.#hasFailed = true;
      this.#end();
    }
    const timer = setTimeout(resolve, longestPause);
    await promise;
    clearTimeout(timer);
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    worker.ref();
    worker.once('exit', () => resolve());
    worker.postMessage('close');
    await promise;
  }

  #start(): Worker {
    const worker = new Worker(script, { workerData: this.#path });
    worker.unref();
    worker.on('message', () => this.#end?.());
    // No memory for a thread, no file handle left: commits do it all.
    worker.on('error', () => {
      this.#hasFailed = true;
      this.#worker = undefined;
      this.#end?.();
    });
    return worker;
  }
}
