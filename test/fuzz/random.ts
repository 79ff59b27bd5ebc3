/**
 * A small, fast generator (sfc32) whose numbers depend only on the seed and the stream, so that input
 * N of a run can be made again without those before it.
 */
export class Random {
  #first: number;
  #second: number;
  #third = 0x9e37_79b9;
  #counter = 1;

  constructor(seed: number, stream = 0) {
    this.#first = seed | 0;
    this.#second = stream | 0;
    // The first numbers of neighbouring seeds resemble one another.
    for (let round = 0; round < 12; round += 1) this.next();
  }

  /** A whole number from 0 to 4,294,967,295. */
  next(): number {
    const sum = (this.#first + this.#second + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#first = this.#second ^ (this.#second >>> 9);
    this.#second = (this.#third + (this.#third << 3)) | 0;
    this.#third = (((this.#third << 21) | (this.#third >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number from 0 to `bound` - 1; 0 where the bound is 0. */
  below(bound: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * bound);
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('There is nothing to pick from');
    return item;
  }
}
