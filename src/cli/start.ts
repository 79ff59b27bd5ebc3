import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Runs a command line as this process: prepares the process, loads the command line, and ends with its
 * exit code.
 */
export async function start(
  load: () => Promise<(args: readonly string[]) => Promise<number>>,
): Promise<never> {
  // Lets the transports have the chunks of a flood collected in time (src/transport/reclaim.ts).
  setFlagsFromString('--expose-gc');
  globalThis.gc ??= runInNewContext('gc') as NodeJS.GCFunction;

  // What this process starts, students' programs among them, has caches of its own.
  delete process.env['NODE_COMPILE_CACHE'];

  const run = await load();
  // A server may run for weeks and be killed: what loading it has cost is kept at once.
  setTimeout(flushCompileCache, 500).unref();
  // Everything said has left by then. A connection left to its peer's own time must not hold us.
  return process.exit(await run(process.argv.slice(2)));
}
