/** The place of one item in a {@link Chain}, or in none. */
export class Link<Item> {
  readonly item: Item;
  previous: Link<Item> | undefined;
  next: Link<Item> | undefined;

  constructor(item: Item) {
    this.item = item;
  }
}

/**
 * Items in the order they came, each of which can be taken out from where it stands. A `Map` or a `Set`
 * that is added to and taken from all the time makes a new table ever so often, and V8 lets each table
 * that grew old keep all later ones until the next full collection; a chain leaves nothing behind.
 */
export class Chain<Item> implements Iterable<Item> {
  #first: Link<Item> | undefined;
  #last: Link<Item> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Link<Item> | undefined {
    return this.#first;
  }

  get last(): Link<Item> | undefined {
    return this.#last;
  }

  /** Puts an item that is in no chain behind the others. */
  add(link: Link<Item>): void {
    link.previous = this.#last;
    if (this.#last === undefined) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    this.#size++;
  }

  /** Takes an item of this chain out. */
  remove(link: Link<Item>): void {
    const { previous, next } = link;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    link.previous = undefined;
    link.next = undefined;
    this.#size--;
  }

  *[Symbol.iterator](): Generator<Item, void, undefined> {
    for (let link = this.#first; link !== undefined; link = link.next) yield link.item;
  }
}
