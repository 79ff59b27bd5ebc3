import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ResourceLimits } from 'node:worker_threads';
import { errnoOf } from '../transport/index.ts';
import { CallError } from './errors.ts';
import { PoolTask } from './pool-task.ts';
import { TaskQueue } from './task-queue.ts';

export interface WorkerPoolOptions {
  /** Threads at most. Default one fewer than the processors, and at least one. */
  readonly size?: number;
  /**
   * Tasks waiting for a thread at most. One more is refused as `OVERLOADED`, or in its place the last one
   * of the owner who has most waiting. Default 1,024.
   */
  readonly maxQueue?: number;
  /** Milliseconds a task may take on its thread, whatever its caller allows. Default 5,000. */
  readonly maxTime?: number;
  /** What a thread may use of memory. Default 64 MiB of heap and 4 MiB of stack. */
  readonly resourceLimits?: ResourceLimits;
}

/** The finite defaults of {@link WorkerPoolOptions}. */
export const workerPoolDefaults = {
  maxQueue: 1_024,
  maxTime: 5_000,
  resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
} as const;

/** What a call allows its task. */
export interface TaskOptions {
  /** Milliseconds until the answer is no longer wanted, waiting for a thread included. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
  /** Whose task it is: owners take turns, however many tasks each has. Default: nobody's in particular. */
  readonly owner?: object;
}

/** A task that changes what its owner's next one begins with. */
export interface OrderedTask<Input, Result> {
  /** Makes what the thread is given, when it is given it. */
  readonly makeInput: () => Input;
  /** Told the result before the owner's next task begins, unless the task was given up. */
  readonly onResult: (result: Result) => void;
}

/** What a worker thread says once it can do tasks, and answers to each; see `serveTasks`. */
export type TaskAnswer =
  | { readonly isReady: true }
  | { readonly result: unknown }
  | { readonly error: { readonly message: string; readonly data?: unknown } };

/** An error that a task gave, as it crossed from its thread: plain data. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly data: unknown;

  constructor(message: string, data: unknown) {
    super(message);
    this.data = data;
  }
}

interface Thread {
  readonly worker: Worker;
  /** Whether its script has run. */
  isReady: boolean;
  task: PoolTask | undefined;
}

/**
 * Milliseconds that a task may be at its thread before it is ended with it. A thread costs as much to
 * start: whoever gives many short tasks up would make others pay for one each time.
 */
const patience = 100;

/** Milliseconds in which a thread must be ready. */
const startTime = 10_000;

/**
 * Worker threads for work that costs processor time: each task is handed to a thread, and the event loop
 * goes on listening at once. A thread does one task at a time, so one that is stuck, or has used up its
 * memory, is known with its task: it is terminated at the deadline and replaced, its call gets an error,
 * the others notice nothing. One that has only just begun when its task is given up may finish it first.
 *
 * Threads are started when there is work for them and do not keep the process alive.
 */
export class WorkerPool<Input, Result> implements AsyncDisposable {
  readonly #script: URL;
  readonly #options: Required<WorkerPoolOptions>;
  readonly #threads = new Set<Thread>();
  readonly #idle: Thread[] = [];
  readonly #queue = new TaskQueue<PoolTask>();
  #isClosed = false;

