/** What waits in a {@link TaskQueue}. */
export interface Owned {
  /** Whose it is. */
  readonly owner: object | undefined;
}

/** Who owns what nobody in particular does. */
const nobody: object = {};

/**
 * Tasks of many owners who take turns: whoever has a thousand waiting gets no more done meanwhile than
 * whoever has one.
 */
export class TaskQueue<Task extends Owned> {
  /** The tasks of each owner that has some; the owner whose turn is next stands first. */
  readonly #owners = new Map<object, Set<Task>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(task: Task): void {
    const owner = task.owner ?? nobody;
    const tasks = this.#owners.get(owner);
    if (tasks === undefined) this.#owners.set(owner, new Set([task]));
    else tasks.add(task);
    this.#size++;
  }

  /** The task whose turn it is, left where it is. */
  first(): Task | undefined {
    const [tasks] = this.#owners.values();
    if (tasks === undefined) return undefined;
    const [task] = tasks;
    return task;
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
    const tasks = this.#owners.get(owner);
    if (tasks === undefined || !tasks.delete(task)) return false;
    if (tasks.size === 0) this.#owners.delete(owner);
    this.#size--;
    return true;
  }

  /** The last task of the owner who has most, if that is more than this one would have with one more. */
  lastOfBusiest(owner: object | undefined): Task | undefined {
    let busiest = new Set<Task>();
    for (const tasks of this.#owners.values()) if (tasks.size > busiest.size) busiest = tasks;
    const own = this.#owners.get(owner ?? nobody)?.size ?? 0;
    return busiest.size > own + 1 ? [...busiest].at(-1) : undefined;
  }
}
