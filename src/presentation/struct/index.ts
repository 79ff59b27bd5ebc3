export * from './addresses.ts';
export * from './arrays.ts';
export * from './big-integers.ts';
export * from './byte-fields.ts';
export { boolean, enumeration, flags } from './choices.ts';
export type { CountedBytesOptions, CountedItemsOptions } from './counts.ts';
export { defaultMaxFieldBytes, defaultMaxFieldItems } from './counts.ts';
export * from './field-type.ts';
export { constant, FillerType, padding } from './fillers.ts';
export * from './floats.ts';
export * from './integers.ts';
export { LayoutError } from './layout-error.ts';
export type { LayoutErrorCode } from './layout-error.ts';
export * from './parse-layout.ts';
export type { Reader } from './reader.ts';
export * from './strings.ts';
export { struct, StructType } from './struct.ts';
export type {
  AnyStructType,
  Fields,
  StructEncodable,
  StructOptions,
  StructValue,
} from './struct.ts';
export { union } from './union.ts';
export type { UnionEncodable, UnionValue, Variants } from './union.ts';
export type { Writer } from './writer.ts';
