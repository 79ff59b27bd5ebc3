export * from './averages.ts';
export * from './rational.ts';
export * from './statistics.ts';
