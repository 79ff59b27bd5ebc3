export * from './bytes.ts';
export * from './codec.ts';
export * from './codecs.ts';
export * from './json.ts';
export * from './struct/index.ts';
export { text } from './text.ts';
export * from './codec-of.ts';
export * from './endpoint.ts';
export * from './values.ts';
