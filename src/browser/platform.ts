/** What the layers use of `node:util`, `node:os` and `node:fs/promises`, for where there is none. */

const typedArray = Object.getPrototypeOf(Uint8Array) as abstract new () => ArrayBufferView;

/** Kinds of objects, whatever they claim to be. */
export const types = {
  isDate: (value: unknown): boolean => value instanceof Date,
  isMap: (value: unknown): boolean => value instanceof Map,
  isSet: (value: unknown): boolean => value instanceof Set,
  isTypedArray: (value: unknown): boolean => value instanceof typedArray,
  isUint8Array: (value: unknown): boolean => value instanceof Uint8Array,
};

/** Whether two values of JSON or CBOR are the same. */
export function isDeepStrictEqual(first: unknown, second: unknown): boolean {
  if (Object.is(first, second)) return true;
  if (typeof first !== 'object' || typeof second !== 'object') return false;
  if (first === null || second === null) return false;
  if (Object.getPrototypeOf(first) !== Object.getPrototypeOf(second)) return false;
  if (first instanceof Date && second instanceof Date) return Number(first) === Number(second);
  if (first instanceof Map || first instanceof Set) {
    return isDeepStrictEqual([...first], [...(second as Iterable<unknown>)]);
  }
  const keys = Object.keys(first);
  return (
    keys.length === Object.keys(second).length &&
    keys.every(
      (key) =>
        Object.hasOwn(second, key) &&
        isDeepStrictEqual(Reflect.get(first, key), Reflect.get(second, key)),
    )
  );
}

/** Which end of a number comes first in memory. */
export function endianness(): 'LE' | 'BE' {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'LE' : 'BE';
}

/** A page reads no files: the certificates it trusts are the browser's. */
export function readFile(path: string): Promise<never> {
  return Promise.reject(new TypeError(`a page cannot read ${path}: leave the option out`));
}
