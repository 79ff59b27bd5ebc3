/** What a {@link CallTable} holds. */
export interface Numbered {
  readonly number: number;
}

const leastSlots = 16;

/**
 * Calls by number, of which each has a greater one than the last. A `Map` would do; but one that is
 * added to and taken from all the time makes a new table ever so often, and V8 lets each table that grew
 * old keep all later ones, with the calls in them, until the next full collection: calls took a sixth
 * longer.
 */
export class CallTable<Call extends Numbered> {
  /** A call stands at its number modulo the number of slots, which is a power of two. */
  #slots: (Call | undefined)[] = makeSlots(leastSlots);
  #size = 0;
  #last = 0;

  get size(): number {
    return this.#size;
  }

  /** A number for the next call, whose slot is free. It is taken once the call is added. */
  next(): number {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    const slots = this.#slots;
    const mask = slots.length - 1;
    do this.#last++;
    while (slots[this.#last & mask] !== undefined);
    return this.#last;
  }

  add(call: Call): void {
    this.#slots[call.number & (this.#slots.length - 1)] = call;
    this.#size++;
  }

  get(number: number): Call | undefined {
    const call = this.#slots[number & (this.#slots.length - 1)];
    return call?.number === number ? call : undefined;
  }

  /** Takes the call out; nothing happens when it is not there. */
  delete(call: Call): boolean {
    const place = call.number & (this.#slots.length - 1);
    if (this.#slots[place] !== call) return false;
    this.#slots[place] = undefined;
    this.#size--;
    return true;
  }

  /** All calls, from the oldest on. */
  values(): Call[] {
    const calls = this.#slots.filter((call) => call !== undefined);
    return calls.sort((first, second) => first.number - second.number);
  }

  #grow(): void {
    const before = this.#slots;
    const slots = makeSlots<Call>(before.length * 2);
    for (const call of before) {
      if (call !== undefined) slots[call.number & (slots.length - 1)] = call;
    }
    this.#slots = slots;
  }
}

function makeSlots<Call>(count: number): (Call | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}
