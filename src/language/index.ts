export * from './calculator.ts';
export * from './calculate.ts';
export * from './call.ts';
export * from './commands.ts';
export * from './echo.ts';
export * from './errors.ts';
export * from './language.ts';
export * from './watch.ts';
