import type { HeaderField, HttpHeaders } from './headers.ts';

/** A bit for a name of so many characters that begins and ends so, in any case. */
function bitOf(length: number, first: number, last: number): number {
  return 1 << (((first | 0x20) + (last | 0x20) * 3 + length * 7) & 31);
}

/**
 * Field lines found in a message head, as places in its text: names and values are cut out when they
 * are asked for, since most never are. Names match in any case; a bit mask tells at once that most are
 * not there.
 */
export class ParsedHeaders implements HttpHeaders {
  readonly #text: string;
  /** Four places for each line: where its name begins and ends, where its value begins and ends. */
  readonly #places: readonly number[];
  readonly #mask: number;

  constructor(text: string, places: readonly number[]) {
    this.#text = text;
    this.#places = places;
    let mask = 0;
    for (let index = 0; index < places.length; index += 4) {
      const start = places[index] ?? 0;
      const end = places[index + 1] ?? 0;
      mask |= bitOf(end - start, text.charCodeAt(start), text.charCodeAt(end - 1));
    }
    this.#mask = mask;
  }

  get size(): number {
    return this.#places.length / 4;
  }

  has(name: string): boolean {
    return this.#find(name, 0) !== -1;
  }

  get(name: string): string | undefined {
    let index = this.#find(name, 0);
    if (index === -1) return undefined;
    let value = this.#valueAt(index);
    while ((index = this.#find(name, index + 4)) !== -1) value += `, ${this.#valueAt(index)}`;
    return value;
  }

  values(name: string): readonly string[] {
    const values: string[] = [];
    for (let index = this.#find(name, 0); index !== -1; index = this.#find(name, index + 4)) {
      values.push(this.#valueAt(index));
    }
    return values;
  }

  *[Symbol.iterator](): Generator<HeaderField> {
    for (let index = 0; index < this.#places.length; index += 4) {
      const name = this.#text.slice(this.#places[index], this.#places[index + 1]);
      yield [name.toLowerCase(), this.#valueAt(index)];
    }
  }

  #valueAt(index: number): string {
    return this.#text.slice(this.#places[index + 2], this.#places[index + 3]);
  }

  /** The first line of that name from a place on, or -1. */
  #find(name: string, from: number): number {
    const { length } = name;
    const bit = bitOf(length, name.charCodeAt(0), name.charCodeAt(length - 1));
    if ((this.#mask & bit) === 0) return -1;
    const places = this.#places;
    for (let index = from; index < places.length; index += 4) {
      const start = places[index] ?? 0;
      if ((places[index + 1] ?? 0) - start === length && this.#isAt(name, start)) return index;
    }
    return -1;
  }

  #isAt(name: string, start: number): boolean {
    for (let index = 0; index < name.length; index++) {
      const one = this.#text.charCodeAt(start + index);
      const other = name.charCodeAt(index);
      if (one === other) continue;
      const lower = one | 0x20;
      if (lower !== (other | 0x20) || lower < 0x61 || lower > 0x7a) return false;
    }
    return true;
  }
}
