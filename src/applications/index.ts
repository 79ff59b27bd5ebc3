export * from './application.ts';
export * from './echo/index.ts';
export { httpApplication } from './http/application.ts';
export * from './message/index.ts';
export * from './registry.ts';
export * from './services/index.ts';
export { calculatorApplication } from './calculator/application.ts';
