import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { findBlocks } from '../tools/pages.ts';
import { readPage } from '../tools/transcripts.ts';
import { portOf, run, runPython, serve } from './support/guichet.ts';
import type { Ended, Running } from './support/guichet.ts';

/** A client by CBOR's rules written with Debian's cbor2, if it is there; else of JSON alone. */
const pythonClients = `
import json, socket, struct, sys

def lines(port):
    file = socket.create_connection(('127.0.0.1', port)).makefile('rwb')
    def exchange(message):
        file.write(json.dumps(message).encode() + b'\\n')
        file.flush()
        return json.loads(file.readline())
    return exchange

def datagrams(port):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.settimeout(10)
    def exchange(message):
        udp.sendto(json.dumps(message).encode(), ('127.0.0.1', port))
        return json.loads(udp.recv(65536))
    return exchange

def head(kind, number):
    if number < 24: return bytes([kind << 5 | number])
    if number < 256: return bytes([kind << 5 | 24, number])
    return bytes([kind << 5 | 25]) + struct.pack('>H', number)

def dump(value):
    if value is None: return b'\\xf6'
    if isinstance(value, bool): return b'\\xf5' if value else b'\\xf4'
    if isinstance(value, int): return head(0, value)
    if isinstance(value, str): return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list): return head(4, len(value)) + b''.join(map(dump, value))
    return head(5, len(value)) + b''.join(dump(key) + dump(one) for key, one in value.items())

def load(data, at=0):
    kind, short = data[at] >> 5, data[at] & 31
    at += 1
    if kind == 7:
        if short == 27: return struct.unpack('>d', data[at:at + 8])[0], at + 8
        if short == 25: return None, at + 2
        return {20: False, 21: True, 22: None, 23: None}[short], at
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(short, 0)
    number = int.from_bytes(data[at:at + size], 'big') if size else short
    at += size
    if kind == 0: return number, at
    if kind == 1: return -1 - number, at
    if kind == 3: return data[at:at + number].decode(), at + number
    if kind == 6: return load(data, at)
    items = []
    for _ in range(number * (2 if kind == 5 else 1)):
        item, at = load(data, at)
        items.append(item)
    return (dict(zip(items[::2], items[1::2])) if kind == 5 else items), at

def objects(port):
    file = socket.create_connection(('127.0.0.1', port)).makefile('rwb')
    def exchange(message):
        data = dump(message)
        file.write(struct.pack('>I', len(data)) + data)
        file.flush()
        return load(file.read(struct.unpack('>I', file.read(4))[0]))[0]
    return exchange

exchange = {'json+tcp': lines, 'json+udp': datagrams, 'cbor+tcp': objects}[sys.argv[1]](int(sys.argv[2]))
number = 0
def call(method, meta={}, **params):
    global number
    number += 1
    answer = exchange({'jsonrpc': '2.0', 'id': number, 'method': method, 'params': params, 'meta': meta})
    if 'error' in answer: raise SystemExit(json.dumps(answer['error']))
    return answer['result']

meta = {'session': call('session.open', name='admin', password=sys.argv[3])['token']}
promotion = call('gradebook.createPromotion', meta, name='Python')['promotion']
student = call('gradebook.addStudent', meta, promotion=promotion, familyName='Lovelace')['student']
call('gradebook.addMarks', meta, marks=[
    {'student': student, 'value': '14', 'coefficient': '2'},
    {'student': student, 'value': '6', 'scale': '10'},
])
print(call('gradebook.studentAverage', meta, student=student)['average'],
      call('gradebook.promotionAverage', meta, promotion=promotion)['average'])
`;

