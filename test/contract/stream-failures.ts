import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { listen } from '../../src/transport/index.ts';
import type { CloseReason } from '../../src/transport/index.ts';
import { Recorder } from '../support/recorder.ts';
import { bytesOf, connectIfAllowed, echo, openPair, testWhere } from './stream-transport.ts';
import type { StreamTransport } from './stream-transport.ts';

/** Resets, seen from both sides, and handlers that throw. */
export function testFailures(transport: StreamTransport): void {
  /** What the peer of a connection that was dropped is told. */
  const dropped = transport.tellsResets ? ['reset'] : ['reset', 'ended'];

  test('a reset is aborted on this side and reset on the other, with no end', async () => {
    await using pair = await openPair(transport);
    // A reset that comes with the last of TLS's handshake is told as an end by the platform.
    pair.client.connection.write(bytesOf('x'));
    await pair.server.untilBytes(1);
    pair.client.connection.reset();
    const [server, client] = await pair.untilClosed();
    assert.equal(client, 'aborted');
    assert.equal(pair.client.reason?.error?.code, 'ABORTED');
    assert.ok(dropped.includes(server), server);
    if (!transport.tellsResets) return;
    assert.deepEqual(pair.server.events, ['open', 'data', 'close reset']);
    assert.equal(pair.server.reason?.error?.code, 'CONNECTION_RESET');
    assert.match(pair.server.reason?.error?.message ?? '', /: the peer reset the connection$/);
  });

  test('a reset by the server reaches the client likewise', async () => {
    await using pair = await openPair(transport, {
      server: { data: (connection) => connection.reset() },
    });
    pair.client.connection.write(bytesOf('x'));
    const [server, client] = await pair.untilClosed();
    assert.equal(server, 'aborted');
    assert.ok(dropped.includes(client), client);
  });

  test('a side that drops what it has not read resets the other', async () => {
    await using pair = await openPair(transport, {
      server: { open: (connection) => connection.pause() },
    });
    pair.client.connection.write(new Uint8Array(4 << 20));
    pair.server.connection.reset();
    const [server, client] = await pair.untilClosed();
    assert.deepEqual([server, client], ['aborted', 'reset']);
    assert.equal(pair.client.events.includes('end'), false);
  });

  testWhere(transport.tellsResets, 'data that came before a reset is no orderly end', async () => {
    await using pair = await openPair(transport);
    pair.client.connection.write(bytesOf('half of'));
    await pair.server.untilBytes(7);
    pair.client.connection.reset();
    assert.deepEqual(await pair.untilClosed(), ['reset', 'aborted']);
    assert.deepEqual(pair.server.events, ['open', 'data', 'close reset']);
  });

  test('a reset after both sides have ended changes nothing', async () => {
    await using pair = await openPair(transport);
    pair.client.connection.end();
    await pair.untilClosed();
    pair.client.connection.reset();
    assert.equal(pair.client.reason?.code, 'ended');
  });

  test('a connection that resets itself in open closes once', async () => {
    const servers = new Recorder({ open: (connection) => connection.reset() });
    await using listener = await listen(
      transport.freshEndpoint(),
      servers.handler,
      transport.listenOptions,
    );
    const client = await connectIfAllowed(listener, new Recorder(), transport.connectOptions);
    const server = await servers.next();
    assert.equal((await server.untilClosed()).code, 'aborted');
    assert.deepEqual(server.events, ['open', 'close aborted']);
    if (client !== undefined) assert.ok(dropped.includes((await client.untilClosed()).code));
  });

  const callbacks = ['open', 'data', 'drain', 'end', 'shutdown'] as const;
  for (const callback of callbacks) {
    // TLS buffers a write of its own accord, so that there is not always one to drain.
    if (callback === 'drain' && !transport.tellsProgress) continue;
    test(`a handler that throws in ${callback} costs its connection and no other`, async () => {
      const mistake = new Error(`mistake in ${callback}`);
      const throwing = (connection: { id: number }): void => {
        if (connection.id !== survivor) throw mistake;
      };
      let survivor = 0;
      const reasons: CloseReason[] = [];
      await using pair = await openPair(transport, {
        listen: { highWaterMark: 1_024 },
        server: {
          ...echo,
          open: (connection) => {
            survivor ||= connection.id;
            if (callback === 'open') throwing(connection);
          },
          data: (connection, bytes) => {
            if (callback === 'data') throwing(connection);
            connection.write(bytes);
          },
          drain: callback === 'drain' ? throwing : () => undefined,
          end: (connection) => {
            if (callback === 'end') throwing(connection);
            connection.end();
          },
          shutdown: (connection) => {
            if (callback === 'shutdown') throwing(connection);
            connection.close();
          },
          close: (_connection, reason) => void reasons.push(reason),
        },
      });
      const clients = new Recorder();
      const victim = await connectIfAllowed(pair.listener, clients, transport.connectOptions);
      const client = victim?.connection;
      // For a drain there must be something to drain: the answers to a client that does not read.
      if (callback === 'drain') client?.pause();
      client?.write(new Uint8Array(callback === 'drain' ? 32 << 20 : 4_096));
      if (callback === 'drain') {
        while (pair.servers.recordings.at(-1)?.connection.isBlocked === false) await setImmediate();
        client?.resume();
      }
      if (callback === 'end') client?.end();
      if (callback === 'shutdown') {
        await victim?.untilBytes(4_096);
        await pair.listener.close();
      }
      const ending = (await victim?.untilClosed())?.code ?? 'reset';
      assert.ok([...dropped, 'ended'].includes(ending), ending);
      if (callback !== 'shutdown') {
        pair.client.connection.write(bytesOf('still here'));
        await pair.client.untilBytes(10);
        pair.client.connection.end();
      }
      await pair.untilClosed();
      const failed = reasons.find(({ code }) => code === 'failed');
      assert.match(failed?.error?.message ?? '', /: the handler threw: mistake in /);
      assert.equal(failed?.error?.cause, mistake);
      assert.equal(reasons.length, 2);
    });
  }

  test('a handler that throws in close is told of by a warning and costs nothing', async () => {
    const warned = Promise.withResolvers<Error>();
    process.once('warning', warned.resolve);
    const mistake = new Error('mistake in close');
    await using pair = await openPair(transport, {
      server: {
        close() {
          throw mistake;
        },
      },
    });
    pair.client.connection.end();
    await pair.untilClosed();
    assert.equal(await warned.promise, mistake);
    assert.equal(pair.listener.connections, 0);
  });
}
