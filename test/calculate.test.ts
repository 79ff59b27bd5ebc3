import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Calculator } from 'guichet/calculator';
import { run, runPython, serve } from './support/guichet.ts';

/** Types lines at the prompt of `guichet calculate` once it is there, and prints all that was seen. */
const typist = `
import os, pty, sys
command, endpoint, language, *lines = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command, [command, 'calculate', endpoint, '--lang', language])
seen = b''
def read():
    global seen
    try: piece = os.read(terminal, 65536)
    except OSError: return False
    seen += piece
    return piece != b''
while b'> ' not in seen and read(): pass
for line in lines: os.write(terminal, line.encode() + b'\\r')
while read(): pass
print(seen.decode().replace('\\r', ''))
print('exit', os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

suite('guichet calculate', () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let endpoint = '';
  before(async () => {
    server = await serve(['services=json+tcp://127.0.0.1:0']);
    [endpoint = ''] = server.endpoints;
  });
  after(() => server[Symbol.asyncDispose]());

  for (const word of ['quit', 'exit']) {
    test(`ends at ${word}, whatever follows`, async () => {
      const ended = await run(['calculate', endpoint], { input: `1+2\n ${word} \n3+4\n` });
      assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, '3\n', '']);
    });
  }

  test('explains at help what can be calculated, in the language asked for', async () => {
    const texts = { en: /^memory +x = 3 keeps/m, fr: /^mémoire +x = 3 garde/m };
    for (const [language, expected] of Object.entries(texts)) {
      const ended = await run(['calculate', endpoint, '--lang', language], {
        input: 'help\n1+2\n',
      });
      assert.deepEqual([ended.code, ended.stdout], [0, '3\n']);
      assert.match(ended.stderr, expected);
      for (const line of ended.stderr.split('\n')) assert.ok(line.length < 80, line);
      const [shown = ''] = ended.stderr.split('\n');
      const examples = shown.replace(/^\S+ +/, '').split('   ');
      assert.ok(examples.length > 5);
      for (const example of examples) new Calculator().evaluate(example);
    }
  });

  test('at a terminal answers, explains and leaves as it is told', async () => {
    const command = new URL('../bin/guichet', import.meta.url).pathname;
    const seen = await runPython(typist, [command, endpoint, 'fr', '2^10', 'help', 'exit']);
    assert.match(seen, /help explique, quit ou Ctrl-D termine/);
    assert.match(seen, /^1024$/m);
    assert.match(seen, /^fonctions +abs floor/m);
    assert.match(seen, /^exit 0$/m);
  });
});
