import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openStore } from '../../src/store/index.ts';
import { countBatches, noteMigrations } from '../support/notes.ts';
import type { NoteTables } from '../support/notes.ts';
import { eachStore } from '../support/stores.ts';

/** What is compiled once, for all the processes that are started and killed here. */
const compiled = mkdtempSync(join(tmpdir(), 'guichet-crash-'));
after(() => rmSync(compiled, { recursive: true, force: true }));

const writer = join(import.meta.dirname, '..', 'support', 'crash-writer.ts');

/** Has a process write until it is killed; the batches that it said were done. */
async function writeUntilKilled(place: string, round: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', writer, place, String(round)],
    { env: { ...process.env, NODE_COMPILE_CACHE: compiled } },
  );
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await once(child.stdout, 'data');
  setTimeout(() => child.kill('SIGKILL'), Math.random() * 40);
  await once(child, 'close');
  assert.equal(errors, '');
  // The last line may have been cut by the kill; it is then not told apart from none.
  return output.split('\n').slice(0, -1);
}

eachStore(
  'killed among gathered writes, it has all it acknowledged, and no half batch',
  async (store) => {
    const place = await store.makePlace();
    const rounds = store.kind === 'sqlite' ? 50 : 10;
    const acknowledged: string[] = [];
    for (let round = 0; round < rounds; round += 2) {
      const both = await Promise.all([
        writeUntilKilled(place, round),
        writeUntilKilled(place, round + 1),
      ]);
      acknowledged.push(...both.flat());
    }
    await using opened = await openStore<NoteTables>(place, noteMigrations);
    const kept = await opened.read(countBatches);
    assert.ok(acknowledged.length > rounds);
    for (const batch of acknowledged) assert.equal(kept.get(batch), 2, `${batch} is lost`);
    for (const [batch, count] of kept) assert.equal(count, 2, `${batch} is there by half`);
    assert.ok((await opened.check()).isSound);
  },
);
