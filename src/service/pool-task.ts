import { Waiting, deadlines } from './deadlines.ts';
import { CallError } from './errors.ts';
import type { Link } from './chain.ts';
import type { Owned } from './task-queue.ts';

/** What a task is, and whom its end is told. */
export interface PoolWork {
  readonly makeInput: () => unknown;
  readonly onResult: (result: unknown) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A task of a `WorkerPool` that waits for a thread, or is at one. */
export class PoolTask extends Waiting implements Owned {
  readonly work: PoolWork;
  readonly owner: object | undefined;
  /** Whether its owner's others wait until it is done. */
  readonly isOrdered: boolean;
  readonly #time: number;
  readonly #giveUp: (task: PoolTask, error: CallError) => void;
  link: Link<this> | undefined;
  isGivenUp = false;
  /** Until its thread is looked at, once it is given up. */
  timer: NodeJS.Timeout | undefined;
  /** Listens to its signal no longer. */
  forget: (() => void) | undefined;
  /** When it was given to a thread, by `performance.now()`. */
  startedAt = 0;

  /**
   * A task that is given up after so many milliseconds, unless it is settled before.
   */
  constructor(
    work: PoolWork,
    owner: object | undefined,
    isOrdered: boolean,
    time: number,
    giveUp: (task: PoolTask, error: CallError) => void,
  ) {
    super();
    this.work = work;
    this.owner = owner;
    this.isOrdered = isOrdered;
    this.#time = time;
    this.#giveUp = giveUp;
    deadlines.add(this, time);
  }

  override expire(): void {
    const text = `not done within ${Math.round(this.#time)} ms`;
    this.#giveUp(this, new CallError('DEADLINE_EXCEEDED', text));
  }

  /** Nobody waits for it any more. */
  settle(): void {
    deadlines.remove(this);
    clearTimeout(this.timer);
    this.forget?.();
    this.forget = undefined;
  }
}
