/** What waits in a {@link TaskQueue}. */
export interface Owned {
  /** Whose it is. */
  readonly owner: object | undefined;
}

/** Who owns what nobody in particular does. */
const nobody: object = {};

/** Milliseconds by which owners may differ: those who do so little do not pay for the order they come in. */
const turnTime = 0.1;

/** The most that an owner can be ahead of the others, in milliseconds of work: a stall is forgiven. */
const maxAhead = 100;

/**
 * Tasks of many owners who take turns: whoever has a thousand waiting gets no more done meanwhile than
 * whoever has one, and whoever's tasks take long waits until the others have had as much time (start-time
 * fair queueing, Goyal, Vin and Cheng 1996, with the cost told afterwards).
 */
export class TaskQueue<Task extends Owned> {
  /** The tasks of each owner that has some; the owner whose turn is next stands first. */
  readonly #owners = new Map<object, Set<Task>>();
  /** The tasks of the owners whose turn does not come for now. */
  readonly #held = new Map<object, Set<Task>>();
  /** Up to when each owner has used its share, on the clock of {@link TaskQueue.#now}. */
  readonly #used = new WeakMap<object, number>();
  /** Milliseconds of work that everybody who has tasks has had: time in which nobody waits is not counted. */
  #now = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(task: Task): void {
    const owner = task.owner ?? nobody;
    const tasks = this.#held.get(owner) ?? this.#owners.get(owner);
    if (tasks === undefined) this.#owners.set(owner, new Set([task]));
    else tasks.add(task);
    this.#size++;
  }

  /** Every task, in no order in particular. */
  get tasks(): readonly Task[] {
    return [...this.#owners.values(), ...this.#held.values()].flatMap((tasks) => Array.from(tasks));
  }

  /** Gives an owner no turn until {@link TaskQueue.release}. */
  hold(owner: object): void {
    this.#held.set(owner, this.#owners.get(owner) ?? new Set());
    this.#owners.delete(owner);
  }

  release(owner: object): void {
    const tasks = this.#held.get(owner);
    this.#held.delete(owner);
    if (tasks !== undefined && tasks.size > 0) this.#owners.set(owner, tasks);
  }

  /** The task whose turn it is, left where it is: of the first owner who is not ahead of the others. */
  first(): Task | undefined {
    let chosen: Set<Task> | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [owner, tasks] of this.#owners) {
      const used = this.#used.get(owner) ?? 0;
      if (used >= least) continue;
      chosen = tasks;
      least = used;
      if (used < this.#now + turnTime) break;
    }
    if (chosen === undefined) return undefined;
    this.#now = Math.max(this.#now, least);
    const [task] = chosen;
    return task;
  }

  /** Tells how many milliseconds a task took that was done. */
  charge(owner: object | undefined, milliseconds: number): void {
    const key = owner ?? nobody;
    const used = Math.max(this.#used.get(key) ?? 0, this.#now) + milliseconds;
    // Where nobody waits, nobody has had less.
    if (this.#size === 0) this.#now = used;
    this.#used.set(key, Math.min(used, this.#now + maxAhead));
  }

  /** Takes a task out to be done: its owner's next turn comes after everybody else's. */
  take(task: Task): void {
    const owner = task.owner ?? nobody;
    const tasks = this.#owners.get(owner);
    if (tasks === undefined || !this.delete(task) || tasks.size === 0) return;
    this.#owners.delete(owner);
    this.#owners.set(owner, tasks);
  }

  /** Takes a task out to be forgotten; false when it is not there. */
  delete(task: Task): boolean {
    const owner = task.owner ?? nobody;
    const tasks = this.#held.get(owner) ?? this.#owners.get(owner);
    if (tasks === undefined || !tasks.delete(task)) return false;
    if (tasks.size === 0) this.#owners.delete(owner);
    this.#size--;
    return true;
  }

  /** The last task of the owner who has most, if that is more than this one would have with one more. */
  lastOfBusiest(owner: object | undefined): Task | undefined {
    let busiest = new Set<Task>();
    for (const tasks of [...this.#owners.values(), ...this.#held.values()]) {
      if (tasks.size > busiest.size) busiest = tasks;
    }
    const key = owner ?? nobody;
    const own = (this.#held.get(key) ?? this.#owners.get(key))?.size ?? 0;
    return busiest.size > own + 1 ? [...busiest].at(-1) : undefined;
  }
}
