import { Buffer } from 'node:buffer';
import { endianness } from 'node:os';

/** One sort of typed array and its tags (RFC 8746, section 2.1): the same where elements are bytes. */
interface Kind {
  readonly bigEndianTag: number;
  readonly littleEndianTag: number;
  readonly elementBytes: 1 | 2 | 4 | 8;
  readonly create: (buffer: ArrayBuffer) => NodeJS.TypedArray;
}

/** An array in the form in which it travels. */
export interface EncodedArray {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

const isLittleEndianHere = endianness() === 'LE';

function defineKind(
  bigEndianTag: number,
  littleEndianTag: number,
  elementBytes: Kind['elementBytes'],
  create: Kind['create'],
): Kind {
  return { bigEndianTag, littleEndianTag, elementBytes, create };
}

const kinds = new Map<string, Kind>([
  ['Uint8Array', defineKind(64, 64, 1, (buffer) => new Uint8Array(buffer))],
  ['Uint8ClampedArray', defineKind(68, 68, 1, (buffer) => new Uint8ClampedArray(buffer))],
  ['Uint16Array', defineKind(65, 69, 2, (buffer) => new Uint16Array(buffer))],
  ['Uint32Array', defineKind(66, 70, 4, (buffer) => new Uint32Array(buffer))],
  ['BigUint64Array', defineKind(67, 71, 8, (buffer) => new BigUint64Array(buffer))],
  ['Int8Array', defineKind(72, 72, 1, (buffer) => new Int8Array(buffer))],
  ['Int16Array', defineKind(73, 77, 2, (buffer) => new Int16Array(buffer))],
  ['Int32Array', defineKind(74, 78, 4, (buffer) => new Int32Array(buffer))],
  ['BigInt64Array', defineKind(75, 79, 8, (buffer) => new BigInt64Array(buffer))],
  ['Float16Array', defineKind(80, 84, 2, (buffer) => new Float16Array(buffer))],
  ['Float32Array', defineKind(81, 85, 4, (buffer) => new Float32Array(buffer))],
  ['Float64Array', defineKind(82, 86, 8, (buffer) => new Float64Array(buffer))],
]);

const kindsByTag = new Map<number, Kind>();
for (const kind of kinds.values()) {
  kindsByTag.set(kind.bigEndianTag, kind);
  kindsByTag.set(kind.littleEndianTag, kind);
}

/** Whether typed arrays of this tag have a JavaScript form: those of 128-bit floats do not. */
export function isTypedArrayTag(tag: number): boolean {
  return kindsByTag.has(tag);
}

/** The tag and the elements of a typed array, with the least significant bytes first everywhere. */
export function encodeTypedArray(array: NodeJS.TypedArray): EncodedArray {
  const kind = kinds.get(array[Symbol.toStringTag]);
  if (kind === undefined) throw new TypeError(`${array[Symbol.toStringTag]} is not a typed array`);
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  return {
    tag: kind.littleEndianTag,
    bytes: isLittleEndianHere ? bytes : swapElements(Buffer.from(bytes), kind),
  };
}

/** The array that a tag makes of bytes, which are copied; undefined when they end inside an element. */
export function decodeTypedArray(tag: number, bytes: Uint8Array): NodeJS.TypedArray | undefined {
  const kind = kindsByTag.get(tag);
  if (kind === undefined || bytes.length % kind.elementBytes !== 0) return undefined;
  const buffer = new ArrayBuffer(bytes.length);
  const copy = Buffer.from(buffer);
  copy.set(bytes);
  if ((tag === kind.littleEndianTag) !== isLittleEndianHere) swapElements(copy, kind);
  return kind.create(buffer);
}

function swapElements(bytes: Buffer, kind: Kind): Buffer {
  if (kind.elementBytes === 2) return bytes.swap16();
  if (kind.elementBytes === 4) return bytes.swap32();
  return kind.elementBytes === 8 ? bytes.swap64() : bytes;
}
