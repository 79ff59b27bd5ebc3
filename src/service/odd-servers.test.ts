import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { suite, test } from 'node:test';
import { z } from 'zod';
import { Channel } from './channel.ts';
import { channelOf, connect } from './client.ts';
import { defineService, method, streamMethod } from './define.ts';
import { failureOf } from '../../test/support/failures.ts';

const service = defineService('trial', {
  add: method({ params: z.object({ a: z.number(), b: z.number() }), result: z.number() }),
  read: method({ params: z.object({}), result: z.number(), isIdempotent: true }),
  count: streamMethod({ params: z.object({}), item: z.number() }),
});

/** A server that does with what comes as the test says, and counts its connections. */
async function openOddServer(receive: (socket: Socket, bytes: Buffer) => void) {
  const state = { connections: 0 };
  const server = createServer((socket) => {
    state.connections++;
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => receive(socket, bytes));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    state,
    endpoint: `json+tcp://127.0.0.1:${port}`,
    [Symbol.dispose]: () => void server.close(),
  };
}

function answerTo(bytes: Buffer, result: unknown): string {
  const { id } = JSON.parse(bytes.toString()) as { id: number };
  return `${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`;
}

suite('a client', () => {
  test('whose server answers in another protocol learns so at once', async () => {
    using server = await openOddServer((socket) => socket.write('error: unexpected {\n'));
    await using client = await connect(server.endpoint, service);
    const failures = [client.add({ a: 1, b: 2 }), client.read()].map(failureOf);
    for (const error of await Promise.all(failures)) {
      assert.equal(error.code, 'PARSE_ERROR');
      assert.match(
        error.message,
        /^trial\.(add|read): what 127\.0\.0\.1:\d+ sent is no answer: Not /,
      );
    }
  });

  test('learns which answer is too long, and what to raise', async () => {
    using server = await openOddServer((socket, bytes) => {
      socket.write(answerTo(bytes.subarray(0, bytes.indexOf('\n')), 'x'.repeat(2_000)));
    });
    const options = { maxFrameBytes: 1_000 };
    const advice = 'longer than the limit of 1000 bytes: raise maxFrameBytes, or ask for less';
    await using alone = await connect(server.endpoint, service, options);
    const failure = await failureOf(alone.read());
    assert.equal(failure.message, `trial.read: the answer is ${advice}`);
    assert.equal(server.state.connections, 1, 'it asks no more');
    await using several = await connect(server.endpoint, service, options);
    const failures = [several.add({ a: 1, b: 2 }), several.read()].map(failureOf);
    for (const [index, { code, message }] of (await Promise.all(failures)).entries()) {
      const called = index === 0 ? 'add' : 'read';
      assert.equal(code, 'ANSWER_TOO_LONG');
      const whose = 'the answer to one of the 2 calls under way';
      assert.equal(message, `trial.${called}: ${whose} is ${advice}`);
    }
  });

  test('that serves too learns of an answer too long', async () => {
    using server = await openOddServer((socket, bytes) => {
      if (bytes.includes('trial.read')) socket.write(answerTo(bytes, 'x'.repeat(2_000)));
    });
    const options = { maxFrameBytes: 1_000, services: [] };
    await using client = await connect(server.endpoint, service, options);
    const { code, message } = await failureOf(client.read());
    assert.equal(code, 'ANSWER_TOO_LONG');
    assert.match(message, /^trial\.read: the answer is longer than the limit of 1000 bytes/);
  });

  test('whose request could not be read learns why at once', async () => {
    const error = { code: -32_700, message: 'Parse error', data: { reason: 'too deep' } };
    using server = await openOddServer((socket) =>
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: null, error })}\n`),
    );
    await using client = await connect(server.endpoint, service);
    const failure = await failureOf(client.add({ a: 1, b: 2 }));
    assert.deepEqual([failure.code, failure.message], ['PARSE_ERROR', 'too deep']);
  });

  test('whose answer is neither a result nor an error learns so at once', async () => {
    const odd = [{}, { error: 'boom' }, { error: null }];
    using server = await openOddServer((socket, bytes) => {
      const { id } = JSON.parse(bytes.toString()) as { id: number };
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...odd.shift() })}\n`);
    });
    await using client = await connect(server.endpoint, service);
    for (let call = 0; call < 3; call++) {
      const { code, message } = await failureOf(client.read());
      assert.equal(code, 'PARSE_ERROR');
      assert.match(message, /^trial\.read: .* is no answer: neither a result nor an error$/);
    }
    assert.equal(server.state.connections, 1);
  });

  test('calls over a new connection as soon as one is given up', async () => {
    using server = await openOddServer((socket, bytes) => {
      socket.write(server.state.connections === 1 ? 'garbage\n' : answerTo(bytes, 3));
    });
    await using client = await connect(server.endpoint, service);
    assert.equal((await failureOf(client.add({ a: 1, b: 2 }))).code, 'PARSE_ERROR');
    assert.equal(await client.add({ a: 1, b: 2 }), 3);
  });

  test('is told the method of a failure that names none', async () => {
    const texts = ['busy', 'trial.add: busy', ''];
    using server = await openOddServer((socket, bytes) => {
      const { id } = JSON.parse(bytes.toString()) as { id: number };
      const error = { code: -32_000, message: texts.shift() };
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`);
    });
    await using client = await connect(server.endpoint, service);
    for (const expected of ['trial.add: busy', 'trial.add: busy', 'trial.add: ']) {
      const failure = await failureOf(client.add({ a: 1, b: 2 }));
      assert.deepEqual([failure.code, failure.message], ['OVERLOADED', expected]);
    }
  });

  test('whose connection the server ends calls over a new one', async () => {
    using server = await openOddServer((socket, bytes) => {
      const answer = answerTo(bytes, 3);
      if (server.state.connections === 1) socket.end();
      else socket.write(answer);
    });
    await using client = await connect(server.endpoint, service);
    const lost = await failureOf(client.add({ a: 1, b: 2 }));
    assert.match(lost.message, /^trial\.add: no answer from .* the peer ended the connection$/);
    assert.equal(await client.add({ a: 1, b: 2 }), 3);
    assert.equal(server.state.connections, 2);
  });

  test('whose server drops every connection tries ever less often', async () => {
    using server = await openOddServer((socket) => socket.destroy());
    await using client = await connect(server.endpoint, service);
    const calls = Array.from({ length: 20 }, () => failureOf(client.read({}, { deadline: 500 })));
    for (const { code, message } of await Promise.all(calls)) {
      assert.equal(code, 'UNAVAILABLE');
      assert.match(message, /^trial\.read: /);
    }
    const { connections } = server.state;
    assert.ok(connections > 2 && connections < 12, `${connections} connections`);
  });

  test('that was closed connects no more', async () => {
    using server = await openOddServer(() => undefined);
    const client = await connect(server.endpoint, service);
    await channelOf(client).close();
    assert.match((await failureOf(client.add({ a: 1, b: 2 }))).message, /closed/);
    assert.match((await failureOf(client.count().next())).message, /closed/);
    assert.equal(server.state.connections, 1);
  });

  test('that is closed while it waits for its next attempt does not go on', async () => {
    using server = await openOddServer((socket) => socket.destroy());
    const channel = await Channel.open(server.endpoint);
    const failure = failureOf(channel.call('trial.read', {}, { idempotencyKey: 'k' }));
    while (channel.isConnected) await new Promise((resolve) => setImmediate(resolve));
    await channel.close();
    assert.match((await failure).message, /^trial\.read: /);
  });
});
