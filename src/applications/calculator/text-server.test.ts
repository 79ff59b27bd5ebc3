import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { runPython } from '../../../test/support/guichet.ts';
import { listenValues } from '../../presentation/index.ts';
import { openStream } from '../../transport/index.ts';
import type { TransportEndpoint } from '../../transport/index.ts';
import { Evaluator } from './evaluator.ts';
import { calculatorLines } from './text-server.ts';
import type { CalculatorLinesOptions } from './text-server.ts';

const evaluator = new Evaluator({}, { size: 2 });
after(() => evaluator[Symbol.asyncDispose]());

function listen(options: CalculatorLinesOptions = {}) {
  return listenValues('text+tcp://127.0.0.1:0', calculatorLines(evaluator, options));
}

async function ask(endpoint: TransportEndpoint, text: string | Uint8Array): Promise<string> {
  await using stream = await openStream(endpoint);
  await stream.write(Buffer.from(text));
  stream.end();
  return Buffer.from(await stream.readAll()).toString();
}

test('one expression a line in, one result a line out, in order, with CRLF or LF', async () => {
  await using listener = await listen();
  assert.equal(
    await ask(listener.endpoint, '3 + 4\r\n0.1+0.2\nx = 3,5\n2 × x ÷ 7\nans + 1'),
    '7\n0.3\n3.5\n1\n2\n',
  );
});

test('a failure is one line that points at the column, in the language of the server', async () => {
  await using english = await listen();
  assert.equal(
    await ask(english.endpoint, '1/0\n2+*3\n1+1\n'),
    "error: division by zero at column 2\nerror: unexpected '*' at column 3: a number, a name or '(' goes here\n2\n",
  );
  await using french = await listen({ language: 'fr' });
  assert.equal(await ask(french.endpoint, '1/0\n'), 'error: division par zéro à la colonne 2\n');
});

test('quit ends the connection after the answers, whatever follows it', async () => {
  await using listener = await listen();
  await using stream = await openStream(listener.endpoint);
  await stream.write(Buffer.from('6*7\nquit\n1+1\n'));
  assert.equal(Buffer.from(await stream.readAll()).toString(), '42\n');
});

test('the connection stays open for more, and each has variables of its own', async () => {
  await using listener = await listen();
  await using first = await openStream(listener.endpoint);
  await using second = await openStream(listener.endpoint);
  const exchange = async (stream: typeof first, line: string): Promise<string> => {
    await stream.write(Buffer.from(`${line}\n`));
    return Buffer.from((await stream.read()) ?? []).toString();
  };
  assert.equal(await exchange(first, 'x = 1'), '1\n');
  assert.equal(await exchange(second, 'x = 2'), '2\n');
  assert.equal(await exchange(first, 'x + 10'), '11\n');
  assert.equal(await exchange(second, 'x + 10'), '12\n');
  assert.match(await exchange(second, 'y'), /^error: /);
});

test('a line over the limit and bytes that are not UTF-8 get an error, not silence', async () => {
  await using listener = await listen();
  assert.match(
    await ask(listener.endpoint, Buffer.alloc(1_200_000, '1')),
    /^error: the line is too long\n$/,
  );
  assert.equal(
    await ask(listener.endpoint, Buffer.from([0x31, 0xff, 0x0a, 0x32, 0x0a])),
    'error: the line is not UTF-8\n2\n',
  );
});

test('hostile expressions are answered by errors while another client goes on undisturbed', async () => {
  await using listener = await listen();
  const hostile = [
    '9^9^9^9',
    'ln(2)^9999',
    'sin(1e9000)',
    `${'('.repeat(100_000)}1`,
    '1'.repeat(1_000_000),
    '100000!',
    '__proto__',
    'constructor',
  ];
  const [answers, calm] = await Promise.all([
    ask(listener.endpoint, `${hostile.join('\n')}\n`),
    ask(listener.endpoint, '1+1\n'.repeat(50)),
  ]);
  assert.equal(calm, '2\n'.repeat(50));
  const lines = answers.trimEnd().split('\n');
  assert.equal(lines.length, hostile.length);
  for (const [index, line] of lines.entries()) {
    // The logarithm of 2 to a great power is small, and has a value.
    if (index !== 1) assert.match(line, /^error: /, String(hostile[index]).slice(0, 20));
  }
});

test("Python's socket speaks to it as telnet does", async () => {
  await using listener = await listen();
  const { endpoint } = listener;
  assert.ok(endpoint.transport === 'tcp');
  const printed = await runPython(
    `
import socket, sys
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
f = s.makefile('rw', newline='\\r\\n')
for line in ('2^10', 'sqrt(2)', 'quit'):
    f.write(line + '\\n')
    f.flush()
print(s.makefile().read(), end='')
`,
    [String(endpoint.port)],
  );
  assert.equal(printed, '1024\n1.414213562373095048801688724209698\n');
});
