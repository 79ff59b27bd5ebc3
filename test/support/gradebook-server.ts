import { gradebookMigrations, implementGradebook } from '../../src/applications/gradebook/index.ts';
import type { GradebookTables } from '../../src/applications/gradebook/index.ts';
import { serveServices } from '../../src/service/index.ts';
import { openStore } from '../../src/store/index.ts';

/*
 * Serves the gradebook of a store to an administrator whom nobody asks for a session, for runs that start
 * and kill it: `gradebook-server.ts PLACE`. Prints its port; ends with its stdin.
 */
const [place = ''] = process.argv.slice(2);
const store = await openStore<GradebookTables>(place, gradebookMigrations);
const caller = { account: 'administrator', role: 'administrator' } as const;
const server = await serveServices(
  'json+tcp://127.0.0.1:0',
  [await implementGradebook(store, () => caller)],
  { maxFrameBytes: 16_777_216 },
);
const { transport } = server.endpoint;
process.stdout.write(`${transport.transport === 'tcp' ? transport.port : 0}\n`);
process.stdin.on('end', () => void server.close(0).then(() => store.close()));
process.stdin.resume();
