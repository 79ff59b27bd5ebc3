import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Commits between two checkpoints. */
const commitsPerCheckpoint = 32;

/** Milliseconds: when so many commits take longer than this, there is no hurry. */
const busyTime = 1_000;

// The extension is that of this module: TypeScript here, JavaScript in the published package.
const script = new URL(`./checkpoint-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Copies what was committed from the log of an SQLite file into the file, on a thread of its own, while
 * commits come in quick succession. SQLite has the commit that fills the log do it, and all else wait for
 * 20 ms: it still does, but finds little left to copy. So nothing depends on this thread.
 */
export class Checkpointer {
  readonly #path: string;
  #worker: Worker | undefined;
  #isWorking = false;
  #hasFailed = false;
  #commits = 0;
  #since = performance.now();

  constructor(path: string) {
    this.#path = path;
  }

  /** Tells of a commit. */
  count(): void {
    if (++this.#commits < commitsPerCheckpoint || this.#isWorking) return;
    const now = performance.now();
    const isBusy = now - this.#since < busyTime;
    this.#commits = 0;
    this.#since = now;
    if (!isBusy || this.#hasFailed) return;
    this.#worker ??= this.#start();
    this.#isWorking = true;
    this.#worker.postMessage('checkpoint');
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
    worker.on('message', () => {
      this.#isWorking = false;
    });
    // No memory for a thread, no file handle left: commits do it all, as they would without.
    worker.on('error', () => {
      this.#hasFailed = true;
      this.#worker = undefined;
    });
    return worker;
  }
}
