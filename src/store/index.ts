export type { Kysely } from 'kysely';
export * from './errors.ts';
export { newIdentifier } from './identifier.ts';
export type { Migration } from './migrations.ts';
export { kindOfPlace, type StoreKind } from './kind.ts';
export { openStore } from './open.ts';
export { restoreStore } from './restore.ts';
export { Prepared, prepare, type Given, type QueryPlan } from './prepare.ts';
export { storeDefaults } from './store.ts';
export type {
  Outcome,
  Run,
  Store,
  StoreLimits,
  StoreOptions,
  StoreReport,
  StoreWork,
} from './store.ts';
