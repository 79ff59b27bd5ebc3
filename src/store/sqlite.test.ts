import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, mock, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { addBatch, countBatches, noteMigrations } from '../../test/support/notes.ts';
import type { NoteTables } from '../../test/support/notes.ts';
import { Checkpointer, pagesAtLast } from './checkpointer.ts';
import { StoreError, openStore, restoreStore } from './index.ts';
import type { Store, StoreErrorCode, StoreOptions } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'guichet-sqlite-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
const newPlace = (): string => join(folder, `store-${++made}.sqlite`);
const openNotes = (place: string, options: StoreOptions = {}): Promise<Store<NoteTables>> =>
  openStore<NoteTables>(place, noteMigrations, options);

function is(code: StoreErrorCode) {
  return (error: unknown): boolean => error instanceof StoreError && error.code === code;
}

/** Python's sqlite3 with the lock of a file in its hand, until `release` is called. */
async function holdLock(place: string): Promise<AsyncDisposable & { release(): Promise<void> }> {
  const program = `
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute('BEGIN EXCLUSIVE')
print('held', flush=True)
sys.stdin.readline()
connection.execute('COMMIT')
`;
  const child = spawn('/usr/bin/python3', ['-c', program, place]);
  const gone = once(child, 'close');
  await once(child.stdout, 'data');
  const release = async (): Promise<void> => {
    if (!child.stdin.writableEnded) child.stdin.end('\n');
    await gone;
  };
  return { release, [Symbol.asyncDispose]: release };
}

test('a file that another process has locked is waited for, without holding up this one', async () => {
  const place = newPlace();
  await using store = await openNotes(place);
  await using lock = await holdLock(place);
  let isWritten = false;
  const write = store
    .write((_, run) => addBatch(run, 'a'))
    .finally(() => {
      isWritten = true;
    });
  // Others have their turn again and again, long before the lock's time is over.
  for (let turns = 0; turns < 20; turns++) {
    await delay(5);
    assert.ok(!isWritten, `over after ${turns} turns`);
  }
  assert.equal((await store.read(countBatches)).size, 0);
  await lock.release();
  await write;
  assert.equal((await store.read(countBatches)).get('a'), 2);
});

test('a lock that is not let go of is a clear error, and writes succeed again after it', async () => {
  const place = newPlace();
  await using store = await openNotes(place, { patience: 100 });
  await using lock = await holdLock(place);
  const writes = ['a', 'b'].map((batch) => store.write((_, run) => addBatch(run, batch)));
  for (const write of writes) await assert.rejects(write, is('STORE_BUSY'));
  await lock.release();
  await store.write((_, run) => addBatch(run, 'c'));
  assert.deepEqual([...(await store.read(countBatches)).keys()], ['c']);
});

test('a full store refuses, keeps what it acknowledged, and goes on when there is room', async () => {
  const place = newPlace();
  const acknowledged = new Set<string>();
  const refused: unknown[] = [];
  {
    await using store = await openNotes(place, { maxBytes: 200_000 });
    await Promise.all(
      Array.from({ length: 3_000 }, async (_, index) => {
        const batch = `${index}-${'x'.repeat(100)}`;
        try {
          await store.write((__, run) => addBatch(run, batch));
          acknowledged.add(batch);
        } catch (error) {
          refused.push(error);
        }
      }),
    );
    assert.ok(acknowledged.size > 0 && refused.length > 0);
    assert.ok(refused.every(is('STORE_FULL')), String(refused[0]));
    // Room is made by the same store, without opening it again.
    const [some = ''] = acknowledged;
    await store.write((query) => query.deleteFrom('notes').where('batch', '!=', some).execute());
    await store.write((_, run) => addBatch(run, 'after'));
    const kept = await store.read(countBatches);
    assert.deepEqual(Object.fromEntries(kept), { [some]: 2, after: 2 });
    assert.ok((await store.check()).isSound);
  }
});

test('a place that is no store is refused by name', async () => {
  const text = newPlace();
  writeFileSync(text, 'a letter to the editor, and surely no database\n'.repeat(100));
  await assert.rejects(openNotes(text), is('STORE_CORRUPT'));
  const foreign = newPlace();
  const other = new DatabaseSync(foreign);
  other.exec('CREATE TABLE recipes (name text)');
  other.close();
  await assert.rejects(openNotes(foreign), is('STORE_FOREIGN'));
  await assert.rejects(openNotes(join(text, 'below', 'a-file')), is('STORE_UNREACHABLE'));
  await assert.rejects(openNotes(folder), is('STORE_UNREACHABLE'));
});

test('the file is for its owner alone', async () => {
  const place = newPlace();
  await using store = await openNotes(place);
  await store.write((_, run) => addBatch(run, 'a'));
  for (const suffix of ['', '-wal', '-shm']) {
    assert.equal(statSync(`${place}${suffix}`).mode & 0o777, 0o600, suffix);
  }
});

