export * from './averages.ts';
export type { Caller, FindAccount, KnownAccount, Role } from './caller.ts';
export { implementGradebook, type GradebookOptions } from './implement.ts';
export { gradebookLimits } from './limits.ts';
export * from './rational.ts';
export { type MemoryOptions } from './standing-memory.ts';
export { gradebook, type GradebookMethod } from './service.ts';
export * from './statistics.ts';
export { gradebookMigrations, type GradebookTables } from './tables.ts';
