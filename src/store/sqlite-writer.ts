import { pagesAtLast } from './checkpointer.ts';
import type { Checkpointer } from './checkpointer.ts';
import type { Settled, WorkWatch } from './clock.ts';
import { backoff, nextTurn, wait } from './clock.ts';
import { storeError } from './errors.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { LogSync } from './log-sync.ts';
import { fromSqlite, isBusy } from './sqlite-errors.ts';
import type { StoreLimits, StoreWork } from './store.ts';

/** Milliseconds of work in one commit, after which others of this process have their turn. */
const groupTime = 5;

interface WaitingWrite<Tables> {
  readonly work: StoreWork<Tables, unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A write that was carried out and is not on disk yet. */
interface DoneWrite<Tables> {
  readonly write: WaitingWrite<Tables>;
  readonly value: unknown;
}

/**
 * The one who writes to an SQLite file. A commit waits for the disk, and takes as long for one change as
 * for hundreds: writes that have come since the last commit run in one transaction, and one that fails
 * is undone alone. None resolves before the commit is on disk.
 */
export class SqliteWriter<Tables> {
  readonly #open: () => SqliteConnection<Tables>;
  readonly #place: string;
  readonly #limits: StoreLimits;
  readonly #watch: WorkWatch;
  readonly #checkpointer: Checkpointer;
  readonly #log: LogSync | undefined;
  #connection: SqliteConnection<Tables>;
  #waiting: WaitingWrite<Tables>[] = [];
  #isDraining = false;
  #idle = Promise.withResolvers<void>();

  /**
   * @param open makes a connection anew, after one had to be given up.
   * @param log takes each commit to disk; without it nothing is taken there.
   */
  constructor(
    connection: SqliteConnection<Tables>,
    open: () => SqliteConnection<Tables>,
    place: string,
    limits: StoreLimits,
    watch: WorkWatch,
    checkpointer: Checkpointer,
    log: LogSync | undefined,
  ) {
    this.#log = log;
    this.#checkpointer = checkpointer;
    this.#connection = connection;
    this.#open = open;
    this.#place = place;
    this.#limits = limits;
    this.#watch = watch;
    this.#idle.resolve();
  }

  get connection(): SqliteConnection<Tables> {
    return this.#connection;
  }

  write(work: StoreWork<Tables, unknown>): Promise<unknown> {
    if (this.#waiting.length >= this.#limits.maxWaiting) {
      return Promise.reject(storeError('STORE_OVERLOADED', this.#place));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      if (this.#isDraining) return;
      this.#isDraining = true;
      this.#idle = Promise.withResolvers();
      // After the connections that have something to say were read: all their calls share a commit.
      setImmediate(() => void this.#drain());
    });
  }

  /** Carries out what is waiting, then lets go of the file. */
  async close(): Promise<void> {
    await this.#idle.promise;
    await this.#checkpointer.close();
    this.#log?.close();
    this.#connection.close();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#checkpointer.isDue) await this.#checkpointer.run();
      try {
        await this.#begin();
      } catch (error) {
        for (const { reject } of this.#waiting.splice(0)) reject(error);
        break;
      }
      const group = this.#waiting.splice(0, this.#limits.maxGroup);
      try {
        await this.#runGroup(group, false);
      } catch (error) {
        // Nothing of the group was acknowledged: all of it is told, but for what waits for the next one.
        this.#rollBack();
        const waiting = new Set(this.#waiting);
        for (const write of group) if (!waiting.has(write)) write.reject(error);
      }
      if (this.#waiting.length > 0) await nextTurn();
    }
    this.#isDraining = false;
    this.#idle.resolve();
  }

  /** Begins a transaction, waiting for whoever else holds the lock without holding up this process. */
  async #begin(): Promise<void> {
    // After a sync that failed, the next one would say that all is well (fsync(2), Linux).
    if (this.#log?.failure !== undefined) throw this.#log.failure;
    const until = performance.now() + this.#limits.patience;
    for (let attempt = 0; ; attempt++) {
      try {
        if (!this.#connection.database.isOpen) {
          this.#log?.close();
          this.#connection = this.#open();
        }
        if (!this.#connection.isLoaded) await this.#connection.load();
        this.#log?.open(this.#connection.path);
        this.#connection.execute('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() >= until) throw error;
      }
      await wait(backoff(attempt, 2, 50));
    }
  }

  /**
   * Runs a group in one transaction. At first without savepoints, which would have every page that is
   * changed copied once more: only when a write fails after it has changed something is all undone, and
   * the group run again `carefully`, with a savepoint before each.
   */
  async #runGroup(group: readonly WaitingWrite<Tables>[], isCareful: boolean): Promise<void> {
    const done: DoneWrite<Tables>[] = [];
    const connection = this.#connection;
    const startedAt = performance.now();
    for (const [index, write] of group.entries()) {
      if (index > 0 && performance.now() - startedAt > groupTime) {
        this.#waiting.unshift(...group.slice(index));
        break;
      }
      if (isCareful) connection.execute('SAVEPOINT one');
      const before = connection.changesBegun;
      const settled = await this.#watch.settle(() =>
        write.work(connection.queries, connection.run),
      );
      if (settled.kind === 'done') {
        if (isCareful) connection.execute('RELEASE one');
        done.push({ write, value: settled.value });
        continue;
      }
      const others = [...done.map((one) => one.write), ...group.slice(index + 1)];
      if (settled.kind === 'expired') {
        this.#giveUp(write, others);
        return;
      }
      if (!connection.database.isTransaction) {
        // No room: SQLite undid the whole transaction, and the writes before this one with it.
        const error = fromSqlite(settled.error, this.#place);
        for (const { reject } of [...done.map((one) => one.write), write]) reject(error);
        this.#waiting.unshift(...group.slice(index + 1));
        return;
      }
      const hasChanged = connection.changesBegun !== before;
      if (hasChanged && !isCareful && others.length > 0) {
        connection.execute('ROLLBACK');
        await this.#begin();
        // Those that were refused stay so.
        await this.#runGroup(
          [...done.map((one) => one.write), write, ...group.slice(index + 1)],
          true,
        );
        return;
      }
      if (isCareful) {
        connection.execute('ROLLBACK TO one');
        connection.execute('RELEASE one');
      }
      write.reject(this.#reasonOf(settled));
    }
    if (done.length === 0) {
      connection.execute('ROLLBACK');
      return;
    }
    // Who came meanwhile, and whoever only reads, is heard before and after.
    await nextTurn();
    connection.execute('COMMIT');
    if (this.#log === undefined) await nextTurn();
    else await this.#log.sync();
    for (const { write, value } of done) write.resolve(value);
    this.#checkpointer.look(connection.logPages);
    if (this.#checkpointer.hasFailed)
      connection.execute(`PRAGMA wal_autocheckpoint = ${pagesAtLast}`);
  }

  /** A write took too long: its connection is closed under it, the others run again on a new one. */
  #giveUp(write: WaitingWrite<Tables>, others: readonly WaitingWrite<Tables>[]): void {
    this.#connection.close();
    this.#waiting.unshift(...others);
    write.reject(storeError('STORE_TIMEOUT', this.#place));
  }

  #rollBack(): void {
    const { database } = this.#connection;
    if (!database.isOpen || !database.isTransaction) return;
    try {
      database.exec('ROLLBACK');
    } catch (error) {
      // A connection that cannot even roll back is given up: closing it does.
      this.#connection.close();
      if (!(error instanceof Error)) throw error;
    }
  }

  #reasonOf(settled: Settled & { kind: 'failed' }): unknown {
    return fromSqlite(settled.error, this.#place);
  }
}