test('a store has a write-ahead log, and its tables refer to what is there', async () => {
  await using store = await openNotes(newPlace());
  const { sql } = await import('kysely');
  const pragma = (name: string): Promise<unknown> =>
    store.write(async (query) => {
      const { rows } = await sql<Record<string, unknown>>`PRAGMA ${sql.raw(name)}`.execute(query);
      return Object.values(rows[0] ?? {})[0];
    });
  assert.deepEqual([await pragma('journal_mode'), await pragma('foreign_keys')], ['wal', 1]);
});

type Ended = (error: Error | null) => void;

/** Has somebody else carry out each sync of a log: it ends when they say so. */
function takeSyncs(carryOut: (ended: Ended, file: number) => void): Disposable {
  const taken = mock.method(fs, 'fdatasync', (file: number, ended: Ended) => carryOut(ended, file));
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      taken.mock.restore();
      syncBuiltinESMExports();
    },
  };
}

test('a change is acknowledged, and told to who reads, once the disk has it', async () => {
  await using store = await openNotes(newPlace());
  const { promise: asked, resolve: ask } = Promise.withResolvers<Ended>();
  const told: string[] = [];
  const sync = fs.fdatasync;
  using _ = takeSyncs((ended, file) => sync(file, () => ask(ended)));
  const written = store.write((__, run) => addBatch(run, 'one')).then(() => told.push('written'));
  const end = await asked;
  const read = store.read(countBatches).then(({ size }) => told.push(`${size} read`));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(told, []);
  end(null);
  await Promise.all([written, read]);
  assert.deepEqual(new Set(told), new Set(['1 read', 'written']));
});

test('nothing that waited for a sync that fails is acknowledged, though the next sync would not fail', async () => {
  await using store = await openNotes(newPlace());
  const { promise: asked, resolve: ask } = Promise.withResolvers<Ended>();
  let syncs = 0;
  using _ = takeSyncs((ended) => (++syncs === 1 ? ask(ended) : setImmediate(ended, null)));
  const first = store.write((__, run) => addBatch(run, 'first'));
  const end = await asked;
  const second = store.write((__, run) => addBatch(run, 'second'));
  end(new Error('EIO: i/o error, fdatasync'));
  const settled = await Promise.allSettled([first, second]);
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});

test('with no thread for checkpoints, commits do them, and nothing ends', async () => {
  const checkpointer = new Checkpointer('\0');
  checkpointer.look(pagesAtLast);
  assert.ok(checkpointer.isDue);
  await checkpointer.run();
  for (let turn = 0; !checkpointer.hasFailed; turn++) {
    assert.ok(turn < 10_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(!checkpointer.isDue);
  await checkpointer.close();
});

test('a second opening of a file, closed again, takes no lock from the first', async () => {
  const place = newPlace();
  await using store = await openNotes(place);
  await store.write((_, run) => addBatch(run, 'before'));
  await (await openNotes(place)).close();
  // Another program, which would delete the log if it thought itself the last to have the file open.
  const program =
    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA user_version = 7'); c.close()";
  execFileSync('/usr/bin/python3', ['-c', program, place]);
  await store.write((_, run) => addBatch(run, 'after'));
  assert.ok(statSync(`${place}-wal`).size > 0);
  const watcher = new DatabaseSync(place);
  assert.equal(
    watcher.prepare("SELECT count(*) AS count FROM notes WHERE batch = 'after'").get()?.['count'],
    2,
  );
  watcher.close();
});

test('a disk that does not take a commit is told, and nothing is acknowledged after it', async () => {
  const place = newPlace();
  {
    await using store = await openNotes(place);
    {
      using _ = takeSyncs((ended) => setImmediate(ended, new Error('EIO: i/o error, fdatasync')));
      const failed = (error: unknown): boolean =>
        is('STORE_FAILED')(error) && /the disk did not take .*EIO/.test(String(error));
      await assert.rejects(
        store.write((__, run) => addBatch(run, 'lost')),
        failed,
      );
      await assert.rejects(
        store.write((__, run) => addBatch(run, 'after')),
        failed,
      );
    }
    await assert.rejects(
      store.write((_, run) => addBatch(run, 'later')),
      is('STORE_FAILED'),
    );
    await assert.rejects(store.read(countBatches), is('STORE_FAILED'));
  }
  await using again = await openNotes(place);
  await again.write((_, run) => addBatch(run, 'restarted'));
  assert.ok((await again.read(countBatches)).has('restarted'));
});

test('a backup of the live store is whole, and takes its place again', async () => {
  const place = newPlace();
  const copy = newPlace();
  await using store = await openNotes(place);
  for (let index = 0; index < 200; index++) {
    await store.write((_, run) => addBatch(run, `before-${index}`));
  }
  const backingUp = new AbortController();
  const writing = (async () => {
    for (let index = 0; !backingUp.signal.aborted; index++) {
      await store.write((_, run) => addBatch(run, `meanwhile-${index}`));
    }
  })();
  await store.backup(copy);
  backingUp.abort();
  await writing;
  assert.equal(statSync(copy).mode & 0o777, 0o600);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('partial')),
    [],
  );
  {
    await using backup = await openNotes(copy);
    const counts = await backup.read(countBatches);
    assert.ok(counts.size >= 200 && [...counts.values()].every((count) => count === 2));
    assert.ok((await backup.check()).isSound);
  }
  await store.write((_, run) => addBatch(run, 'after'));
  await restoreStore(place, copy, noteMigrations);
  // The store that was open all along sees what was restored, and goes on.
  assert.equal((await store.read(countBatches)).get('after'), undefined);
  await store.write((_, run) => addBatch(run, 'since'));
  assert.equal((await store.read(countBatches)).get('since'), 2);
  assert.ok((await store.check()).isSound);
});

