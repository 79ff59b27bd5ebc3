import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, listen } from '../../src/transport/index.ts';
import type { Connection } from '../../src/transport/index.ts';
import { Recorder } from '../support/recorder.ts';
import type { Recording } from '../support/recorder.ts';
import { bytesOf, echo, openPair } from './stream-transport.ts';
import type { StreamTransport } from './stream-transport.ts';

const stayOpen = (): void => undefined;

/** Orderly ends, half of a connection at a time, and the close that lingers. */
export function testEnds(transport: StreamTransport): void {
  test('after the client has ended, the server still sends', async () => {
    await using pair = await openPair(transport, {
      server: {
        end(connection) {
          connection.write(new Uint8Array(1 << 20));
          connection.end();
        },
      },
    });
    pair.client.connection.write(bytesOf('request'));
    pair.client.connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.server.text, 'request');
    assert.equal(pair.client.byteCount, 1 << 20);
  });

  test('after the server has ended, the client still sends', async () => {
    await using pair = await openPair(transport, {
      client: {
        end(connection) {
          connection.write(new Uint8Array(1 << 20));
          connection.end();
        },
      },
    });
    pair.server.connection.write(bytesOf('greeting'));
    pair.server.connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.client.text, 'greeting');
    assert.equal(pair.server.byteCount, 1 << 20);
  });

  test('a connection half-closed stays so until the other side ends', async () => {
    await using pair = await openPair(transport, { server: { end: stayOpen } });
    pair.client.connection.end();
    await pair.server.untilEvent('end');
    for (const text of ['one', 'two', 'three']) {
      const before = pair.client.byteCount;
      pair.server.connection.write(bytesOf(text));
      await pair.client.untilBytes(before + text.length);
    }
    assert.equal(pair.server.connection.isClosed, false);
    pair.server.connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
  });

  test('both sides may end at once, and more than once', async () => {
    await using pair = await openPair(transport);
    for (const { connection } of [pair.server, pair.client]) {
      connection.end();
      connection.end();
    }
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
  });

  test('a write after the end throws WRITE_AFTER_END and costs nothing', async () => {
    await using pair = await openPair(transport, { server: echo });
    const { connection } = pair.client;
    connection.write(bytesOf('first'));
    connection.end();
    assert.throws(() => connection.write(bytesOf('second')), { code: 'WRITE_AFTER_END' });
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.client.text, 'first');
  });

  test('after the close every method does nothing', async () => {
    await using pair = await openPair(transport);
    pair.client.connection.end();
    await pair.untilClosed();
    for (const { connection, events } of [pair.server, pair.client]) {
      const before = events.length;
      assert.equal(connection.write(bytesOf('late')), false);
      connection.end();
      connection.close();
      connection.pause();
      connection.unread(bytesOf('late'));
      connection.resume();
      connection.reset();
      assert.equal(connection.isClosed, true);
      assert.equal(events.length, before);
    }
  });

  test('close gives the whole answer to a client that is still sending', async () => {
    const answer = new Uint8Array(2 << 20);
    const state = { isSending: true };
    const send = (connection: Connection<unknown>): void => {
      while (state.isSending && connection.write(new Uint8Array(65_536)));
    };
    await using pair = await openPair(transport, {
      server: {
        data(connection) {
          if (connection.bytesWritten > 0) return;
          connection.write(answer);
          connection.close();
        },
      },
      client: {
        open: send,
        drain: send,
        end(connection) {
          state.isSending = false;
          connection.end();
        },
      },
    });
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.client.byteCount, answer.length);
  });

  test('close hands nothing over any more', async () => {
    await using pair = await openPair(transport, { client: { end: stayOpen } });
    pair.server.connection.close();
    await pair.client.untilEvent('end');
    pair.client.connection.write(bytesOf('unheard'));
    pair.client.connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.deepEqual(pair.server.events, ['open', 'close ended']);
    assert.equal(pair.server.connection.write(bytesOf('late')), false);
  });

  test('close lets go of a paused connection', async () => {
    await using pair = await openPair(transport, {
      server: { open: (connection) => connection.pause() },
    });
    pair.client.connection.write(new Uint8Array(1 << 20));
    pair.client.connection.end();
    pair.server.connection.close();
    pair.server.connection.pause();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
  });

  test('close waits no longer than the linger time-out for the peer to end', async () => {
    await using pair = await openPair(transport, {
      listen: { lingerTimeout: 50 },
      client: { end: stayOpen },
    });
    const before = performance.now();
    pair.server.connection.write(bytesOf('bye'));
    pair.server.connection.close();
    assert.equal((await pair.server.untilClosed()).code, 'closed');
    assert.ok(performance.now() - before >= 49);
    assert.equal(pair.client.text, 'bye');
    assert.equal(pair.client.events.includes('end'), true);
  });

  test('the linger time-out runs from when all is sent, however slow the reader', async () => {
    const answer = 12 << 20;
    let pauses = 0;
    await using pair = await openPair(transport, {
      // TLS says that all is sent while much of it is still being encrypted.
      listen: { lingerTimeout: transport.transport === 'tls' ? 1_000 : 50 },
      client: {
        // Twenty pauses of 10 ms, which together are longer than the time-out.
        data(connection) {
          if (connection.bytesRead < answer / 2 || pauses >= 20) return;
          pauses++;
          connection.pause();
          setTimeout(() => connection.resume(), 10);
        },
      },
    });
    pair.server.connection.write(new Uint8Array(answer));
    pair.server.connection.close();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.client.byteCount, answer);
  });

  test('a server may answer and close each of many connections without one reset', async () => {
    await using listener = await listen(
      transport.freshEndpoint(),
      {
        data(connection, bytes) {
          connection.write(bytes);
          connection.close();
        },
      },
      transport.listenOptions,
    );
    for (let turn = 0; turn < 50; turn++) {
      const clients = new Recorder();
      const client: Connection<Recording> = await connect(
        listener.endpoint,
        clients.handler,
        transport.connectOptions,
      );
      client.write(bytesOf('question'));
      const recording = await clients.next();
      assert.equal((await recording.untilClosed()).code, 'ended');
      assert.equal(recording.text, 'question');
    }
  });
}
