import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Lets the transports have the chunks of a flood collected in time (src/transport/reclaim.ts).
setFlagsFromString('--expose-gc');
globalThis.gc ??= runInNewContext('gc') as NodeJS.GCFunction;

// What this process starts, students' programs among them, has caches of its own.
delete process.env['NODE_COMPILE_CACHE'];

const { runCommandLine } = await import('./program.ts');
// A server may run for weeks and be killed: what loading it has cost is kept at once.
setTimeout(flushCompileCache, 500).unref();
// Everything said has left by then. A connection left to its peer's own time must not hold us.
process.exit(await runCommandLine(process.argv.slice(2)));
