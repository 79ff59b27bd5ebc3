import { start } from './start.ts';

await start(async () => (await import('./program.ts')).runCommandLine);
