export * from './tap.ts';