suite('a newcomer to the gradebook', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-gradebook-'));
  const environment = {
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_STATE_HOME: join(folder, 'state'),
    GUICHET_STORE: join(folder, 'store.sqlite'),
  };
  let server: Running & { readonly endpoints: readonly string[] };
  let password = '';
  const stacks = ['json+tcp', 'cbor+tcp', 'json+udp'];

  before(async () => {
    const places = stacks.map((stack) => `services=${stack}://127.0.0.1:0`);
    server = await serve(places, environment);
    password = /^ +password +(\S+)$/m.exec(server.stderr)?.[1] ?? '';
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (): string => server.endpoints[0] ?? '';
  const gradebook = (...words: string[]): Promise<Ended> =>
    run(['gradebook', '--at', at(), ...words], { environment });

  test('has both averages after five commands', async () => {
    const login = await run(['login', at(), '--user', 'admin', '--password-stdin'], {
      input: `${password}\n`,
      environment,
    });
    assert.equal(login.code, 0, login.stderr);
    // The four commands of the README, as they stand there.
    const lines = findBlocks(readPage('README.md'))
      .flatMap(({ code }) => code.split('\n'))
      .filter((line) => line.startsWith('guichet gradebook '));
    assert.equal(lines.length, 4);
    let last: Ended | undefined;
    for (const line of lines) {
      last = await gradebook(...line.split(' ').slice(2));
      assert.equal(last.code, 0, `${line}\n${last.stderr}`);
    }
    const shown = findBlocks(readPage('README.md')).find(({ code }) => code.startsWith('RANK'));
    assert.equal(last?.stdout.trim(), shown?.code.trim());
  });

  for (const [index, stack] of stacks.entries()) {
    test(`has the same over ${stack} with Python's socket alone`, async () => {
      const port = String(portOf(server.endpoints[index]));
      assert.equal(await runPython(pythonClients, [stack, port, password]), '13.33 13.33\n');
    });
  }

  test('has the same by the program of the page on the gradebook', () => {
    const block = findBlocks(readPage('docs/gradebook.md')).find(({ info }) => info === 'python');
    const path = join(folder, 'marks.py');
    const port = String(portOf(at()));
    const program = block?.code.replace('7000', port).replace("name='L3'", "name='Page'") ?? '';
    writeFileSync(path, program);
    const { stdout } = spawnSync('/usr/bin/python3', [path, password], { encoding: 'utf8' });
    assert.equal(stdout, '13.33 13.33\n');
  });

  test('is told in their language what is wrong, and exit codes say whose fault it is', async () => {
    const cases: readonly [readonly string[], number, RegExp][] = [
      [
        ['add-marks', 'Lovelace', '21', '--promotion', 'L3'],
        1,
        /^guichet: 21 is more than the scale, 20\n$/,
      ],
      [
        ['add-marks', 'Lovelace', '21', '--promotion', 'L3', '--lang', 'fr'],
        1,
        /^guichet: 21 dépasse le barème, 20\n$/,
      ],
      [['add-marks', 'Lovelace', 'dix', '--promotion', 'L3'], 2, /"dix" is no mark/],
      [['add-marks', 'Lovelace', '.5', '--promotion', 'L3'], 2, /"\.5": write 0\.5$/m],
      [
        ['add-marks', 'Lovelace', '7/10x1.', '--promotion', 'L3'],
        2,
        /"7\/10x1\.": write 7\/10x1$/m,
      ],
      [['add-marks', 'Lovelace', ',5', '--promotion', 'L3', '--lang', 'fr'], 2, /écrivez 0,5$/m],
      [
        ['create-promotion', 'x'.repeat(300), '--lang', 'fr'],
        1,
        /ne conviennent pas : name : attendu : 200 caractères au plus$/m,
      ],
      [['averages', 'Nowhere'], 2, /no promotion "Nowhere"/],
      [['average', 'Nobody', '--lang', 'fr'], 2, /pas d'étudiant « Nobody »/],
      [['nothing'], 2, /unknown command nothing/],
      [['add-student', 'L3'], 2, /missing argument <family>/],
      [
        ['import-marks', 'L3', join(folder, 'missing.csv')],
        2,
        /cannot read .*missing\.csv: there is no such file or folder$/m,
      ],
    ];
    for (const [words, code, expected] of cases) {
      const ended = await gradebook(...words);
      assert.equal(ended.code, code, words.join(' '));
      assert.match(ended.stderr, expected);
      assert.equal(ended.stdout, '');
    }
    const stranger = { ...environment, XDG_CONFIG_HOME: join(folder, 'nobody') };
    const ended = await run(['gradebook', '--at', at(), 'promotions'], { environment: stranger });
    assert.deepEqual([ended.code, ended.stdout], [1, '']);
    assert.match(ended.stderr, /a session is needed[^]*log in with: guichet login json\+tcp/);
  });

  test('fills in a demonstration, the same each time, and looks at it', async () => {
    const first = await gradebook('demo');
    assert.equal(first.stdout, '4 promotions, 400 students, 8000 marks\n', first.stderr);
    assert.equal(
      (await gradebook('demo', '--json')).stdout,
      '{"promotions":4,"students":400,"marks":8000}\n',
    );
    const { stdout } = await gradebook('promotions', '--json');
    const listed = JSON.parse(stdout) as { name: string; students: number }[];
    assert.equal(listed.filter(({ students }) => students === 100).length, 4);
    const described = await gradebook('statistics', 'M1 Réseaux', '--bars', '10', '--lang', 'fr');
    assert.match(described.stdout, /^médiane +\d+,\d\d$/m);
    assert.match(described.stdout, /^10,00 – 12,00 {2}█+[▏▎▍▌▋▊▉]? \d+$/m);
  });

  test('takes a file out and in again, and is told when it cannot be taken', async () => {
    const path = join(folder, 'marks.xlsx');
    assert.equal((await gradebook('export', 'M1 Réseaux', path)).code, 0);
    const back = await gradebook('import-marks', 'M1 Réseaux', path, '--json');
    const { counts, done } = JSON.parse(back.stdout) as { counts: { same: number }; done: boolean };
    assert.deepEqual([counts.same, done], [100, true]);
    const bad = join(folder, 'bad.csv');
    writeFileSync(bad, 'Nom;Prénom;TP\nLovelace;Ada;vingt\n');
    const ended = await gradebook('import-marks', 'L3', bad, '--lang', 'fr');
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /^2 +3 +ERREUR +« vingt » n'est pas une note/m);
    assert.match(ended.stdout, /rien n'a été importé/);
  });

  test('changes, corrects, undoes and removes from the terminal', async () => {
    const read = <Value>(ended: Ended): Value => {
      assert.equal(ended.code, 0, ended.stderr);
      return JSON.parse(ended.stdout) as Value;
    };
    await gradebook('create-assessment', 'L3', 'Oral', '--scale', '30', '--coefficient', '1,5');
    const words = ['add-marks', 'Lovelace', '15', '--promotion', 'L3', '--assessment', 'Oral'];
    const [given] = read<{ mark: string }[]>(await gradebook(...words, '--json'));
    const mark = given?.mark ?? '';
    read(await gradebook('correct-mark', mark, '18', '--json'));
    const second = await gradebook('correct-mark', mark, '20', '--seen', '1');
    assert.equal(second.code, 1);
    assert.match(second.stderr, /it is 18\/30 \(1\.5\) now, and you wanted 20\/30 \(1\.5\)/);
    const changes = read<{ change: string }[]>(await gradebook('history', 'L3', '--json'));
    read(await gradebook('undo', changes[0]?.change ?? '', '--json'));
    const told = await gradebook('history', '--mark', mark);
    assert.match(told.stdout, /undo +18\/30x1\.5 → 15\/30x1\.5/);
    read(await gradebook('remove-mark', mark, '--json'));
    const average = read<{ average: string }>(
      await gradebook('average', 'Lovelace', '--promotion', 'L3', '--json'),
    );
    assert.equal(average.average, '13.33');
  });

  test('shows a teacher what they hold, and a student what is theirs', async () => {
    const accounts = new Map<string, string>();
    for (const [name, role] of [
      ['tom', 'teacher'],
      ['ada', 'student'],
    ] as const) {
      const made = await run(
        [
          'call',
          at(),
          'accounts.create',
          JSON.stringify({ name, role, password: `${name} long password` }),
        ],
        { environment },
      );
      assert.equal(made.code, 0, made.stderr);
      const XDG_CONFIG_HOME = join(folder, name);
      accounts.set(name, XDG_CONFIG_HOME);
      await run(['login', at(), '--user', name, '--password-stdin'], {
        input: `${name} long password\n`,
        environment: { ...environment, XDG_CONFIG_HOME },
      });
    }
    const as = (name: string, ...words: string[]): Promise<Ended> =>
      run(['gradebook', '--at', at(), ...words], {
        environment: { ...environment, XDG_CONFIG_HOME: accounts.get(name) ?? '' },
      });
    assert.equal(
      (await as('tom', 'averages', 'L3')).code,
      2,
      'a teacher sees what they do not hold',
    );
    assert.equal((await gradebook('assign', 'L3', 'tom')).code, 0);
    assert.match((await as('tom', 'averages', 'L3')).stdout, /Ada Lovelace +13\.33/);
    assert.equal((await gradebook('link', 'Lovelace', 'ada', '--promotion', 'L3')).code, 0);
    assert.match(
      (await as('ada', 'me')).stdout,
      /Ada Lovelace, L3: no average, for no published mark counts/,
    );
    assert.equal((await as('tom', 'publish', 'L3')).stdout, '2 marks changed\n');
    assert.match(
      (await as('ada', 'me', '--lang', 'fr')).stdout,
      /Ada Lovelace, L3 : 13,33\nrang 1 sur 1/,
    );
    const others = await as('ada', 'averages', 'L3', '--lang', 'fr');
    assert.equal(others.code, 1);
    assert.match(others.stderr, /votre compte/);
    await gradebook('assign', 'L3', 'tom', '--undo');
    assert.equal((await as('tom', 'averages', 'L3')).code, 2);
  });

  test('copies the store while it serves, and puts the copy back once it does not', async () => {
    const copy = join(folder, 'copy.sqlite');
    assert.equal((await gradebook('backup', copy)).code, 0);
    assert.equal((await gradebook('check')).stdout, 'the store is sound\n');
    const early = await gradebook('restore', copy);
    assert.equal(early.code, 2);
    assert.match(early.stderr, /is in use; stop the server first/);
    await gradebook('create-promotion', 'after');
    server.child.kill('SIGTERM');
    await server.ended;
    const restored = await gradebook('restore', copy);
    assert.equal(restored.code, 0);
    assert.match(restored.stdout, /everybody logs in again/);
    const port = portOf(at());
    server = await serve([`services=json+tcp://127.0.0.1:${port}`], environment);
    // The session that was open when the copy was made may have been revoked since.
    assert.match((await gradebook('promotions')).stderr, /session/);
    await run(['login', at(), '--user', 'admin', '--password-stdin'], {
      input: `${password}\n`,
      environment,
    });
    const { stdout } = await gradebook('promotions');
    assert.match(stdout, /L3/);
    assert.doesNotMatch(stdout, /after/);
    assert.ok(readFileSync(`${environment.GUICHET_STORE}.before`).length > 0);
  });
});
