/**
 * Whether two values are the same graph: equal at each place, and shared at the same places. Each pair
 * of objects is looked at once, so that shared values cost no more than others;
 * `util.isDeepStrictEqual` takes time that doubles with each level of sharing. Objects of the classes
 * in `valueClasses` are values: where they are shared does not count.
 */
export function isSameGraph(
  first: unknown,
  second: unknown,
  valueClasses: readonly (abstract new (...parameters: never) => object)[] = [],
): boolean {
  return new GraphComparison(valueClasses.map((each) => each.prototype as object)).compare(
    first,
    second,
  );
}

class GraphComparison {
  readonly #secondOf = new Map<object, object>();
  readonly #firstOf = new Map<object, object>();
  readonly #valuePrototypes: readonly object[];

  constructor(valuePrototypes: readonly object[]) {
    this.#valuePrototypes = valuePrototypes;
  }

  compare(first: unknown, second: unknown): boolean {
    if (!isObject(first) || !isObject(second)) return Object.is(first, second);
    const prototype: unknown = Object.getPrototypeOf(first);
    if (prototype !== Object.getPrototypeOf(second)) return false;
    if (!this.#valuePrototypes.some((each) => each === prototype)) {
      const paired = this.#secondOf.get(first);
      if (paired !== undefined || this.#firstOf.has(second)) return paired === second;
      this.#secondOf.set(first, second);
      this.#firstOf.set(second, first);
    }
    if (ArrayBuffer.isView(first) && ArrayBuffer.isView(second)) {
      return toBuffer(first).equals(toBuffer(second));
    }
    if (first instanceof Date && second instanceof Date) {
      return Object.is(first.getTime(), second.getTime());
    }
    if (first instanceof RegExp && second instanceof RegExp) return `${first}` === `${second}`;
    if (first instanceof Map && second instanceof Map) {
      return this.#compareAll([...first].flat(), [...second].flat());
    }
    if (first instanceof Set && second instanceof Set) {
      return this.#compareAll([...first], [...second]);
    }
    if (Array.isArray(first) && Array.isArray(second)) return this.#compareAll(first, second);
    return this.#compareAll(Object.entries(first).flat(), Object.entries(second).flat());
  }

  #compareAll(first: readonly unknown[], second: readonly unknown[]): boolean {
    return (
      first.length === second.length &&
      first.every((item, index) => this.compare(item, second[index]))
    );
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function toBuffer(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}
