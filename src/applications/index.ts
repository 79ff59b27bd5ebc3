export * from './application.ts';
export * from './echo/index.ts';
export * from './message/index.ts';
export * from './registry.ts';
