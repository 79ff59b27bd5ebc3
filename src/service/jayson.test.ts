import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import jayson from 'jayson';
import jaysonPromise from 'jayson/promise/index.js';
import { z } from 'zod';
import { channelOf, connect } from './client.ts';
import { defineService, implement, method } from './define.ts';
import { CallError } from './errors.ts';
import { serveServices } from './serve.ts';
import { failureOf } from '../../test/support/failures.ts';

const shop = defineService('shop', {
  price: method({
    params: z.object({ article: z.string(), count: z.number().int() }),
    result: z.number(),
  }),
  note: method({ params: z.object({ text: z.string() }), result: z.null() }),
  notes: method({ params: z.object({}), result: z.array(z.string()) }),
});

/** A shop of ours, and how to wait for a note. */
function openShop() {
  const notes: string[] = [];
  const noted = Promise.withResolvers<void>();
  const implemented = implement(shop, {
    price({ article, count }) {
      if (article !== 'pen')
        throw new CallError('NOT_FOUND', `no ${article}`, { data: { article } });
      return 2 * count;
    },
    note({ text }) {
      notes.push(text);
      noted.resolve();
      return null;
    },
    notes: () => notes,
  });
  return { implemented, noted: noted.promise };
}

suite('a client of jayson calls our server', () => {
  test('by name and by position, and is answered', async () => {
    await using server = await serveServices('json+tcp://127.0.0.1:0', [openShop().implemented]);
    const client = jaysonPromise.Client.tcp({ port: portOf(server.endpoint.transport) });
    const named = await client.request('shop.price', { article: 'pen', count: 3 }, 'one');
    assert.deepEqual(named, { jsonrpc: '2.0', id: 'one', result: 6 });
    const placed = await client.request('shop.price', ['pen', 4], 7);
    assert.deepEqual(placed, { jsonrpc: '2.0', id: 7, result: 8 });
  });

  test('and is told what failed, by our codes', async () => {
    await using server = await serveServices('json+tcp://127.0.0.1:0', [openShop().implemented]);
    const client = jaysonPromise.Client.tcp({ port: portOf(server.endpoint.transport) });
    const missing = await client.request('shop.price', { article: 'ink', count: 1 }, 1);
    assert.deepEqual(missing.error, {
      code: -32_005,
      message: 'no ink',
      data: { article: 'ink', code: 'NOT_FOUND' },
    });
    const wrong = await client.request('shop.price', { article: 'pen', count: 'x' }, 2);
    assert.equal(wrong.error.code, -32_602);
    assert.equal(wrong.error.message, 'Invalid params');
    assert.equal(wrong.error.data.path, 'count');
    const unknown = await client.request('shop.close', {}, 3);
    assert.equal(unknown.error.code, -32_601);
    assert.equal(unknown.error.message, 'Method not found');
    const surplus = await client.request('shop.price', ['pen', 1, 'more'], 4);
    assert.equal(surplus.error.code, -32_602);
  });

  test('notifies, and leaves at once without the notification being lost', async () => {
    const { implemented, noted } = openShop();
    await using server = await serveServices('json+tcp://127.0.0.1:0', [implemented]);
    const port = portOf(server.endpoint.transport);
    // Null is jayson's word for a notification: what it sends has no id.
    jayson.Client.tcp({ port }).request('shop.note', { text: 'closed on Monday' }, null, () => {});
    await noted;
    const client = jaysonPromise.Client.tcp({ port });
    const { result } = await client.request('shop.notes', {}, 1);
    assert.deepEqual(result, ['closed on Monday']);
  });

  test('sends batches, and is answered in one message without the notifications', async () => {
    const { implemented, noted } = openShop();
    await using server = await serveServices('json+tcp://127.0.0.1:0', [implemented]);
    const client = jaysonPromise.Client.tcp({ port: portOf(server.endpoint.transport) });
    const answers: { id: unknown; result?: unknown; error?: { code: number } }[] =
      await client.request([
        client.request('shop.price', ['pen', 1], 1, false),
        jayson.Utils.request('shop.note', { text: 'in a batch' }, null),
        client.request('shop.price', { article: 'ink', count: 1 }, 2, false),
        client.request('shop.nothing', {}, 3, false),
      ]);
    await noted;
    assert.deepEqual(
      answers
        .map(({ id, result, error }) => [id, result ?? error?.code])
        .toSorted(([first], [second]) => Number(first) - Number(second)),
      [
        [1, 2],
        [2, -32_005],
        [3, -32_601],
      ],
    );
  });
});

/** The shop again, as a server of jayson. */
async function openJaysonShop() {
  const notes: unknown[] = [];
  const noted = Promise.withResolvers<void>();
  type Answer = (error: jayson.JSONRPCError | null, result?: unknown) => void;
  const server = new jayson.Server({
    'shop.price'(this: jayson.Server, params: unknown, answer: Answer) {
      const [article, count] = Array.isArray(params)
        ? (params as [string, number])
        : Object.values(params as { article: string; count: number });
      if (article === 'pen') answer(null, Number(count) * 2);
      else if (article === 'ink')
        answer(this.error(-32_005, 'no ink', { code: 'NOT_FOUND', article }));
      else answer(this.error(42, 'sold out', { article }));
    },
    'shop.note'(params: { text: string }, answer: Answer) {
      notes.push(params.text);
      noted.resolve();
      answer(null, null);
    },
    'shop.notes': (_params: unknown, answer: Answer) => answer(null, notes),
  });
  const listener = server.tcp().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const close = () => new Promise((resolve) => listener.close(resolve));
  return { endpoint: `json+tcp://127.0.0.1:${port}`, noted: noted.promise, close };
}

suite('our client calls a server of jayson', () => {
  test('many at a time, by name and by position', async () => {
    const { endpoint, close } = await openJaysonShop();
    {
      await using client = await connect(endpoint, shop);
      const calls = Array.from({ length: 50 }, (_, count) =>
        client.price({ article: 'pen', count }),
      );
      assert.deepEqual(
        await Promise.all(calls),
        calls.map((_, count) => 2 * count),
      );
      assert.equal(await channelOf(client).call('shop.price', ['pen', 5]), 10);
    }
    await close();
  });

  test('and gives its errors: those with our codes by name, others with their numbers', async () => {
    const { endpoint, close } = await openJaysonShop();
    {
      await using client = await connect(endpoint, shop);
      const missing = await failureOf(client.price({ article: 'ink', count: 1 }));
      assert.deepEqual([missing.code, missing.message], ['NOT_FOUND', 'no ink']);
      assert.equal(missing.data?.['article'], 'ink');
      const foreign = await failureOf(client.price({ article: 'gum', count: 1 }));
      assert.deepEqual([foreign.code, foreign.rpc, foreign.message], ['FAILED', 42, 'sold out']);
      const unknown = await failureOf(channelOf(client).call('shop.close'));
      assert.equal(unknown.code, 'METHOD_NOT_FOUND');
    }
    await close();
  });

  test('and notifies it', async () => {
    const { endpoint, noted, close } = await openJaysonShop();
    {
      await using client = await connect(endpoint, shop);
      channelOf(client).notify('shop.note', { text: 'from afar' });
      await noted;
      assert.deepEqual(await client.notes(), ['from afar']);
    }
    await close();
  });
});

function portOf(endpoint: { readonly transport: string; readonly port?: number }): number {
  assert.ok(endpoint.port !== undefined);
  return endpoint.port;
}
