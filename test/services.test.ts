import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { calculator } from 'guichet/calculator';
import { connect } from 'guichet/service';
import { HostileClient, attacks } from '../bench/calls/attacks.ts';
import { portOf, run, runPython, serve } from './support/guichet.ts';

/** A client of anything served, of Python's standard library alone. */
const pythonClient = `
import json, socket, sys
class Client:
    def __init__(self, port):
        self.file = socket.create_connection(('127.0.0.1', port)).makefile('rw', encoding='utf-8', newline='\\n')
        self.id = 0
    def __getattr__(self, service):
        return type('Service', (), {'__getattr__': lambda _, method: lambda **params: self.call(service + '.' + method, params)})()
    def call(self, method, params):
        self.id += 1
        self.file.write(json.dumps({'jsonrpc': '2.0', 'id': self.id, 'method': method, 'params': params}) + '\\n')
        self.file.flush()
        answer = json.loads(self.file.readline())
        if 'error' in answer: raise RuntimeError(answer['error'])
        return answer['result']
client = Client(int(sys.argv[1]))
`;

suite('guichet serve services', () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let tcp = '';
  let udp = '';
  let cbor = '';
  let lines = '';

  before(async () => {
    server = await serve([
      'services=json+tcp://127.0.0.1:0',
      'services=json+udp://127.0.0.1:0',
      'services=cbor+tcp://127.0.0.1:0',
      'calculator=text+tcp://127.0.0.1:0',
    ]);
    [tcp = '', udp = '', cbor = '', lines = ''] = server.endpoints;
  });
  after(() => server[Symbol.asyncDispose]());

  test('a client of 20 lines of Python calls every method by name', async () => {
    assert.ok(pythonClient.trim().split('\n').length <= 20);
    const program = `${pythonClient}
print(client.calculator.evaluate(expression='0.1+0.2'))
print(client.calculator.evaluate(expression='x = 2'), client.calculator.evaluate(expression='x^0.5'))
try: client.calculator.evaluate(expression='1/0')
except RuntimeError as error: print(error.args[0]['data']['reason'], error.args[0]['data']['column'])
`;
    assert.equal(
      await runPython(program, [String(portOf(tcp))]),
      '0.3\n2 1.414213562373095048801688724209698\nDIVISION_BY_ZERO 2\n',
    );
  });

  test('the client of the page on services is 20 lines of Python at most, and works', async () => {
    const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'services.md'), 'utf8');
    const program = /```python\n(.*?)```/s.exec(page)?.[1] ?? '';
    assert.ok(program.includes('Client(7000)') && program.trim().split('\n').length <= 20);
    const onPort = program.replace('Client(7000)', `Client(${portOf(tcp)})`);
    assert.equal(await runPython(onPort), '0.3\n');
  });

  test('guichet call names the method that was meant where its service was left out', async () => {
    const ended = await run(['call', tcp, 'evaluate', '{"expression": "1"}']);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /^guichet: no method "evaluate"; known: calculator\.evaluate\n$/);
  });

  test('guichet call prints the answer as JSON, over TCP and UDP, by name and by position', async () => {
    const named = await run(['call', tcp, 'calculator.evaluate', '{"expression": "0.1+0.2"}']);
    assert.deepEqual([named.code, named.stdout, named.stderr], [0, '"0.3"\n', '']);
    const placed = await run(['call', udp, 'calculator.evaluate', '["2^64"]']);
    assert.deepEqual([placed.code, placed.stdout], [0, '"18446744073709551616"\n']);
    const graph = await run(['call', cbor, 'calculator.evaluate', '{"expression": "1/8"}']);
    assert.deepEqual([graph.code, graph.stdout], [0, '"0.125"\n']);
    const fromStdin = await run(['call', tcp, 'calculator.evaluate', '-'], {
      input: '{"expression": "6*7"}',
    });
    assert.deepEqual([fromStdin.code, fromStdin.stdout], [0, '"42"\n']);
  });

  test('guichet call says what failed in one line, in the language asked for', async () => {
    const cases: [string[], number, RegExp][] = [
      [
        ['calculator.evaluate', '{"expression": "1/0"}'],
        1,
        /^guichet: division by zero at column 2\n$/,
      ],
      [
        ['calculator.evaluate', '{"expression": "1/0"}', '--lang', 'fr'],
        1,
        /^guichet: division par zéro à la colonne 2\n$/,
      ],
      [['calculator.evaluate', '{"expression": 1}'], 1, /expression: .*string.*\n$/],
      [
        ['calculator.nothing'],
        1,
        /no method "calculator\.nothing"; known: calculator\.evaluate\n$/,
      ],
      [['__proto__.constructor'], 1, /no method "__proto__\.constructor"/],
      [['calculator.evaluate', '{'], 2, /the parameters are not JSON: .*'\["1\+2"\]'\n$/],
      [['calculator.evaluate', '1'], 2, /^guichet: the parameters are 1: .*'\["1\+2"\]'\n$/],
      [['calculator.sum', '--describe'], 1, /"calculator\.sum" there; known: calculator\.evaluate/],
    ];
    for (const [args, code, expected] of cases) {
      const ended = await run(['call', tcp, ...args]);
      assert.equal(ended.code, code, args.join(' '));
      assert.match(ended.stderr, expected);
      assert.equal(ended.stdout, '');
    }
  });

  test('guichet call lists the methods, and describes one from its declaration', async () => {
    const list = await run(['call', tcp]);
    assert.match(list.stdout, /^calculator\.evaluate\(expression\) +Evaluates/m);
    const one = await run(['call', tcp, 'calculator.evaluate', '--describe']);
    assert.match(one.stdout, /^ {4}expression: string\(\.\.4096\)$/m);
    assert.match(one.stdout, /^ {2}result: string$/m);
    assert.match(
      one.stdout,
      /^ {4}calculator\.evaluate '\{"expression":"0\.1\+0\.2"\}' {2}→ {2}"0\.3"$/m,
    );
  });

  test('guichet call --stream prints the result of a method that gives no stream', async () => {
    const ended = await run(['call', tcp, 'calculator.evaluate', '["1+2"]', '--stream']);
    assert.deepEqual([ended.code, ended.stdout], [0, '"3"\n']);
  });

  test('guichet call and calculate refuse codecs that carry no calls', async () => {
    for (const args of [
      ['call', 'bytes+tcp://127.0.0.1:1'],
      ['calculate', 'bytes+tcp://127.0.0.1:1'],
    ]) {
      const ended = await run(args);
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, /^guichet: no (calls|calculations) in bytes: write .*json\+…/);
    }
  });

  test('guichet calculate takes one thing that is no endpoint for an expression', async () => {
    const ended = await run(['calculate', '1+2'], { input: '' });
    assert.match(
      ended.stderr || ended.stdout,
      /^3\n$|tcp:\/\/127\.0\.0\.1:7000: nobody listens there/,
    );
    for (const endpoint of ['localhost:7000', '127.0.0.1:7000', 'htp://x']) {
      assert.equal((await run(['calculate', endpoint], { input: '' })).code, 2, endpoint);
    }
  });

  test('guichet echo says when what it sent is nothing that a server of that codec echoes', async () => {
    await using echoing = await serve(['echo=json+tcp://127.0.0.1:0']);
    const endpoint = echoing.endpoints[0] ?? '';
    const ended = await run(['echo', endpoint, 'not json']);
    assert.equal(ended.code, 1);
    assert.match(
      ended.stderr,
      /^guichet: what was sent is no value of json, .*: Not JSON at byte 1/,
    );
    assert.equal((await run(['echo', endpoint, '[1]'])).stderr, '');
  });

  test('guichet calculate answers each line of stdin, by calls or by lines of text', async () => {
    for (const endpoint of [tcp, lines]) {
      const ended = await run(['calculate', endpoint], { input: 'x = 4\nx / 3,2\n1/0\n' });
      assert.equal(ended.stdout, '4\n1.25\n');
      assert.match(ended.stderr, /^error: division by zero at column 2\n$/);
      assert.equal(ended.code, 1);
    }
    const single = await run(['calculate', tcp, '2^10']);
    assert.deepEqual([single.code, single.stdout], [0, '1024\n']);
  });

  test('calls sent without waiting find the variables of those before them', async () => {
    await using client = await connect(tcp, calculator);
    const expressions = ['x = 3', 'x * 2', 'y = ans + x', '1/0', 'y / ans', 'x = 0', 'x'];
    const answers = expressions.map((expression) => client.evaluate({ expression }));
    const texts = (await Promise.allSettled(answers)).map((answer) =>
      answer.status === 'fulfilled' ? answer.value : 'failed',
    );
    assert.deepEqual(texts, ['3', '6', '9', 'failed', '1', '0', '0']);
  });

  test('a client that is hostile in every way spoils no answer of the others', async () => {
    const clients = await Promise.all(Array.from({ length: 50 }, () => connect(tcp, calculator)));
    const hostile = new HostileClient(portOf(tcp), 20);
    try {
      for (let round = 0; round < 5; round++) {
        const answers = clients.map((client, index) =>
          client.evaluate({ expression: `${index}/10+0.${round}` }),
        );
        assert.deepEqual(
          await Promise.all(answers),
          clients.map((_, index) => String((index + round) / 10)),
        );
      }
      for (const { name } of attacks) assert.ok(hostile.rounds.has(name), name);
    } finally {
      hostile.stop();
      await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    }
    assert.equal(server.child.exitCode, null);
  });

  test('guichet call fails clearly where nobody listens', async () => {
    const ended = await run(['call', 'json+tcp://127.0.0.1:1', 'calculator.evaluate']);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /^guichet: tcp:\/\/127\.0\.0\.1:1: nobody listens there.*\n$/);
  });
});
