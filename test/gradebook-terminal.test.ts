import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
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

  /** What an account does, once it is made and logged in. */
  async function enter(name: string, role: string): Promise<typeof gradebook> {
    const password = `${name} long password`;
    const made = await run(
      ['call', at(), 'accounts.create', JSON.stringify({ name, role, password })],
      { environment },
    );
    assert.equal(made.code, 0, made.stderr);
    const XDG_CONFIG_HOME = join(folder, name);
    await logIn(name, password, XDG_CONFIG_HOME);
    return (...words) =>
      run(['gradebook', '--at', at(), ...words], {
        environment: { ...environment, XDG_CONFIG_HOME },
      });
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

  test('shows for which assessment a mark is', async () => {
    for (const words of [
      ['create-promotion', 'L3'],
      ['add-student', 'L3', 'Lovelace', 'Ada', '--number', '7'],
      ['create-assessment', 'L3', 'Partiel'],
      ['add-marks', 'Lovelace', '9', '--label', 'TP'],
    ]) {
      const ended = await gradebook(...words);
      assert.equal(ended.code, 0, ended.stderr);
    }
    const given = await gradebook('add-marks', '7', '12', '--assessment', 'Partiel');
    assert.match(given.stdout, /^12 +Partiel /m);
    const listed = await gradebook('marks', 'Lovelace');
    assert.match(listed.stdout, /^9 +TP +[^]*^12 +Partiel +— +no /m);
    const mark = /^12 .* (\S+)$/m.exec(listed.stdout)?.[1] ?? '';
    assert.match((await gradebook('correct-mark', mark, '13')).stdout, /^13 +Partiel /m);
    const { stdout } = await gradebook('marks', 'Lovelace', '--json');
    const marks = JSON.parse(stdout) as { label: string }[];
    assert.deepEqual(marks.map(({ label }) => label).toSorted(), ['', 'TP']);
  });

  test('gives a student the statistics of an assessment by its name or identifier', async () => {
    const asAda = await enter('ada', 'student');
    const { stdout } = await gradebook('assessments', 'L3', '--json');
    const [{ assessment }] = JSON.parse(stdout) as [{ assessment: string }];
    await gradebook('link', 'Lovelace', 'ada');
    const unseen = await asAda('statistics', 'L3', 'Partiel', '--lang', 'fr');
    assert.equal(unseen.code, 2);
    assert.equal(
      unseen.stderr,
      "guichet: aucune de vos notes publiées n'est d'une évaluation « Partiel » ; donnez son identifiant\n",
    );
    assert.equal((await gradebook('publish', 'L3')).code, 0);
    for (const which of ['partiel', assessment]) {
      const ended = await asAda('statistics', 'L3', which);
      assert.equal(ended.code, 0, ended.stderr);
      assert.match(ended.stdout, /^mean +13\.00$/m);
    }
    assert.match((await asAda('marks', 'Lovelace')).stdout, /^13 +Partiel /m);
  });

  test('looks a copy over, as it does the store', async () => {
    const copy = join(folder, 'copy.sqlite');
    assert.equal((await gradebook('backup', copy)).code, 0);
    assert.equal((await gradebook('check', copy)).stdout, 'the store is sound\n');
    const missing = await gradebook('check', join(folder, 'missing.sqlite'));
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /cannot read .*missing\.sqlite: there is no such file/);
  });

  test('says what tells students and promotions of one name apart', async () => {
    const { stdout } = await gradebook('create-promotion', 'M1', '--year', '2026-2027');
    assert.match(stdout, /^created M1/);
    await gradebook('add-student', 'M1', 'Lovelace', 'Ada', '--number', '8');
    const students = await gradebook('average', 'Lovelace');
    assert.equal(students.code, 2);
    assert.equal(
      students.stderr,
      'guichet: several students match "Lovelace": Ada Lovelace (L3, number 7), ' +
        'Ada Lovelace (M1 2026-2027, number 8); give a number, an identifier or --promotion\n',
    );
    // A number says nothing where both have it.
    await gradebook('update-student', '8', '--number', '7');
    const alike = await gradebook('average', '7', '--lang', 'fr');
    assert.match(
      alike.stderr,
      /: Ada Lovelace \(L3, numéro 7, \w{26}\), Ada Lovelace \(M1 2026-2027, numéro 7, \w{26}\) ;/,
    );
    await gradebook('create-promotion', 'M1', '--year', '2025-2026');
    const promotions = await gradebook('students', 'm1');
    assert.equal(promotions.code, 2);
    assert.match(
      promotions.stderr,
      /"m1"; give an identifier: \w{26} \(2026-2027, 1 student\), \w{26} \(2025-2026, 0 students\)$/m,
    );
  });

  test('writes over a file only when told to', async () => {
    for (const words of [['backup'], ['export', 'L3']]) {
      const path = join(folder, `kept-${words[0]}`);
      writeFileSync(path, 'kept');
      const refused = await gradebook(...words, path);
      assert.deepEqual([refused.code, refused.stdout], [2, '']);
      assert.equal(
        refused.stderr,
        `guichet: ${path} is there already; give another name, or --force to write over it\n`,
      );
      assert.equal(readFileSync(path, 'utf8'), 'kept');
      assert.equal((await gradebook(...words, path, '--force')).code, 0);
      assert.notEqual(readFileSync(path, 'utf8'), 'kept');
    }
  });

  test('copies no store onto itself, even when told to', async () => {
    const store = environment.GUICHET_STORE;
    const { ino } = statSync(store);
    const ended = await gradebook(
      'backup',
      `${folder}/../${basename(folder)}/store.sqlite`,
      '--force',
    );
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /is the store itself; give the name of another file$/m);
    assert.equal(statSync(store).ino, ino);
  });

  test('keeps what was there at each restore, and says where', async () => {
    const place = join(folder, 'other.sqlite');
    const copy = join(folder, 'to-restore.sqlite');
    assert.equal((await gradebook('backup', copy)).code, 0);
    const restore = (): Promise<Ended> => gradebook('--store', place, 'restore', copy);
    const first = await restore();
    assert.equal(first.code, 0, first.stderr);
    assert.doesNotMatch(first.stdout, /before/);
    for (const kept of [`${place}.before`, `${place}.before-2`]) {
      const { ino } = statSync(place);
      const { stdout } = await restore();
      assert.ok(stdout.endsWith(`what was there is kept in ${kept}\n`), stdout);
      assert.equal(statSync(kept).ino, ino);
    }
  });
});
