import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { portOf, run, runPython, serve } from './support/guichet.ts';

/** Types what it is told to at each prompt of `guichet login`, and prints all that the terminal showed. */
const typist = `
import os, pty, signal, sys
signal.alarm(20)
guichet, endpoint, *answers = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0: os.execv(guichet, [guichet, 'login', endpoint])
shown = b''
for prompt, answer in zip((b'Name: ', b'Password: '), answers):
    while not shown.endswith(prompt): shown += os.read(terminal, 4096)
    os.write(terminal, answer.encode() + b'\\r')
while True:
    try: more = os.read(terminal, 4096)
    except OSError: break
    if not more: break
    shown += more
print(shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

suite('guichet login and logout', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-login-'));
  const environment = {
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
  };
  const kept = join(folder, 'config', 'guichet', 'sessions.json');
  let server: Awaited<ReturnType<typeof serve>>;
  let [tcp, udp] = ['', ''];
  let password = '';

  const guichet = (args: readonly string[], input?: string, more: Record<string, string> = {}) =>
    run(args, {
      environment: { ...environment, ...more },
      ...(input !== undefined && { input }),
    });
  const logIn = (input: string, ...flags: string[]) =>
    guichet(['login', tcp, '--user', 'admin', '--password-stdin', ...flags], `${input}\n`);

  before(async () => {
    server = await serve(
      ['services=json+tcp://127.0.0.1:0', 'services=json+udp://127.0.0.1:0'],
      environment,
    );
    [tcp = '', udp = ''] = server.endpoints;
    password = /^ {2}password {2}(\S+)$/m.exec(server.stderr)?.[1] ?? '';
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the first start prints the password of an administrator, and the next ones do not', async () => {
    assert.match(password, /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
    await using again = await serve(['services=json+tcp://127.0.0.1:0'], environment);
    assert.doesNotMatch(again.stderr, /password/);
    assert.ok(
      !readFileSync(join(folder, 'data', 'guichet', 'guichet.sqlite-wal')).includes(password),
    );
  });

  test('a session is kept for its owner alone, and used by call at that place alone', async () => {
    const without = await guichet(['call', tcp, 'session.whoami']);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /a session is needed.*\nlog in with: guichet login json\+tcp:/);
    const opened = await logIn(password, '--json');
    assert.equal(opened.code, 0, opened.stderr);
    const { name, role, endpoint } = JSON.parse(opened.stdout) as Record<string, string>;
    assert.deepEqual([name, role, endpoint], ['admin', 'administrator', tcp]);
    assert.match(opened.stderr, /somebody else chose this password.*--change-password\n$/);
    assert.equal(statSync(kept).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'config', 'guichet')).mode & 0o777, 0o700);
    const whoami = await guichet(['call', tcp, 'session.whoami']);
    assert.match(whoami.stdout, /"name":"admin","role":"administrator"/);
    const elsewhere = await guichet(['call', udp, 'session.whoami']);
    assert.match(elsewhere.stderr, /a session is needed/);
    const { token } = Object.values(
      JSON.parse(readFileSync(kept, 'utf8')) as Record<string, { token: string }>,
    )[0] ?? { token: '' };
    const explicit = await guichet(['call', udp, 'session.whoami', '--session', token]);
    assert.equal(explicit.code, 0);
  });

  test('logging in again ends the session before, and logging out the last one', async () => {
    await logIn(password);
    const list = async (): Promise<number> => {
      const { stdout } = await guichet(['call', tcp, 'session.list']);
      return (JSON.parse(stdout) as unknown[]).length;
    };
    assert.equal(await list(), 1);
    await logIn(password);
    assert.equal(await list(), 1);
    const out = await guichet(['logout', tcp]);
    assert.deepEqual([out.code, out.stdout], [0, `logged out of ${tcp} (admin)\n`]);
    assert.deepEqual(JSON.parse(readFileSync(kept, 'utf8')), {});
    assert.equal((await guichet(['call', tcp, 'session.whoami'])).code, 1);
    const again = await guichet(['logout', tcp]);
    assert.deepEqual([again.code, again.stderr], [1, `guichet: no session is kept for ${tcp}\n`]);
    assert.equal((await guichet(['logout'])).code, 0);
  });

  test('a wrong password is refused in one line, in the language asked for', async () => {
    const english = await logIn('not the password');
    assert.deepEqual([english.code, english.stdout], [1, '']);
    assert.match(english.stderr, /^guichet: the name or the password is wrong, or .*\n$/);
    const french = await logIn('pas le mot de passe', '--lang', 'fr');
    assert.match(french.stderr, /^guichet: le nom ou le mot de passe est faux, ou .*\n$/);
    assert.equal((await guichet(['login', tcp, '--user', 'admin'], '')).code, 2);
    assert.equal((await logIn('')).code, 2);
  });

  test('a password is asked for without being shown', async () => {
    const command = join(import.meta.dirname, '..', 'bin', 'guichet');
    const program = `import os\nos.environ.update(${JSON.stringify(environment)}, LC_ALL='C.UTF-8')\n${typist}`;
    const shown = await runPython(program, [command, tcp, 'admin', password]);
    assert.match(shown, /Name: admin\r\n/);
    assert.match(shown, /Password: \r\n/);
    assert.ok(!shown.includes(password));
    assert.match(shown, /logged in to .* as admin \(administrator\), until .* 0\n$/s);
  });

  test('a new password takes the place of the first, and ends other sessions', async () => {
    const own = 'my own password, chosen';
    const changed = await logIn(`${password}\n${own}`, '--change-password');
    assert.equal(changed.code, 0, changed.stderr);
    assert.doesNotMatch(changed.stderr, /somebody else chose/);
    assert.equal((await guichet(['call', tcp, 'session.whoami'])).code, 0);
    assert.equal((await logIn(password)).code, 1);
    assert.equal((await logIn(own)).code, 0);
  });

  test('a session that its server cannot be told of is forgotten, and that is said', async () => {
    const gone = `json+tcp://127.0.0.1:${portOf(tcp)}`;
    await server[Symbol.asyncDispose]();
    const out = await guichet(['logout', gone]);
    assert.equal(out.code, 1);
    assert.match(out.stderr, /forgotten here, but the server could not be told .*nobody listens/);
    assert.deepEqual(JSON.parse(readFileSync(kept, 'utf8')), {});
  });
});
