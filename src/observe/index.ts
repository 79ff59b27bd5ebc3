export * from './hexdump.ts';
export * from './printable.ts';
export * from './tap.ts';
export * from './watch.ts';
