export * from './hexdump.ts';
export * from './metrics-text.ts';
export * from './metrics.ts';
export * from './printable.ts';
export * from './tap.ts';
export * from './watch.ts';
