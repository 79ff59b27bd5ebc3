import { WorkerPool } from '../../../service/index.ts';
import type { TaskOptions, WorkerPoolOptions } from '../../../service/index.ts';

/**
 * Work on threads that are there only while there is some: what they took of memory is given back with the
 * last of it.
 */
export class ThreadWork<Input, Result> {
  readonly #script: URL;
  readonly #options: WorkerPoolOptions;
  /** Accounts that have work done, which take turns. */
  readonly #owners = new Map<string, object>();
  #pool: WorkerPool<Input, Result> | undefined;
  #tasks = 0;

  constructor(script: URL, options: WorkerPoolOptions) {
    this.#script = script;
    this.#options = options;
  }

  /**
   * @param account whose work it is: accounts take turns.
   * @throws what {@link WorkerPool.run} throws.
   */
  async run(input: Input, account: string, options: TaskOptions): Promise<Result> {
    this.#pool ??= new WorkerPool(this.#script, this.#options);
    const pool = this.#pool;
    const owner = this.#owners.get(account) ?? {};
    this.#owners.set(account, owner);
    this.#tasks++;
    try {
      return await pool.run(input, { ...options, owner });
    } finally {
      if (--this.#tasks === 0) {
        this.#pool = undefined;
        this.#owners.clear();
        await pool.close();
      }
    }
  }
}
