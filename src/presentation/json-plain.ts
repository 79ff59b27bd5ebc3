import { CodecError } from './codec.ts';
import { pathStep } from './path.ts';

/**
 * Subtracts from `budget` the fewest bytes the value can take as JSON text and returns what is left,
 * or a negative number when the budget is spent or the value is not one `JSON.stringify` carries
 * unaltered: nested deeper than `depth`, cyclic (which is as deep as it gets), or with anything in it
 * but null, booleans, finite numbers, strings, arrays and plain objects.
 *
 * It says only that there is something, never what: this runs before every encode, and
 * {@link plainJson} looks again when it must.
 */
export function weighPlainJson(value: unknown, budget: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      return budget - value.length - 2;
    case 'number':
      return Number.isFinite(value) ? budget - 1 : -1;
    case 'boolean':
      return budget - 4;
    case 'object':
      break;
    default:
      return -1;
  }
  if (value === null) return budget - 4;
  if (depth === 0) return -1;
  let left = budget - 1;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      left = weighPlainJson(value[index], left - 1, depth - 1);
      if (left < 0) return left;
    }
    return left;
  }
  if (!isPlainObject(value)) return -1;
  // Twice as fast as Object.keys; an inherited enumerable key, which only a polluted
  // Object.prototype has, at worst leads to the slow path.
  for (const key in value) {
    left = weighPlainJson(value[key], left - key.length - 4, depth - 1);
    if (left < 0) return left;
  }
  return left;
}

interface CopyLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** Leaves out members that are undefined, in place of refusing them. */
  readonly omitsUndefined: boolean;
}

/**
 * A copy of the value made of null, booleans, finite numbers, strings, arrays and prototype-less
 * objects alone, each `toJSON` already asked.
 * @throws {CodecError} `UNENCODABLE`, `TOO_DEEP` or `TOO_LARGE` with `details.path`.
 */
export function plainJson(value: unknown, limits: CopyLimits): unknown {
  return new Copier(limits).copy(value, '', '', 0);
}

class Copier {
  readonly #maxBytes: number;
  readonly #maxDepth: number;
  readonly #omitsUndefined: boolean;
  /** The objects being copied, and where each was met: meeting one again is a cycle. */
  readonly #open = new Map<object, string>();
  #bytes = 0;

  constructor({ maxBytes, maxDepth, omitsUndefined }: CopyLimits) {
    this.#maxBytes = maxBytes;
    this.#maxDepth = maxDepth;
    this.#omitsUndefined = omitsUndefined;
  }

  copy(given: unknown, key: string, path: string, depth: number): unknown {
    const value = hasToJson(given) ? given.toJSON(key) : given;
    switch (typeof value) {
      case 'string':
        this.#spend(value.length + 2, path);
        return value;
      case 'number':
        if (!Number.isFinite(value))
          throw refuse(path, `${value}`, 'send null or a string instead');
        this.#spend(1, path);
        return value;
      case 'boolean':
        this.#spend(4, path);
        return value;
      case 'object':
        if (value === null) {
          this.#spend(4, path);
          return null;
        }
        return this.#copyObject(value, path, depth);
      case 'undefined':
        throw refuse(path, 'undefined', 'leave it out or send null');
      case 'bigint':
        throw refuse(path, 'a bigint', 'send it as a string');
      default:
        throw refuse(path, `a ${typeof value}`, 'leave it out');
    }
  }

  #copyObject(value: object, path: string, depth: number): unknown {
    const first = this.#open.get(value);
    if (first !== undefined) {
      const target = first === '' ? 'the whole value' : first;
      throw refuse(path, `a reference back to ${target}`, 'break the cycle or use cbor');
    }
    if (depth >= this.#maxDepth) {
      throw new CodecError(
        'TOO_DEEP',
        `The value nests deeper than ${this.#maxDepth}: flatten it or raise maxDepth`,
        { details: { path, limit: this.#maxDepth } },
      );
    }
    this.#spend(1, path);
    this.#open.set(value, path);
    const copied = Array.isArray(value)
      ? this.#copyArray(value, path, depth)
      : this.#copyMembers(value, path, depth);
    this.#open.delete(value);
    return copied;
  }

  #copyArray(value: readonly unknown[], path: string, depth: number): unknown[] {
    const copied: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      this.#spend(1, path);
      copied.push(this.copy(value[index], `${index}`, path + pathStep(index), depth + 1));
    }
    return copied;
  }

  #copyMembers(value: object, path: string, depth: number): Record<string, unknown> {
    if (!isPlainObject(value)) {
      throw refuse(
        path,
        describeInstance(value),
        'make it a plain object or give it a toJSON method',
      );
    }
    // Without a prototype `__proto__` is a name as any other.
    const copied = Object.create(null) as Record<string, unknown>;
    for (const key of Object.keys(value)) {
      if (this.#omitsUndefined && value[key] === undefined) continue;
      this.#spend(key.length + 4, path);
      copied[key] = this.copy(value[key], key, path + pathStep(key), depth + 1);
    }
    return copied;
  }

  #spend(bytes: number, path: string): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes) {
      throw new CodecError(
        'TOO_LARGE',
        `The value takes over ${this.#maxBytes} bytes as JSON: send less at once or raise maxBytes`,
        { details: { path, limit: this.#maxBytes } },
      );
    }
  }
}

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function hasToJson(value: unknown): value is { toJSON(key: string): unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toJSON' in value &&
    typeof value.toJSON === 'function'
  );
}

function describeInstance(value: object): string {
  const { constructor } = value;
  return typeof constructor === 'function' && constructor.name !== ''
    ? `an instance of ${constructor.name}`
    : 'an instance of a class';
}

function refuse(path: string, found: string, advice: string): CodecError {
  const place = path === '' ? 'The value' : path;
  return new CodecError('UNENCODABLE', `${place} is ${found}, which JSON cannot carry: ${advice}`, {
    details: { path, found },
  });
}
