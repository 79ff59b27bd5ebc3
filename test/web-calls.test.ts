import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { run, runPython, serve } from './support/guichet.ts';

/** A client of no more than Python's standard library: one connection, several calls. */
const client = `
import http.client, json, sys
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
def call(method, **params):
    body = json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': method, 'params': params})
    connection.request('POST', '/rpc', body, {'Content-Type': 'application/json'})
    return json.load(connection.getresponse())
print(call('calculator.evaluate', expression='0.1+0.2')['result'])
print(call('session.whoami')['error']['message'])
print(len(call('rpc.discover')['result']['methods']) > 5)
`;

describe('calls to a whole guichet over the web', () => {
  let running: Awaited<ReturnType<typeof serve>>;
  let port = '';
  before(async () => {
    running = await serve(['http=bytes+tcp://127.0.0.1:0', 'services=json+ws://127.0.0.1:0']);
    port = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(running.stderr)?.[1] ?? '';
  });
  after(() => running[Symbol.asyncDispose]());

  const evaluate = ['calculator.evaluate', '{"expression":"0.1+0.2"}'];

  for (const scheme of ['json+http', 'cbor+http', 'json+ws', 'cbor+ws']) {
    test(`guichet call goes over ${scheme}`, async () => {
      const { stdout, stderr } = await run(['call', `${scheme}://127.0.0.1:${port}`, ...evaluate]);
      assert.deepEqual([stdout, stderr], ['"0.3"\n', '']);
    });
  }

  test('services are served at a place of the web of their own', async () => {
    const place = running.endpoints.find((endpoint) => endpoint.includes('+ws:')) ?? '';
    assert.equal((await run(['call', place, ...evaluate])).stdout, '"0.3"\n');
    const answer = ['send', place, '{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}', '--answer'];
    assert.equal((await run(answer)).stdout, '{"jsonrpc":"2.0","id":1,"result":"pong"}\n');
  });

  test('where there is nothing, the answer is told', async () => {
    const { code, stderr } = await run([
      'call',
      `json+ws://127.0.0.1:${port}/nothing`,
      ...evaluate,
    ]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /ws:\/\/127\.0\.0\.1:\d+\/nothing: answered 404 Not Found; check the path/,
    );
    const french = ['call', `json+http://127.0.0.1:${port}/nothing`, ...evaluate, '--lang', 'fr'];
    assert.match((await run(french)).stderr, /a répondu 404 Not Found ; vérifiez le chemin/);
  });

  test('Python calls with its standard library', async () => {
    const [result, refusal, described] = (await runPython(client, [port])).trim().split('\n');
    assert.deepEqual([result, described], ['0.3', 'True']);
    assert.match(refusal ?? '', /session/);
  });
});
