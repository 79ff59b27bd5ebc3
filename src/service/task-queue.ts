/** What waits in a {@link TaskQueue}. */
export interface Owned {
  /** Whose it is. */
  readonly owner: object | undefined;
}

/** Who owns what nobody in particular does. */
const nobody: object = {};

/** Milliseconds of work that one turn is worth: what a task took beyond them is paid for in turns. */
const turnTime = 0.1;

/** The most that an owner can owe, in milliseconds: a second's stall is forgiven after so many turns. */
const maxDebt = 100;

/**
 * Tasks of many owners who take turns: whoever has a thousand waiting gets no more done meanwhile than
 * whoever has one, and whoever's tasks take long waits for as many turns of the others (deficit round
 * robin, Shreedhar and Varghese 1995, with the cost told afterwards).
 */
export class TaskQueue<Task extends Owned> {
  /** The tasks of each owner that has some; the owner whose turn is next stands first. */
  readonly #owners = new Map<object, Set<Task>>();
  /** The tasks of the owners whose turn does not come for now. */
  readonly #held = new Map<object, Set<Task>>();
  /** Milliseconds of turns that owners still owe. */
  readonly #debts = new WeakMap<object, number>();
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

  /** The task whose turn it is, left where it is; owners in debt give their turn away. */
  first(): Task | undefined {
    for (let turns = this.#owners.size; turns > 1; turns--) {
      const [next] = this.#owners;
      if (next === undefined) return undefined;
      const [owner, tasks] = next;
      const debt = this.#debts.get(owner) ?? 0;
      if (debt < turnTime) break;
      this.#debts.set(owner, debt - turnTime);
      this.#owners.delete(owner);
      this.#owners.set(owner, tasks);
    }
    const [tasks] = this.#owners.values();
    if (tasks === undefined) return undefined;
    const [task] = tasks;
    return task;
  }

  /** Tells how many milliseconds a task took that was done. */
  charge(owner: object | undefined, milliseconds: number): void {
    if (owner === undefined) return;
    const debt = (this.#debts.get(owner) ?? 0) + milliseconds - turnTime;
    this.#debts.set(owner, Math.min(maxDebt, Math.max(0, debt)));
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
