import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { openStream } from '../transport/index.ts';
import { defineService, implement, method } from './define.ts';
import { serveServices } from './serve.ts';
import type { ServiceListener } from './serve.ts';

/**
 * The examples of JSON-RPC 2.0, section 7. There methods have no service before their name; here they
 * are `rpc2.subtract` and so on, and the rest is to the letter.
 */
const service = defineService('rpc2', {
  subtract: method({
    params: z.object({ minuend: z.number(), subtrahend: z.number() }),
    result: z.number(),
  }),
  sum: method({
    params: z.object({ a: z.number(), b: z.number(), c: z.number() }),
    result: z.number(),
  }),
  update: method({ params: z.unknown(), result: z.null() }),
  notify_hello: method({ params: z.unknown(), result: z.null() }),
  get_data: method({ params: z.object({}), result: z.tuple([z.string(), z.number()]) }),
});

const implemented = implement(service, {
  subtract: ({ minuend, subtrahend }) => minuend - subtrahend,
  sum: ({ a, b, c }) => a + b + c,
  update: () => null,
  notify_hello: () => null,
  get_data: () => ['hello', 5] as [string, number],
});

const invalid = { code: -32_600, message: 'Invalid Request' };

/** What is sent, and what comes back: nothing where the specification says so. */
const examples: readonly (readonly [name: string, sent: string, answer: unknown])[] = [
  [
    'positional parameters',
    '{"jsonrpc": "2.0", "method": "rpc2.subtract", "params": [42, 23], "id": 1}',
    { jsonrpc: '2.0', result: 19, id: 1 },
  ],
  [
    'positional parameters, the other way round',
    '{"jsonrpc": "2.0", "method": "rpc2.subtract", "params": [23, 42], "id": 2}',
    { jsonrpc: '2.0', result: -19, id: 2 },
  ],
  [
    'named parameters',
    '{"jsonrpc": "2.0", "method": "rpc2.subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    { jsonrpc: '2.0', result: 19, id: 3 },
  ],
  [
    'a notification',
    '{"jsonrpc": "2.0", "method": "rpc2.update", "params": [1,2,3,4,5]}',
    undefined,
  ],
  ['a notification of no method', '{"jsonrpc": "2.0", "method": "foobar"}', undefined],
  [
    'a method that does not exist',
    '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    { jsonrpc: '2.0', error: { code: -32_601, message: 'Method not found' }, id: '1' },
  ],
  [
    'invalid JSON',
    '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    { jsonrpc: '2.0', error: { code: -32_700, message: 'Parse error' }, id: null },
  ],
  [
    'an invalid request',
    '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    { jsonrpc: '2.0', error: invalid, id: null },
  ],
  [
    'a batch of invalid JSON',
    '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"',
    { jsonrpc: '2.0', error: { code: -32_700, message: 'Parse error' }, id: null },
  ],
  ['an empty array', '[]', { jsonrpc: '2.0', error: invalid, id: null }],
  ['an invalid batch', '[1]', [{ jsonrpc: '2.0', error: invalid, id: null }]],
  [
    'a batch of invalid requests',
    '[1,2,3]',
    [1, 2, 3].map(() => ({ jsonrpc: '2.0', error: invalid, id: null })),
  ],
  [
    'a batch',
    '[{"jsonrpc": "2.0", "method": "rpc2.sum", "params": [1,2,4], "id": "1"},' +
      '{"jsonrpc": "2.0", "method": "rpc2.notify_hello", "params": [7]},' +
      '{"jsonrpc": "2.0", "method": "rpc2.subtract", "params": [42,23], "id": "2"},' +
      '{"foo": "boo"},' +
      '{"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},' +
      '{"jsonrpc": "2.0", "method": "rpc2.get_data", "id": "9"}]',
    [
      { jsonrpc: '2.0', result: 7, id: '1' },
      { jsonrpc: '2.0', result: 19, id: '2' },
      { jsonrpc: '2.0', error: invalid, id: null },
      { jsonrpc: '2.0', error: { code: -32_601, message: 'Method not found' }, id: '5' },
      { jsonrpc: '2.0', result: ['hello', 5], id: '9' },
    ],
  ],
  [
    'a batch of notifications',
    '[{"jsonrpc": "2.0", "method": "rpc2.notify_hello", "params": [1,2,4]},' +
      '{"jsonrpc": "2.0", "method": "rpc2.notify_hello", "params": [7]}]',
    undefined,
  ],
];

/** The data of an error is the server's to define: the specification's examples have none. */
function withoutData(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withoutData);
  const { error, ...rest } = answer as { error?: { code: number; message: string } };
  return error === undefined
    ? rest
    : { ...rest, error: { code: error.code, message: error.message } };
}

suite("JSON-RPC 2.0, the specification's own examples", () => {
  let server: ServiceListener;
  before(async () => {
    server = await serveServices('json+tcp://127.0.0.1:0', [implemented]);
  });
  after(() => server.close());

  for (const [name, sent, expected] of examples) {
    test(name, async () => {
      await using stream = await openStream(server.endpoint.transport);
      await stream.write(Buffer.from(`${sent}\n`));
      stream.end();
      const lines = Buffer.from(await stream.readAll())
        .toString()
        .split('\n')
        .filter(Boolean);
      const answers = lines.map((line) => withoutData(JSON.parse(line)));
      assert.deepEqual(answers, expected === undefined ? [] : [expected]);
    });
  }
});