  /** @param script a module that calls `serveTasks`. */
  constructor(script: URL, options: WorkerPoolOptions = {}) {
    this.#script = script;
    this.#options = {
      size: Math.max(1, availableParallelism() - 1),
      ...workerPoolDefaults,
      ...options,
    };
  }

  /** Threads that exist. */
  get threads(): number {
    return this.#threads.size;
  }

  /** Tasks that wait for a thread. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Starts one thread ahead of the first task, which then need not wait for it. */
  warmUp(): void {
    if (this.#threads.size === 0 && !this.#isClosed) this.#idle.push(this.#startThread());
  }

  /**
   * Has a thread do a task.
   *
   * @returns what the task gave.
   * @throws {TaskError} what the task threw; {@link CallError} `OVERLOADED`, `DEADLINE_EXCEEDED`,
   *   `CANCELLED`, and `INTERNAL_ERROR` when the thread died.
   */
  run(input: Input, options: TaskOptions = {}): Promise<Result> {
    return this.#run({ makeInput: () => input, onResult: () => undefined }, options, false);
  }

  /** As {@link WorkerPool.run}, where the tasks of an owner are done one after another, in order. */
  runInOrder(
    task: OrderedTask<Input, Result>,
    options: TaskOptions & { readonly owner: object },
  ): Promise<Result> {
    return this.#run(task, options, true);
  }

  #run(
    { makeInput, onResult }: OrderedTask<Input, Result>,
    { deadline, signal, owner }: TaskOptions,
    isOrdered: boolean,
  ): Promise<Result> {
    if (this.#isClosed || !this.#makeRoom(owner)) return Promise.reject(overloaded());
    if (signal?.aborted === true) {
      return Promise.reject(new CallError('CANCELLED', undefined, { cause: signal.reason }));
    }
    return new Promise((resolve, reject) => {
      const task = new PoolTask(
        {
          makeInput,
          onResult: onResult as (result: unknown) => void,
          resolve: resolve as (result: unknown) => void,
          reject,
        },
        owner,
        isOrdered,
        Math.min(deadline ?? Number.POSITIVE_INFINITY, this.#options.maxTime),
        this.#giveUp,
      );
      if (signal !== undefined) {
        const onAbort = (): void =>
          this.#giveUp(task, new CallError('CANCELLED', undefined, { cause: signal.reason }));
        signal.addEventListener('abort', onAbort, { once: true });
        // Not written into the field at once: V8 makes such a function old, and all it knows with it.
        const forget = (): void => signal.removeEventListener('abort', onAbort);
        task.forget = forget;
      }
      this.#queue.add(task);
      this.#assign();
    });
  }

  /** Terminates all threads; their tasks are rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const error = new CallError('CANCELLED', 'the pool closed');
    for (const task of this.#queue.tasks) this.#giveUp(task, error);
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #assign(): void {
    for (let task = this.#queue.first(); task !== undefined; task = this.#queue.first()) {
      const thread = this.#idle.pop() ?? this.#addThread();
      if (thread === undefined) return;
      this.#queue.take(task);
      if (task.isOrdered && task.owner !== undefined) this.#queue.hold(task.owner);
      thread.task = task;
      task.startedAt = performance.now();
      thread.worker.postMessage(task.work.makeInput());
    }
  }

  /** Whether one more task of that owner may wait, if need be in the place of another's. */
  #makeRoom(owner: object | undefined): boolean {
    if (this.#queue.size < this.#options.maxQueue) return true;
    const task = this.#queue.lastOfBusiest(owner);
    if (task === undefined) return false;
    this.#giveUp(task, overloaded());
    return true;
  }

  #addThread(): Thread | undefined {
    return this.#threads.size < this.#options.size ? this.#startThread() : undefined;
  }

  #startThread(): Thread {
    const worker = new Worker(this.#script, { resourceLimits: this.#options.resourceLimits });
    const thread: Thread = { worker, isReady: false, task: undefined };
    this.#threads.add(thread);
    worker.unref();
    worker.on('message', (answer: TaskAnswer) => {
      if (!('isReady' in answer)) {
        this.#finish(thread, answer);
        return;
      }
      thread.isReady = true;
      // To start is no time of the task's.
      if (thread.task !== undefined) thread.task.startedAt = performance.now();
    });
    worker.on('error', (error) => {
      this.#lose(
        thread,
        new CallError(
          'INTERNAL_ERROR',
          errnoOf(error) === 'ERR_WORKER_OUT_OF_MEMORY'
            ? 'the work used up the memory of its thread'
            : 'the thread failed',
          { cause: error },
        ),
      );
    });
    worker.on('exit', () =>
      this.#lose(thread, new CallError('INTERNAL_ERROR', 'the thread ended')),
    );
    return thread;
  }

  #finish(thread: Thread, answer: Exclude<TaskAnswer, { readonly isReady: true }>): void {
    const { task } = thread;
    thread.task = undefined;
    if (!this.#threads.has(thread)) return;
    this.#idle.push(thread);
    if (task !== undefined) {
      this.#leave(task);
      task.settle();
      if ('error' in answer)
        task.work.reject(new TaskError(answer.error.message, answer.error.data));
      else {
        if (!task.isGivenUp) task.work.onResult(answer.result);
        task.work.resolve(answer.result);
      }
    }
    this.#assign();
  }

  /** The task has left its thread. */
  #leave({ owner, startedAt, isOrdered }: PoolTask): void {
    this.#queue.charge(owner, performance.now() - startedAt);
    if (isOrdered && owner !== undefined) this.#queue.release(owner);
  }

  /** Gives a task up: while it waits, it is forgotten; on a thread, the thread goes with it in time. */
  readonly #giveUp = (task: PoolTask, error: CallError): void => {
    this.#queue.delete(task);
    task.isGivenUp = true;
    task.settle();
    task.work.reject(error);
    for (const thread of this.#threads) if (thread.task === task) this.#endInTime(thread, task);
  };

  /** Ends a thread unless it has soon done a task that nobody waits for any more. */
  #endInTime(thread: Thread, task: PoolTask): void {
    const time = thread.isReady ? patience : startTime;
    const remaining = task.startedAt + time - performance.now();
    if (remaining <= 0) {
      void thread.worker.terminate();
      this.#lose(thread, new CallError('INTERNAL_ERROR', 'the thread was ended'));
      return;
    }
    task.timer = setTimeout(() => this.#endInTime(thread, task), Math.min(remaining, patience));
  }

  #lose(thread: Thread, error: CallError): void {
    if (!this.#threads.delete(thread)) return;
    const place = this.#idle.indexOf(thread);
    if (place !== -1) this.#idle.splice(place, 1);
    const { task } = thread;
    if (task !== undefined) {
      this.#leave(task);
      task.settle();
      task.work.reject(error);
    }
    if (!this.#isClosed) this.#assign();
  }
}

function overloaded(): CallError {
  return new CallError('OVERLOADED', 'too much work is waiting for a thread');
}
