import { pathStep, shorten } from '../path.ts';
import { LayoutError } from './layout-error.ts';

const space = /\s*/y;
const namePattern = /[\p{ID_Start}_$][\p{ID_Continue}$]*/uy;
const integerPattern = /-?(?:0x[0-9a-f]+|[0-9]+)/iy;

/** Cuts the text of a layout into names, integers and marks, and says where it departs. */
export class LayoutText {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the next token begins, in UTF-16 units. */
  get offset(): number {
    this.#match(space);
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.offset === this.#text.length;
  }

  isNext(mark: string): boolean {
    return this.#text.startsWith(mark, this.offset);
  }

  /** Moves past `mark` if it comes next, and returns whether it did. */
  accept(mark: string): boolean {
    if (!this.isNext(mark)) return false;
    this.#at += mark.length;
    return true;
  }

  /** Moves past `mark`, which must come next. */
  expect(mark: string): void {
    if (!this.accept(mark)) throw this.departure(`expected "${mark}"`);
  }

  /** The name that comes next; `expected` says what it is, for the error. */
  readName(expected: string): string {
    this.#match(space);
    const name = this.#match(namePattern);
    if (name === '') throw this.departure(`expected ${expected}`);
    if (name === '__proto__') {
      this.#at -= name.length;
      throw this.departure('expected another name');
    }
    return name;
  }

  /** The integer that comes next, as it is written: decimal or, after `0x`, hexadecimal. */
  readInteger(): string {
    const text = this.acceptInteger();
    if (text === undefined) throw this.departure('expected an integer');
    return text;
  }

  /** As {@link readInteger}, or undefined when what comes next is not an integer. */
  acceptInteger(): string | undefined {
    this.#match(space);
    const text = this.#match(integerPattern);
    return text === '' ? undefined : text;
  }

  /** The error for what comes next, or for what is at `offset`. */
  departure(expected: string, offset: number = this.offset): LayoutError {
    const found =
      offset >= this.#text.length
        ? 'the end'
        : JSON.stringify(shorten(this.#text.slice(offset), 12));
    return new LayoutError(
      'LAYOUT_SYNTAX',
      `The layout departs from the notation at ${offset}: ${expected}, got ${found}`,
      { details: { offset, expected, found } },
    );
  }

  /** The error for a field declared twice. */
  duplicate(name: string, offset: number): LayoutError {
    return this.departure(`expected a name other than ${pathStep(name).slice(1)}`, offset);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [matched = ''] = pattern.exec(this.#text) ?? [];
    this.#at += matched.length;
    return matched;
  }
}
