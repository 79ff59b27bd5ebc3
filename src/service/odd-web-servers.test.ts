import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { connect } from './client.ts';
import { defineService, method } from './define.ts';
import { failureOf } from '../../test/support/failures.ts';

const service = defineService('trial', {
  read: method({ params: z.object({}), result: z.string(), isIdempotent: true }),
});

/** A web server that answers each call as the test says, by POST and by WebSocket, and counts them. */
async function openWebServer(
  answer: (call: { readonly id: number }) => unknown,
  post?: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const state = { calls: 0 };
  const answerText = (call: string): string => {
    state.calls++;
    return JSON.stringify(answer(JSON.parse(call) as { id: number }));
  };
  const server = createServer((request, response) => {
    if (post !== undefined) {
      state.calls++;
      post(request, response);
      return;
    }
    response.setHeader('content-type', 'application/json');
    void text(request).then((call) => response.end(answerText(call)));
  }).listen(0, '127.0.0.1');
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => socket.send(answerText((data as Buffer).toString())));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    state,
    at: (scheme: string) => `json+${scheme}://127.0.0.1:${port}/rpc`,
    [Symbol.dispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
    },
  };
}

suite('a client over the web', () => {
  for (const scheme of ['http', 'ws']) {
    test(`is told of an answer too long at once over ${scheme}, and asks no more`, async () => {
      using server = await openWebServer(({ id }) => ({
        jsonrpc: '2.0',
        id,
        result: 'x'.repeat(2_000),
      }));
      await using client = await connect(server.at(scheme), service, { maxFrameBytes: 1_000 });
      const { code, message } = await failureOf(client.read({}, { deadline: 5_000 }));
      assert.equal(code, 'ANSWER_TOO_LONG');
      assert.equal(
        message,
        'trial.read: the answer is longer than the limit of 1000 bytes: raise maxFrameBytes, or ask for less',
      );
      assert.equal(server.state.calls, 1);
      await using roomy = await connect(server.at(scheme), service, { maxFrameBytes: 3_000 });
      assert.equal((await roomy.read()).length, 2_000);
    });
  }

  test('asks a server that fails again, ever less often, and tells how it failed', async () => {
    using server = await openWebServer(
      () => undefined,
      (_request, response) => response.writeHead(503).end(),
    );
    await using client = await connect(server.at('http'), service);
    const { code, message } = await failureOf(client.read({}, { deadline: 500 }));
    assert.equal(code, 'UNAVAILABLE');
    assert.match(message, /^trial\.read: http:.* answered 503 Service Unavailable/);
    const { calls } = server.state;
    assert.ok(calls > 1 && calls < 10, `${calls} calls`);
  });

  test('does not ask again where it is told that it asks in vain', async () => {
    using server = await openWebServer(
      () => undefined,
      (_request, response) => response.writeHead(404).end(),
    );
    await using client = await connect(server.at('http'), service);
    const { message } = await failureOf(client.read({}, { deadline: 5_000 }));
    assert.match(message, /^trial\.read: http:.* answered 404 Not Found; check the path/);
    assert.equal(server.state.calls, 1);
  });

  test('is told of the deadline it gave, however often it asked', async () => {
    const held: ServerResponse[] = [];
    using server = await openWebServer(
      () => undefined,
      (_request, response) => {
        if (held.push(response) === 1) response.writeHead(503).end();
      },
    );
    await using client = await connect(server.at('http'), service);
    const { code, message } = await failureOf(client.read({}, { deadline: 400 }));
    assert.deepEqual([code, message], ['DEADLINE_EXCEEDED', 'trial.read: no answer within 400 ms']);
    assert.equal(held.length, 2);
  });
});
