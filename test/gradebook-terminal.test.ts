import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { run, serve } from './support/guichet.ts';
import type { Ended, Running } from './support/guichet.ts';

suite('guichet gradebook says what to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-gradebook-terminal-'));
  const environment = {
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_STATE_HOME: join(folder, 'state'),
    GUICHET_STORE: join(folder, 'store.sqlite'),
  };
  let server: Running & { readonly endpoints: readonly string[] };

  const at = (): string => server.endpoints[0] ?? '';
  const gradebook = (...words: string[]): Promise<Ended> =>
    run(['gradebook', '--at', at(), ...words], { environment });

  async function logIn(name: string, password: string, configuration: string): Promise<void> {
    const ended = await run(['login', at(), '--user', name, '--password-stdin'], {
      input: `${password}\n`,
      environment: { ...environment, XDG_CONFIG_HOME: configuration },
    });
    assert.equal(ended.code, 0, ended.stderr);
  }

  before(async () => {
    server = await serve(['services=json+tcp://127.0.0.1:0'], environment);
    const password = /^ +password +(\S+)$/m.exec(server.stderr)?.[1] ?? '';
    await logIn('admin', password, environment.XDG_CONFIG_HOME);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('prints its help alone when given no subcommand, as guichet does', async () => {
    const whole = await run([], { environment });
    assert.deepEqual([whole.code, whole.stderr], [0, '']);
    for (const language of ['en', 'fr']) {
      const ended = await run(['gradebook', '--lang', language], { environment });
      const asked = await run(['gradebook', '--help', '--lang', language], { environment });
      assert.deepEqual([ended.code, ended.stderr, ended.stdout], [0, '', asked.stdout]);
    }
  });

  test('says that there is no help of what is no subcommand', async () => {
    const ended = await gradebook('help', 'nothing');
    assert.deepEqual([ended.code, ended.stdout], [2, '']);
    assert.equal(ended.stderr, 'guichet: unknown command nothing; see guichet gradebook --help\n');
  });

  test('asks of what the history is to be', async () => {
    for (const [language, expected] of [
      ['en', 'guichet: give a promotion, or a mark with --mark\n'],
      ['fr', 'guichet: donnez une promotion, ou une note avec --mark\n'],
    ] as const) {
      const ended = await gradebook('history', '--lang', language);
      assert.deepEqual([ended.code, ended.stdout, ended.stderr], [2, '', expected]);
    }
  });
});
