import * as fc from 'fast-check';
import { Simple, Tagged } from 'guichet/presentation';

/**
 * A value with all that is shared in it, spelt out as JSON that Python can write and read as well.
 * Containers are numbered as they are met, and met again they are `{ same: number }`. What has no order
 * stands in the order of its keys.
 */
export type Description =
  | null
  | boolean
  | { readonly integer: string }
  /** The 8 bytes of a double, in hexadecimal. */
  | { readonly float: string }
  | { readonly text: string }
  | { readonly bytes: string }
  /** Milliseconds since 1970. */
  | { readonly date: number }
  | { readonly undefined: true }
  | { readonly simple: number }
  | { readonly tag: string; readonly content: Description }
  | { readonly same: number }
  | { readonly array: readonly Description[] }
  | { readonly set: readonly Description[] }
  | { readonly object: readonly Entry[] }
  | { readonly map: readonly Entry[] };

type Entry = readonly [key: Description, value: Description];

/** Two values with the same description cannot be told apart, whatever one follows in them. */
export function describeValue(value: unknown): Description {
  return new Describer().describe(value);
}

class Describer {
  readonly #numbers = new Map<object, number>();

  describe(value: unknown): Description {
    switch (typeof value) {
      case 'number':
        return describeNumber(value);
      case 'bigint':
        return { integer: `${value}` };
      case 'string':
        return { text: value };
      case 'undefined':
        return { undefined: true };
      case 'boolean':
        return value;
      case 'object':
        return value === null ? null : this.#describeObject(value);
      default:
        throw new TypeError(`a ${typeof value} cannot be described`);
    }
  }

  #describeObject(value: object): Description {
    if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
    if (value instanceof Date) return { date: value.getTime() };
    if (value instanceof Simple) return { simple: value.value };
    if (value instanceof Tagged) {
      return { tag: `${value.tag}`, content: this.describe(value.value) };
    }
    const number = this.#numbers.get(value);
    if (number !== undefined) return { same: number };
    this.#numbers.set(value, this.#numbers.size);
    if (Array.isArray(value)) return { array: value.map((element) => this.describe(element)) };
    if (value instanceof Set) return { set: this.#describeElements([...value]) };
    if (value instanceof Map) return { map: this.#describeEntries([...value]) };
    return { object: this.#describeEntries(Object.entries(value)) };
  }

  #describeElements(elements: readonly unknown[]): Description[] {
    const descriptions = elements.map((element) => this.describe(element));
    const hasOrder = elements.some((element) => typeof element === 'object' && element !== null);
    return hasOrder ? descriptions : sortByText(descriptions, (description) => description);
  }

  #describeEntries(entries: readonly (readonly [unknown, unknown])[]): Entry[] {
    const described = entries.map(([key, value]) => ({ key: this.describe(key), value }));
    return sortByText(described, ({ key }) => key).map(({ key, value }) => [
      key,
      this.describe(value),
    ]);
  }
}

function describeNumber(number: number): Description {
  if (Number.isSafeInteger(number) && !Object.is(number, -0)) return { integer: `${number}` };
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(Number.isNaN(number) ? Number.NaN : number);
  return { float: bytes.toString('hex') };
}

/** In the order of the UTF-8 bytes of their JSON, which is the same in every language. */
function sortByText<Item>(items: readonly Item[], select: (item: Item) => Description): Item[] {
  const keyed = items.map((item) => ({ item, bytes: Buffer.from(JSON.stringify(select(item))) }));
  return keyed
    .sort((first, second) => Buffer.compare(first.bytes, second.bytes))
    .map(({ item }) => item);
}

const integers: fc.Arbitrary<number | bigint> = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.maxSafeInteger(),
  fc
    .bigInt({ min: -(2n ** 80n), max: 2n ** 80n })
    .map((integer) =>
      integer >= Number.MIN_SAFE_INTEGER && integer <= Number.MAX_SAFE_INTEGER
        ? Number(integer)
        : integer,
    ),
);
const texts: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ minLength: 60, maxLength: 300 }),
);
/** Values that a set and the keys of a Map may be in any language: integers and texts. */
const keys: fc.Arbitrary<unknown> = fc.oneof(integers, texts);

/** Values that hold no others: numbers, texts, byte strings, dates… */
export const leaves: fc.Arbitrary<unknown> = fc.oneof(
  integers,
  fc.double(),
  fc.float(),
  fc.integer({ min: -(2 ** 12), max: 2 ** 12 }).map((half) => half / 64),
  texts,
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 40 }),
  fc.date({ min: new Date('1000-01-01'), max: new Date('9000-01-01'), noInvalidDate: true }),
);

type Build = (nodes: readonly unknown[]) => unknown;

/** Of a node, what it holds: leaves, and by their numbers other nodes or itself. */
const members: fc.Arbitrary<Build> = fc.oneof(
  {
    weight: 2,
    arbitrary: leaves.map(
      (leaf): Build =>
        () =>
          leaf,
    ),
  },
  {
    weight: 3,
    arbitrary: fc.nat(1_000).map(
      (number): Build =>
        (nodes) =>
          nodes[number % nodes.length],
    ),
  },
);

interface Node {
  readonly container: object;
  fill(nodes: readonly unknown[]): void;
}

/** Made anew each time a value is, so that the values fast-check compares share nothing. */
const nodes: fc.Arbitrary<() => Node> = fc.oneof(
  fc.array(members, { maxLength: 6 }).map((elements) => () => {
    const container: unknown[] = [];
    const fill: Node['fill'] = (all) => {
      container.push(...elements.map((build) => build(all)));
    };
    return { container, fill };
  }),
  fc.array(fc.tuple(texts, members), { maxLength: 6 }).map((entries) => () => {
    const container = {};
    const fill: Node['fill'] = (all) => {
      for (const [key, build] of entries) {
        Object.defineProperty(container, key, {
          value: build(all),
          configurable: true,
          enumerable: true,
          writable: true,
        });
      }
    };
    return { container, fill };
  }),
  fc.array(fc.tuple(keys, members), { maxLength: 6 }).map((entries) => () => {
    const container = new Map<unknown, unknown>();
    const fill: Node['fill'] = (all) => {
      for (const [key, build] of entries) container.set(key, build(all));
    };
    return { container, fill };
  }),
);

/** Objects, arrays and Maps that hold one another in any way, cycles included. */
export const graphs: fc.Arbitrary<unknown> = fc
  .array(nodes, { minLength: 1, maxLength: 10 })
  .map((factories) => {
    const all = factories.map((create) => create());
    const containers = all.map(({ container }) => container);
    for (const node of all) node.fill(containers);
    return containers[0];
  });

/** Sets of keys, and values under tags: what only some of the peers keep the identity of. */
export const rarities: fc.Arbitrary<unknown> = fc.oneof(
  fc.uniqueArray(keys, { maxLength: 8 }).map((elements) => new Set(elements)),
  fc
    .tuple(fc.integer({ min: 40_000, max: 50_000 }), leaves)
    .map(([tag, leaf]) => new Tagged(tag, leaf)),
  fc.oneof(fc.nat(19), fc.integer({ min: 32, max: 255 })).map((value) => new Simple(value)),
);
