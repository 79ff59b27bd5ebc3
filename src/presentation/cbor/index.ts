export { cbor } from './cbor.ts';
export type { CborOptions } from './options.ts';
export { Simple, Tagged } from './values.ts';
