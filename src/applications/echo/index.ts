export * from './application.ts';
export * from './client.ts';
export * from './diagnosis.ts';
export * from './server.ts';
