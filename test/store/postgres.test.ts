import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from 'pg';
import { StoreError, openStore } from '../../src/store/index.ts';
import { addBatch, countBatches, noteMigrations } from '../support/notes.ts';
import type { NoteTables } from '../support/notes.ts';
import { startPostgres } from '../support/postgres.ts';

const server = startPostgres();
after(() => server[Symbol.dispose]());

test('a server restarted under load: a short wait, nothing acknowledged lost, nothing twice', async () => {
  const place = await server.createDatabase();
  await using store = await openStore<NoteTables>(place, noteMigrations, { patience: 20_000 });
  const stopping = new AbortController();
  const acknowledged: string[] = [];
  const uncertain: string[] = [];
  const clients = Array.from({ length: 16 }, async (_, client) => {
    for (let index = 0; !stopping.signal.aborted; index++) {
      const batch = `${client}-${index}`;
      try {
        await store.write((__, run) => addBatch(run, batch));
        acknowledged.push(batch);
      } catch (error) {
        // A crash forgets which of its last transactions it had begun: that may be said, and no more.
        assert.ok(error instanceof StoreError && error.code === 'STORE_UNCERTAIN', String(error));
        uncertain.push(batch);
      }
    }
  });
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
    });
  for (let restart = 0; restart < 3; restart++) {
    const before = acknowledged.length;
    while (acknowledged.length < before + 100) await pause(5);
    server.stop();
    await pause(100);
    server.start();
  }
  const before = acknowledged.length;
  while (acknowledged.length < before + 100) await pause(5);
  stopping.abort();
  await Promise.all(clients);
  const kept = await store.read(countBatches);
  for (const batch of acknowledged) assert.equal(kept.get(batch), 2, `${batch} is lost`);
  for (const count of kept.values()) assert.equal(count, 2);
  const known = new Set([...acknowledged, ...uncertain]);
  for (const batch of kept.keys()) assert.ok(known.has(batch), `${batch} came from nowhere`);
});

test('connections ended by an administrator are made anew, and their work is done again', async () => {
  const place = await server.createDatabase();
  await using store = await openStore<NoteTables>(place, noteMigrations);
  const administrator = new Client({ connectionString: place });
  await administrator.connect();
  const endAll = (): Promise<unknown> =>
    administrator.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
  let attempts = 0;
  await store.write(async (_, run) => {
    attempts++;
    await addBatch(run, 'a');
    if (attempts === 1) await endAll();
  });
  assert.equal(attempts, 2);
  let reads = 0;
  const counts = await store.read(async (query) => {
    reads++;
    if (reads === 1) await endAll();
    return countBatches(query);
  });
  assert.equal(reads, 2);
  assert.deepEqual([...counts], [['a', 2]]);
  await administrator.end();
});

test('a commit that failed and whose answer was lost is done again', async () => {
  const place = await server.createDatabase();
  const administrator = new Client({ connectionString: place });
  await using store = await openStore<NoteTables>(place, noteMigrations);
  await administrator.connect();
  // At the commit the server first keeps what was changed, then ends the connection without a word.
  await administrator.query(`
    CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT count(*) FROM notes) = 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER leaving AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION leave();
  `);
  let attempts = 0;
  const write = store.write(async (_, run) => {
    attempts++;
    if (attempts > 1) await administrator.query('DROP TRIGGER IF EXISTS leaving ON notes');
    await addBatch(run, 'a');
  });
  await write;
  // The server undid it, said so when asked, and it was done again: once.
  assert.equal(attempts, 2);
  assert.deepEqual([...(await store.read(countBatches))], [['a', 2]]);
  await administrator.end();
});

test('a commit that was done and whose answer was lost is not done again', async () => {
  const place = await server.createDatabase();
  await (await openStore<NoteTables>(place, noteMigrations)).close();
  const folder = mkdtempSync(join(tmpdir(), 'guichet-proxy-'));
  const host = new URL(place.replace('@/', '@h/')).searchParams.get('host') ?? '';
  let isCutting = false;
  // Passes everything on, but for the answer to one commit: there it hangs up.
  const proxy = createServer((client) => {
    const upstream = connect(join(host, '.s.PGSQL.5432'));
    client.on('error', () => undefined).on('close', () => upstream.end());
    upstream.on('error', () => undefined).on('close', () => client.destroy());
    upstream.on('data', (bytes) => void client.write(bytes));
    client.on('data', (bytes) => {
      upstream.write(bytes);
      if (!isCutting || !bytes.includes('COMMIT')) return;
      isCutting = false;
      client.destroy();
    });
  });
  proxy.listen(join(folder, '.s.PGSQL.5432'));
  await once(proxy, 'listening');
  {
    await using store = await openStore<NoteTables>(
      place.replace(encodeURIComponent(host), encodeURIComponent(folder)),
      noteMigrations,
    );
    let attempts = 0;
    isCutting = true;
    const answer = await store.write(async (_, run) => {
      attempts++;
      await addBatch(run, 'a');
      return 'done';
    });
    assert.deepEqual([answer, attempts, isCutting], ['done', 1, false]);
    assert.deepEqual([...(await store.read(countBatches))], [['a', 2]]);
  }
  proxy.close();
  rmSync(folder, { recursive: true });
});

test('a server that is away for good is a clear error without its password, in time', async () => {
  const place = await server.createDatabase();
  const store = await openStore<NoteTables>(place, noteMigrations, { patience: 300 });
  server.stop();
  const started = performance.now();
  const failed = await store.write((_, run) => addBatch(run, 'a')).catch((error: unknown) => error);
  assert.ok(failed instanceof StoreError && failed.code === 'STORE_UNREACHABLE', String(failed));
  assert.ok(performance.now() - started < 5_000);
  server.start();
  await store.write((_, run) => addBatch(run, 'b'));
  await store.close();
  const secret = 'postgres://someone:s3cret@127.0.0.1:1/nowhere';
  const refused = await openStore(secret, [], { patience: 50 }).catch((error: unknown) => error);
  assert.ok(refused instanceof StoreError && refused.code === 'STORE_UNREACHABLE');
  assert.ok(!JSON.stringify([refused.message, refused.details]).includes('s3cret'));
});
