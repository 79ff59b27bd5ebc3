export type { Encoding } from './encodings.ts';
export { fileDefaults } from './options.ts';
export type { FileOptions, FileHeaderRule } from './options.ts';
export { serveFiles } from './serve-files.ts';
export type { FileHandler } from './serve-files.ts';
