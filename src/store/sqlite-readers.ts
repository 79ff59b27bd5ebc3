import type { WorkWatch } from './clock.ts';
import { backoff, wait } from './clock.ts';
import { storeError } from './errors.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { LogSync } from './log-sync.ts';
import { fromSqlite, isBusy } from './sqlite-errors.ts';
import type { StoreLimits, StoreWork } from './store.ts';

/** Those who read an SQLite file: each piece of work has a connection, and so one state, to itself. */
export class SqliteReaders<Tables> {
  readonly #open: () => SqliteConnection<Tables>;
  readonly #place: string;
  readonly #limits: StoreLimits;
  readonly #watch: WorkWatch;
  readonly #log: LogSync | undefined;
  readonly #idle: SqliteConnection<Tables>[] = [];
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  constructor(
    open: () => SqliteConnection<Tables>,
    place: string,
    limits: StoreLimits,
    watch: WorkWatch,
    log: LogSync | undefined,
  ) {
    this.#log = log;
    this.#open = open;
    this.#place = place;
    this.#limits = limits;
    this.#watch = watch;
  }

  async read<Result>(work: StoreWork<Tables, Result>): Promise<Result> {
    if (this.#log?.failure !== undefined) throw this.#log.failure;
    const until = performance.now() + this.#limits.patience;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#readOnce(work);
      } catch (error) {
        if (!isBusy(error) || performance.now() >= until) throw error;
      }
      await wait(backoff(attempt, 2, 50));
    }
  }

  /** Closes the connections as they are given back; resolves when the last one is. */
  async close(): Promise<void> {
    while (this.#count > 0) {
      const connection = this.#idle.pop();
      if (connection === undefined) {
        await new Promise<void>((resolve) => {
          this.#waiting.push(resolve);
        });
      } else {
        connection.close();
        this.#count--;
      }
    }
  }

  async #readOnce<Result>(work: StoreWork<Tables, Result>): Promise<Result> {
    const connection = this.#idle.pop() ?? (await this.#take());
    let value: Result | undefined;
    try {
      if (!connection.isLoaded) await connection.load();
      connection.execute('BEGIN');
      const settled = await this.#watch.settle(async () => {
        value = await work(connection.queries, connection.run);
      });
      if (settled.kind === 'expired') {
        // Whatever still uses it meets a closed connection.
        connection.close();
        throw storeError('STORE_TIMEOUT', this.#place);
      }
      if (settled.kind === 'failed') throw fromSqlite(settled.error, this.#place);
    } finally {
      this.#giveBack(connection);
    }
    // Nobody is told of what a power cut might still undo.
    if (this.#log?.underWay !== undefined) await this.#log.underWay;
    return value as Result;
  }

  async #take(): Promise<SqliteConnection<Tables>> {
    for (;;) {
      const idle = this.#idle.pop();
      if (idle !== undefined) return idle;
      if (this.#count < this.#limits.maxReaders) {
        const connection = this.#open();
        this.#count++;
        return connection;
      }
      if (this.#waiting.length >= this.#limits.maxWaiting) {
        throw storeError('STORE_OVERLOADED', this.#place);
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  #giveBack(connection: SqliteConnection<Tables>): void {
    if (connection.database.isOpen) {
      if (connection.database.isTransaction) connection.execute('COMMIT');
      this.#idle.push(connection);
    } else {
      this.#count--;
    }
    this.#waiting.shift()?.();
  }
}
