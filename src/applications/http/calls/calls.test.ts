import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { WebSocket } from 'ws';
import { once } from 'node:events';
import { exchange } from '../../../../test/support/raw-http.ts';
import { within } from '../../../../test/support/recorder.ts';
import { cbor } from '../../../presentation/index.ts';
import { Dispatcher, connect, defineService, implement, method } from '../../../service/index.ts';
import { serveHttp } from '../index.ts';
import type { HttpServer } from '../index.ts';
import { rpcHandler } from './index.ts';

const service = defineService('trial', {
  add: method({ params: z.object({ a: z.number(), b: z.number() }), result: z.number() }),
  whose: method({ params: z.object({}), result: z.string() }),
  fail: method({ params: z.object({}), result: z.string() }),
});

const add = { jsonrpc: '2.0', id: 1, method: 'trial.add', params: { a: 1, b: 2 } };
const sum = { jsonrpc: '2.0', id: 1, result: 3 };
const whose = { jsonrpc: '2.0', id: 2, method: 'trial.whose', params: {} };

describe('calls over HTTP', () => {
  let server: HttpServer;
  let url = '';
  let told: unknown;
  before(async () => {
    const dispatcher = new Dispatcher([
      implement(service, {
        add({ a, b }) {
          told = a;
          return a + b;
        },
        whose: (_params, { session }) => session ?? 'nobody',
        fail() {
          throw new Error('a secret');
        },
      }),
    ]);
    server = await serveHttp(
      'tcp://127.0.0.1:0',
      rpcHandler(dispatcher, { origins: ['https://friend.example'], maxMessageBytes: 10_000 }),
    );
    url = `${server.url}rpc`;
  });
  after(() => server.close(0));

  const post = async (content: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: 'POST',
      body: content as string,
      headers: { 'content-type': 'application/json', ...headers },
    });

  test('a call is answered, whatever comes of it, with 200 and its own media type', async () => {
    const answer = await post(JSON.stringify(add));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(await answer.json(), sum);
    const failed = await post(JSON.stringify({ ...add, method: 'trial.fail', params: {} }));
    assert.equal(failed.status, 200);
    const { error } = (await failed.json()) as { error: { code: number } };
    assert.equal(error.code, -32_603);
    assert.doesNotMatch(JSON.stringify(error), /secret/);
  });

  test('the media type chooses the encoding', async () => {
    const codec = cbor();
    const answer = await post(codec.encode(add), { 'content-type': 'application/cbor' });
    assert.equal(answer.headers.get('content-type'), 'application/cbor');
    assert.deepEqual(codec.decode(new Uint8Array(await answer.arrayBuffer())), sum);
    for (const type of ['application/json; charset=UTF-8', 'application/json-rpc']) {
      assert.deepEqual(
        await (await post(JSON.stringify(add), { 'content-type': type })).json(),
        sum,
      );
    }
  });

  test('a batch is answered in one, a notification by nothing', async () => {
    const answer = await post(
      JSON.stringify([add, { ...add, id: undefined }, { ...add, id: 'x' }]),
    );
    assert.deepEqual(await answer.json(), [sum, { ...sum, id: 'x' }]);
    told = undefined;
    const nothing = await post(JSON.stringify({ ...add, id: undefined }));
    assert.deepEqual([nothing.status, await nothing.text(), told], [204, '', 1]);
  });

  const refused: readonly (readonly [string, string, Record<string, string>, number])[] = [
    ['what is no JSON', '{"a', {}, 400],
    ['what is no call', '{"jsonrpc":"1.0"}', {}, 400],
    ['an empty batch', '[]', {}, 400],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', '{}', { 'content-type': 'text/plain' }, 415],
    ['another charset', '{}', { 'content-type': 'application/json; charset=latin1' }, 415],
    ['too much', ' '.repeat(10_001), {}, 413],
    ['a page of another site', JSON.stringify(add), { origin: 'https://evil.example' }, 403],
    ['a page without an origin of its own', JSON.stringify(add), { origin: 'null' }, 403],
  ];
  for (const [what, content, headers, status] of refused) {
    test(`${what} is refused with ${status}, and nothing is done`, async () => {
      told = undefined;
      assert.equal((await post(content, headers)).status, status);
      assert.equal(told, undefined);
    });
  }

  test('pages of listed origins may call, and their browsers are told so', async () => {
    const origin = 'https://friend.example';
    const asked = await fetch(url, { method: 'OPTIONS', headers: { origin } });
    assert.equal(asked.status, 204);
    assert.equal(asked.headers.get('access-control-allow-origin'), origin);
    assert.match(asked.headers.get('access-control-allow-headers') ?? '', /content-type/);
    const answer = await post(JSON.stringify(add), { origin });
    assert.equal(answer.headers.get('access-control-allow-origin'), origin);
    assert.equal(answer.headers.get('vary'), 'Origin');
    const own = await post(JSON.stringify(add), { origin: new URL(url).origin });
    assert.equal(own.status, 200);
  });

  test('other methods are told which there are', async () => {
    const answer = await fetch(url);
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST, OPTIONS']);
  });

  test('the session is the bearer, the cookie, or what the call itself says', async () => {
    const ask = async (headers: Record<string, string>, meta?: unknown) => {
      const answer = await post(
        JSON.stringify({ ...whose, ...(meta !== undefined && { meta }) }),
        headers,
      );
      return ((await answer.json()) as { result: string }).result;
    };
    assert.equal(await ask({}), 'nobody');
    assert.equal(await ask({ authorization: 'Bearer abc-_1' }), 'abc-_1');
    assert.equal(await ask({ cookie: 'a=b; __Host-guichet=tok=; c=d' }), 'tok=');
    assert.equal(await ask({ authorization: 'Bearer a', cookie: '__Host-guichet=b' }), 'a');
    assert.equal(await ask({ authorization: 'Bearer a' }, { session: 'own' }), 'own');
    assert.equal(await ask({ authorization: 'Basic abc' }), 'nobody');
  });

  test('a WebSocket carries calls in the encoding of its first message, with its session', async () => {
    const place = url.replace('http', 'ws');
    for (const isText of [true, false]) {
      const socket = new WebSocket(place, { headers: { authorization: 'Bearer its' } });
      await once(socket, 'open');
      socket.send(isText ? JSON.stringify(whose) : cbor().encode(whose));
      const [data, isBinary] = (await within(once(socket, 'message'), 'an answer')) as [
        Buffer,
        boolean,
      ];
      assert.equal(isBinary, !isText);
      const answer: unknown = isText ? JSON.parse(data.toString()) : cbor().decode(data);
      assert.deepEqual(answer, { jsonrpc: '2.0', id: 2, result: 'its' });
      socket.close(1000);
      const [code] = (await within(once(socket, 'close'), 'a close')) as [number];
      assert.equal(code, 1000);
    }
  });

  test('a message too long closes its WebSocket with 1009, text that is none with 1007', async () => {
    for (const [data, code] of [
      ['x'.repeat(10_001), 1009],
      [Buffer.from([0xff]), 1007],
    ] as const) {
      const socket = new WebSocket(url.replace('http', 'ws'));
      await once(socket, 'open');
      socket.send(data, { binary: false });
      const [given] = (await within(once(socket, 'close'), 'a close')) as [number];
      assert.equal(given, code);
    }
  });

  test('a page of another site gets no WebSocket', async () => {
    const socket = new WebSocket(url.replace('http', 'ws'), { origin: 'https://evil.example' });
    const [error] = (await within(once(socket, 'error'), 'a refusal')) as [Error];
    assert.match(error.message, /403/);
  });

  test('a handshake that is none is refused, and costs no more than its connection', async () => {
    const port = Number(new URL(url).port);
    const head = 'GET /rpc HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
    for (const fields of ['', 'Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n']) {
      const { responses } = await exchange(port, `${head}${fields}\r\n`);
      assert.equal(responses[0]?.status, 400);
    }
    const { responses } = await exchange(
      port,
      `${head}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 7\r\n\r\n`,
    );
    assert.ok([400, 426].includes(responses[0]?.status ?? 0));
    assert.equal((await post(JSON.stringify(add))).status, 200);
  });

  test('a server that closes answers first, and tells its WebSockets that it goes away', async () => {
    const wait = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    const slow = defineService('slow', {
      wait: method({ params: z.object({}), result: z.string() }),
    });
    const dispatcher = new Dispatcher([
      implement(slow, {
        wait() {
          asked.resolve();
          return wait.promise;
        },
      }),
    ]);
    const other = await serveHttp('tcp://127.0.0.1:0', rpcHandler(dispatcher));
    const client = await connect(`${other.url.replace('http:', 'json+ws:')}rpc`, slow);
    const idle = new WebSocket(other.url.replace('http', 'ws'));
    await once(idle, 'open');
    const answered = client.wait({});
    await within(asked.promise, 'the call');
    const closing = other.close();
    const [code] = (await within(once(idle, 'close'), 'a close')) as [number];
    assert.equal(code, 1001);
    wait.resolve('late');
    assert.equal(await answered, 'late');
    await closing;
    await client[Symbol.asyncDispose]();
  });
});
