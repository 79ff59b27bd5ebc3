import { start } from './start.ts';

await start(async () => {
  const { runCommandLine } = await import('./program.ts');
  const { sioux } = await import('./sioux-command.ts');
  return (args) => runCommandLine(args, sioux);
});
