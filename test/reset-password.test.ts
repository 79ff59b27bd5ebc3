import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { recoverAccount } from '../src/applications/accounts/index.ts';
import type { AccountsTables } from '../src/applications/accounts/index.ts';
import { migrations, openStoredServices } from '../src/applications/services/stored.ts';
import { openStore } from '../src/store/index.ts';
import { run, serve } from './support/guichet.ts';
import { startPostgres } from './support/postgres.ts';

suite('guichet reset-password', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-reset-'));
  const environment = {
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
  };
  const place = join(folder, 'data', 'guichet', 'guichet.sqlite');
  let server: Awaited<ReturnType<typeof serve>>;
  let where = '';

  const guichet = (args: readonly string[], input = '') => run(args, { environment, input });
  const logIn = (password: string) =>
    guichet(['login', where, '--user', 'admin', '--password-stdin'], `${password}\n`);
  const passwordIn = (text: string): string => /^ {2}password {2}(\S+)$/m.exec(text)?.[1] ?? '';

  before(async () => {
    server = await serve(['services=json+tcp://127.0.0.1:0'], environment);
    [where = ''] = server.endpoints;
    assert.equal((await logIn(passwordIn(server.stderr))).code, 0);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('lets the only administrator in again while the server runs, and ends their sessions', async () => {
    for (let attempt = 0; attempt < 5; attempt++) await logIn('not the password');
    const reset = await guichet(['reset-password']);
    assert.equal(reset.code, 0, reset.stderr);
    const password = passwordIn(reset.stdout);
    assert.match(password, /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
    assert.match(reset.stderr, /^1 session has ended$/m);
    assert.doesNotMatch(reset.stderr, new RegExp(password));

    // The server relies for a second on what it knows of a session.
    const until = Date.now() + 5_000;
    let whoami = await guichet(['call', where, 'session.whoami']);
    while (whoami.code === 0 && Date.now() < until) {
      whoami = await guichet(['call', where, 'session.whoami']);
    }
    assert.match(whoami.stderr, /a session is needed/);

    const opened = await logIn(password);
    assert.equal(opened.code, 0, opened.stderr);
    assert.match(opened.stderr, /--change-password/);
    const audit = await guichet(['call', where, 'accounts.audit', '{"limit":50}']);
    assert.match(
      audit.stdout,
      /"method":"accounts\.resetPassword","subject":"admin","address":"local[^"]*","outcome":"done"/,
    );
    for (const file of readdirSync(join(folder, 'data', 'guichet'))) {
      const kept = readFileSync(join(folder, 'data', 'guichet', file));
      assert.ok(!kept.includes(password), file);
    }
    assert.ok(!server.stderr.includes(password));
  });

  test('takes a password from stdin, and shows it nowhere', async () => {
    const chosen = 'correct horse battery';
    const args = ['reset-password', 'Admin', '--password-stdin', '--store', place];
    const reset = await guichet(args, `${chosen}\n`);
    assert.equal(reset.code, 0, reset.stderr);
    assert.ok(!`${reset.stdout}${reset.stderr}`.includes(chosen));
    assert.equal((await logIn(chosen)).code, 0);
    const short = await guichet(args, 'short\n');
    assert.deepEqual([short.code, short.stdout], [1, '']);
    assert.equal((await logIn(chosen)).code, 0);
  });

  test('names the administrators when it is not clear who is meant', async () => {
    const nobody = await guichet(['reset-password', 'nobody']);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /no account "nobody"; administrators: admin\n$/);
    const second = '{"name": "second", "role": "administrator", "password": "another one\u2026"}';
    assert.equal((await guichet(['call', where, 'accounts.create', second])).code, 0);
    const several = await guichet(['reset-password']);
    assert.match(several.stderr, /more than one administrator.*: admin, second\n$/);
    const asJson = await guichet(['reset-password', 'second', '--json']);
    const { name, role, password } = JSON.parse(asJson.stdout) as Record<string, string>;
    assert.deepEqual([name, role], ['second', 'administrator']);
    assert.match(password ?? '', /^[a-z2-9-]{23}$/);
  });

  test('makes no store where there is none', async () => {
    const missing = join(folder, 'missing.sqlite');
    const reset = await guichet(['reset-password', '--store', missing]);
    assert.equal(reset.code, 2);
    assert.match(reset.stderr, /cannot read .*missing\.sqlite/);
    assert.ok(!readdirSync(folder).includes('missing.sqlite'));
  });

  test('finds the store as serve does: in guichet.toml before the environment', async () => {
    const here = join(folder, 'here');
    writeFileSync(join(folder, 'guichet.toml'), `store = ${JSON.stringify(here)}\n`);
    const more = { ...environment, GUICHET_STORE: place };
    for (const args of [['reset-password'], ['gradebook', 'check']]) {
      const ended = await run(args, { environment: more, folder });
      assert.equal(ended.code, 2, ended.stdout);
      assert.ok(ended.stderr.includes(`cannot read ${here}`), ended.stderr);
    }
  });
});

test('an account is recovered on PostgreSQL as on SQLite', async () => {
  using postgres = startPostgres();
  for (const place of [await postgres.createDatabase(), ':memory:']) {
    await using services = await openStoredServices(place);
    const { store, keeper } = services.parts;
    const lost = await keeper.hasher.hash('the lost password');
    await store.write((query) =>
      query.updateTable('accounts').set({ passwordHash: lost }).execute(),
    );
    const account = await keeper.authenticate('admin', 'the lost password', '127.0.0.1');
    const { token } = await keeper.open(account, '127.0.0.1');
    // As another process would, where there can be one.
    await using second = place.startsWith('postgres')
      ? await openStore<AccountsTables>(place, migrations)
      : undefined;
    const recovered = await recoverAccount(second ?? store, { address: 'local test' });
    assert.ok('password' in recovered);
    assert.equal(recovered.sessionsEnded, 1);
    assert.equal(await keeper.identify(token), undefined);
    await assert.rejects(keeper.authenticate('admin', 'the lost password', '127.0.0.1'));
    await keeper.authenticate('admin', recovered.password ?? '', '127.0.0.1');
  }
});
