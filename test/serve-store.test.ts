import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { openStore } from '../src/store/index.ts';
import { run, serve } from './support/guichet.ts';
import { sharedPostgres } from './support/stores.ts';

suite('guichet serve and its store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-serve-store-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let made = 0;
  const newHome = () => {
    const data = join(folder, `home-${++made}`);
    return { data, environment: { XDG_DATA_HOME: data } };
  };
  const services = 'services=json+tcp://127.0.0.1:0';

  /** Ends a server in order, and says with which code. */
  const end = async (server: Awaited<ReturnType<typeof serve>>): Promise<number | null> => {
    server.child.kill('SIGTERM');
    return (await server.ended).code;
  };

  test('it is a file of the user’s own, closed in order at the end', async () => {
    const { data, environment } = newHome();
    await using server = await serve([services], environment);
    const place = join(data, 'guichet', 'guichet.sqlite');
    assert.equal(statSync(place).mode & 0o777, 0o600);
    assert.equal(statSync(join(data, 'guichet')).mode & 0o777, 0o700);
    assert.equal(await end(server), 0);
    assert.deepEqual(readdirSync(join(data, 'guichet')), ['guichet.sqlite']);
  });

  test('applications that keep nothing do not open it', async () => {
    const { data, environment } = newHome();
    const others = ['echo=bytes+tcp://127.0.0.1:0', 'calculator=text+tcp://127.0.0.1:0'];
    await using server = await serve(others, environment);
    assert.equal(await end(server), 0);
    assert.ok(!existsSync(data));
  });

  test('a flag, the configuration file and the environment name another, in that order', async () => {
    const { data, environment } = newHome();
    const [flagged, configured, named] = ['flag', 'file', 'variable'].map((name) =>
      join(folder, `${name}.sqlite`),
    );
    const config = join(folder, 'guichet.toml');
    writeFileSync(config, `store = ${JSON.stringify(configured)}\n`);
    const variables = { ...environment, GUICHET_STORE: named ?? '' };
    const cases = [
      [['--store', flagged ?? '', '--config', config], flagged],
      [['--config', config], configured],
      [[], named],
    ] as const;
    for (const [flags, expected] of cases) {
      await using server = await serve([services, ...flags], variables);
      assert.ok(server.stderr.includes(`accounts: the store ${expected} had none`), server.stderr);
      assert.equal(await end(server), 0);
      assert.ok(existsSync(expected ?? ''));
    }
    assert.ok(!existsSync(data));
  });

  test('one that cannot be opened is told in one line, once, in the language asked for', async () => {
    const { environment } = newHome();
    const newer = join(folder, 'newer.sqlite');
    await (await openStore(newer, [{ name: 'of-2031', up: () => Promise.resolve() }])).close();
    const letter = join(folder, 'letter.txt');
    writeFileSync(letter, 'Dear editor, this is no database.\n'.repeat(100));
    const cases: [string[], RegExp][] = [
      [
        [newer],
        /^guichet: store \S+: a newer Guichet made it \(it has of-2031\); update this one\n$/,
      ],
      [[newer, '--lang', 'fr'], /^guichet: base \S+ : un Guichet plus récent .*\n$/],
      [[letter], /^guichet: store \S+: it cannot be read as a database .*restore a backup\n$/],
      [[join(letter, 'below')], /^guichet: store \S+: it cannot be reached: .*\n$/],
      [
        ['postgres://u:s3cret@127.0.0.1:1/d'],
        /^guichet: store postgres:\/\/u@\S+: it cannot be reached: .*\n$/,
      ],
    ];
    for (const [[place = '', ...flags], expected] of cases) {
      const both = [services, 'services=json+udp://127.0.0.1:0'];
      const ended = await run(['serve', ...both, '--store', place, ...flags], { environment });
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, expected);
    }
  });

  test('two servers share PostgreSQL: who logs in to one is known to the other', async () => {
    const { environment } = newHome();
    const place = await sharedPostgres().createDatabase();
    await using one = await serve([services, '--store', place], environment);
    await using other = await serve([services, '--store', place], environment);
    const password = /^ {2}password {2}(\S+)$/m.exec(one.stderr)?.[1] ?? '';
    assert.ok(password !== '' && !other.stderr.includes('password'));
    const [here = '', there = ''] = [...one.endpoints, ...other.endpoints];
    const opened = await run([
      'call',
      here,
      'session.open',
      JSON.stringify({ name: 'admin', password }),
    ]);
    const { token } = JSON.parse(opened.stdout) as { token: string };
    const known = await run(['call', there, 'session.whoami', '--session', token]);
    assert.match(known.stdout, /"name":"admin"/);
    assert.deepEqual([await end(one), await end(other)], [0, 0]);
  });
});
