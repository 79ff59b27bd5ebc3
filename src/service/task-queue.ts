import { Chain, Link } from './chain.ts';

/** What waits in a {@link TaskQueue}. */
export interface Owned {
  /** Whose it is. */
  readonly owner: object | undefined;
  /** Where it stands among its owner's, while it waits: the queue's own. */
  link?: Link<this> | undefined;
}

/** Who owns what nobody in particular does. */
const nobody: object = {};

/** Milliseconds by which owners may differ: those who do so little do not pay for the order they come in. */
const turnTime = 0.1;

/** The most that an owner can be ahead of the others, in milliseconds of work: a stall is forgiven. */
const maxAhead = 100;

/** What is known of an owner: its tasks that wait, and what it has had. */
class Owner<Task> {
  readonly tasks = new Chain<Task>();
  /** Its place among those whose turn comes, or among those that are held. */
  readonly link: Link<Owner<Task>> = new Link(this);
  isHeld = false;
  /** Up to when it has used its share, on the clock of the queue. */
  used = 0;
}

/**
 * Tasks of many owners who take turns: whoever has a thousand waiting gets no more done meanwhile than
 * whoever has one, and whoever's tasks take long waits until the others have had as much time (start-time
 * fair queueing, Goyal, Vin and Cheng 1996, with the cost told afterwards).
 */
export class TaskQueue<Task extends Owned> {
  readonly #known = new WeakMap<object, Owner<Task>>();
  /** The owners who have tasks; the one whose turn is next stands first. */
  readonly #ready = new Chain<Owner<Task>>();
  /** The owners whose turn does not come for now, with tasks or without. */
  readonly #held = new Chain<Owner<Task>>();
  /** Milliseconds of work that everybody who has tasks has had: time in which nobody waits is not counted. */
  #now = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(task: Task): void {
    const owner = this.#ownerOf(task.owner);
    const link = new Link(task);
    task.link = link;
    owner.tasks.add(link);
    if (owner.tasks.size === 1 && !owner.isHeld) this.#ready.add(owner.link);
    this.#size++;
  }

  /** Every task, in no order in particular. */
  get tasks(): readonly Task[] {
    return [...this.#ready, ...this.#held].flatMap((owner) => Array.from(owner.tasks));
  }

  /** Gives an owner no turn until {@link TaskQueue.release}. */
  hold(key: object): void {
    const owner = this.#ownerOf(key);
    if (owner.isHeld) return;
    if (owner.tasks.size > 0) this.#ready.remove(owner.link);
    owner.isHeld = true;
    this.#held.add(owner.link);
  }

  release(key: object): void {
    const owner = this.#ownerOf(key);
    if (!owner.isHeld) return;
    this.#held.remove(owner.link);
    owner.isHeld = false;
    if (owner.tasks.size > 0) this.#ready.add(owner.link);
  }

  /** The task whose turn it is, left where it is: of the first owner who is not ahead of the others. */
  first(): Task | undefined {
    let chosen: Owner<Task> | undefined;
    for (let link = this.#ready.first; link !== undefined; link = link.next) {
      const owner = link.item;
      if (chosen !== undefined && owner.used >= chosen.used) continue;
      chosen = owner;
      if (owner.used < this.#now + turnTime) break;
    }
    if (chosen === undefined) return undefined;
    this.#now = Math.max(this.#now, chosen.used);
    return chosen.tasks.first?.item;
  }

  /** Tells how many milliseconds a task took that was done. */
  charge(key: object | undefined, milliseconds: number): void {
    const owner = this.#ownerOf(key);
    const used = Math.max(owner.used, this.#now) + milliseconds;
    // Where nobody waits, nobody has had less.
    if (this.#size === 0) this.#now = used;
    owner.used = Math.min(used, this.#now + maxAhead);
  }

  /** Takes a task out to be done: its owner's next turn comes after everybody else's. */
  take(task: Task): void {
    const owner = this.#ownerOf(task.owner);
    if (!this.delete(task) || owner.isHeld || owner.tasks.size === 0) return;
    this.#ready.remove(owner.link);
    this.#ready.add(owner.link);
  }

  /** Takes a task out to be forgotten; false when it is not there. */
  delete(task: Task): boolean {
    const { link } = task;
    if (link === undefined) return false;
    task.link = undefined;
    const owner = this.#ownerOf(task.owner);
    owner.tasks.remove(link);
    if (owner.tasks.size === 0 && !owner.isHeld) this.#ready.remove(owner.link);
    this.#size--;
    return true;
  }

  /** The last task of the owner who has most, if that is more than this one would have with one more. */
  lastOfBusiest(key: object | undefined): Task | undefined {
    let busiest = this.#ownerOf(key);
    const own = busiest.tasks.size;
    for (const owners of [this.#ready, this.#held]) {
      for (const owner of owners) if (owner.tasks.size > busiest.tasks.size) busiest = owner;
    }
    return busiest.tasks.size > own + 1 ? busiest.tasks.last?.item : undefined;
  }

  #ownerOf(key: object = nobody): Owner<Task> {
    let owner = this.#known.get(key);
    if (owner === undefined) {
      owner = new Owner();
      this.#known.set(key, owner);
    }
    return owner;
  }
}
