import { flushCompileCache } from 'node:module';
import { openStore } from '../../src/store/index.ts';
import { addBatch, noteMigrations } from './notes.ts';
import type { NoteTables } from './notes.ts';

// Adds batches from 16 clients at a time until it is killed, and prints each one that was acknowledged.
const [place = '', round = ''] = process.argv.slice(2);
const store = await openStore<NoteTables>(place, noteMigrations);
await store.read((query) => query.selectFrom('notes').select('id').limit(1).execute());
// Whoever is killed keeps nothing: what loading has cost is kept now, for the next ones.
if (round === '0') flushCompileCache();
await Promise.all(
  Array.from({ length: 16 }, async (_, client) => {
    for (let index = 0; ; index++) {
      const batch = `${round}-${client}-${index}`;
      await store.write((__, run) => addBatch(run, batch));
      process.stdout.write(`${batch}\n`);
    }
  }),
);