test('what is no backup takes nobody’s place', async () => {
  const place = newPlace();
  await using store = await openNotes(place);
  await store.write((_, run) => addBatch(run, 'a'));
  const nonsense = newPlace();
  writeFileSync(nonsense, 'nonsense '.repeat(1_000));
  const newer = newPlace();
  await (
    await openStore(newer, [...noteMigrations, { name: 'later', up: () => Promise.resolve() }])
  ).close();
  const restore = (from: string): Promise<void> => restoreStore(place, from, noteMigrations);
  await assert.rejects(restore(nonsense), is('STORE_CORRUPT'));
  await assert.rejects(restore(newer), is('STORE_NEWER'));
  await assert.rejects(restore(join(folder, 'nothing')), is('STORE_UNREACHABLE'));
  await assert.rejects(restoreStore('postgres://h/d', newer, []), is('STORE_UNSUITED'));
  for (const secret of ['postgres://a:s3cret@h/d', 'postgresql://h/d?password=s3cret&a=b']) {
    await assert.rejects(restoreStore(secret, newer, []), (error: Error) => {
      assert.doesNotMatch(`${error.message}${JSON.stringify(error)}`, /s3cret/);
      return true;
    });
  }
  assert.equal((await store.read(countBatches)).get('a'), 2);
});

test('writes that come together share a commit, and those that come alone wait for nobody', async () => {
  const place = newPlace();
  await using store = await openNotes(place);
  const started = performance.now();
  for (let index = 0; index < 50; index++) {
    await store.write((_, run) => addBatch(run, `alone-${index}`));
  }
  const alone = (performance.now() - started) / 50;
  const gathered = performance.now();
  await Promise.all(
    Array.from({ length: 5_000 }, (_, index) =>
      store.write((__, run) => addBatch(run, `together-${index}`)),
    ),
  );
  const together = (performance.now() - gathered) / 5_000;
  assert.ok(together < alone, `${together} ms each together, ${alone} ms alone`);
  assert.equal((await store.read(countBatches)).size, 5_050);
});

test('a write that fails after it has changed something is undone alone, among many others', async () => {
  const place = newPlace();
  await using store = await openNotes(place);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 1_000 }, (_, index) =>
      store.write(async (__, run) => {
        if (index % 10 === 1) throw new RangeError('before');
        await addBatch(run, `${index}`);
        if (index % 10 === 2) throw new RangeError('after');
        // What is there already fails within the store.
        if (index % 10 === 3) await addBatch(run, `${index - 3}`);
      }),
    ),
  );
  const failed = outcomes.flatMap((one, index) => (one.status === 'rejected' ? [index % 10] : []));
  assert.deepEqual([...new Set(failed)], [1, 2, 3]);
  assert.equal(failed.length, 300);
  const kept = await store.read(countBatches);
  assert.equal(kept.size, 700);
  for (const [batch, count] of kept)
    assert.ok(count === 2 && ![1, 2, 3].includes(Number(batch) % 10));
});

test('other work has its turn while many writes are waiting', async () => {
  const place = newPlace();
  await using store = await openNotes(place);
  let longest = 0;
  let last = performance.now();
  const ticking = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await Promise.all(
    Array.from({ length: 3_000 }, (_, index) =>
      store.write(async (query) => {
        for (let note = 0; note < 4; note++) {
          const id = `${index}-${note}`;
          await query
            .insertInto('notes')
            .values({ id, batch: `${index}` })
            .execute();
        }
      }),
    ),
  );
  clearInterval(ticking);
  assert.ok(longest < 500, `${longest} ms without a turn`);
  assert.equal((await store.read(countBatches)).size, 3_000);
});

test('what is committed reaches the file, and its log begins anew, before a commit has to do that', async () => {
  const place = newPlace();
  const store = await openNotes(place);
  const before = statSync(place).size;
  const watcher = new DatabaseSync(place);
  const look = watcher.prepare('PRAGMA wal_checkpoint(NOOP)');
  const deadline = performance.now() + 20_000;
  let pages = 0;
  for (let count = 0; ; count++) {
    assert.ok(performance.now() < deadline, `not after ${count} commits`);
    await store.write((_, run) => addBatch(run, `${count}`));
    const log = Number(look.get()?.['log']);
    if (log < pages) break;
    pages = log;
    // With so many, a commit would do it, and hold up all else.
    assert.ok(pages < pagesAtLast);
  }
  assert.ok(statSync(place).size > before);
  watcher.close();
  await store.close();
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith(basename(place))),
    [basename(place)],
  );
});
