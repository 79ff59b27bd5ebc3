import { readWords } from './words.ts';

/** Keys and sequences of keys beyond these are not remembered: they are those of dictionaries. */
const mostShapes = 2_048;
export const longestSequence = 32;
const longestKeyBytes = 64;
const unmatchableSize = 0x3fff_ffff;

/**
 * One key of an object after certain others: objects of the same form follow the same path of shapes,
 * so that each key is recognised by its bytes, is a string that exists already, and is known not to
 * repeat another of its object.
 */
export class Shape {
  readonly key: string;
  /** The key as it was encoded. */
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** How many bytes these are; more than there can be where no key is known yet. */
  readonly size: number;
  readonly parent: Shape | undefined;
  /** How many keys there are up to this one. */
  readonly length: number;
  /** Made when there is one: the last key of an object has none. */
  #children: Map<string, Shape> | undefined;
  /** The child that came last. */
  next: Shape;
  /** The first key of the last object that was the value of this key, or was somewhere in it. */
  inner: Shape;

  constructor(key: string, bytes: Uint8Array, parent: Shape | undefined) {
    this.key = key;
    this.bytes = bytes;
    this.words = readWords(bytes);
    this.size = parent === undefined ? unmatchableSize : bytes.length;
    this.parent = parent;
    this.length = parent === undefined ? 0 : parent.length + 1;
    this.next = parent === undefined ? this : unknownShape;
    this.inner = this.next;
  }

  findChild(key: string): Shape | undefined {
    return this.#children?.get(key);
  }

  addChild(child: Shape): void {
    this.#children ??= new Map();
    this.#children.set(child.key, child);
  }
}

/** What is expected where nothing came yet. */
const unknownShape = new Shape('', new Uint8Array(), undefined);

/** The shapes of the objects decoded lately. */
export class ShapeTable {
  #root = createRoot();
  #count = 0;

  /** The shape before the first key. */
  get root(): Shape {
    return this.#root;
  }

  /**
   * The shape of a key after another, which becomes the one expected there; undefined when the key
   * repeats an earlier one or is not to be remembered.
   */
  find(parent: Shape, key: string, bytes: Uint8Array): Shape | undefined {
    const child = parent.findChild(key) ?? this.#create(parent, key, bytes);
    if (child !== undefined) parent.next = child;
    return child;
  }

  #create(parent: Shape, key: string, bytes: Uint8Array): Shape | undefined {
    // An assignment to `__proto__` would not make a property of it.
    if (key === '__proto__') return undefined;
    if (parent.length >= longestSequence || bytes.length > longestKeyBytes) return undefined;
    for (let shape = parent; shape.parent !== undefined; shape = shape.parent) {
      if (shape.key === key) return undefined;
    }
    if (this.#count >= mostShapes) {
      this.#root = createRoot();
      this.#count = 0;
      return undefined;
    }
    this.#count += 1;
    // A property's name is unique in V8, so that to look it up or compare it is to compare addresses.
    const [name = key] = Object.keys({ [key]: true });
    const child = new Shape(name, Uint8Array.from(bytes), parent);
    parent.addChild(child);
    return child;
  }
}

function createRoot(): Shape {
  const root = new Shape('', new Uint8Array(), undefined);
  root.next = unknownShape;
  root.inner = unknownShape;
  return root;
}
