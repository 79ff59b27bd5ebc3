export * from './application.ts';
export * from './report.ts';
export * from './server.ts';
