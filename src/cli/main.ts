import { runCommandLine } from './program.ts';

// Everything said has left by now. A connection left open to its peer's own time must not hold us.
process.exit(await runCommandLine(process.argv.slice(2)));
