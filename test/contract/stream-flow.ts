import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { connect, listen } from '../../src/transport/index.ts';
import { Recorder } from '../support/recorder.ts';
import { bytesOf, echo, openPair } from './stream-transport.ts';
import type { StreamTransport } from './stream-transport.ts';

const highWaterMark = 32_768;
const lowWaterMark = 8_192;
const marks = { highWaterMark, lowWaterMark };
const piece = new Uint8Array(4_096);

/** Who may be held back, how, and how he is let go. */
export function testFlow(transport: StreamTransport): void {
  test('write returns false above the high-water mark and drain follows at the low one', async () => {
    const buffered: number[] = [];
    await using pair = await openPair(transport, {
      server: { open: (connection) => connection.pause() },
      client: { drain: (connection) => void buffered.push(connection.bufferedBytes) },
      connect: marks,
    });
    const { connection } = pair.client;
    // The system takes some too, and tells of it late: it is full once this side stays full.
    for (let turn = 0; turn < 50 || connection.bufferedBytes <= highWaterMark; turn++) {
      while (connection.bufferedBytes <= highWaterMark && connection.write(piece));
      assert.ok(connection.bufferedBytes > highWaterMark);
      assert.ok(connection.bufferedBytes <= highWaterMark + piece.length);
      await setImmediate();
    }
    const drained = pair.client.drainCount;
    pair.server.connection.resume();
    await pair.client.until(() => pair.client.drainCount > drained, 'drain');
    assert.ok(
      buffered.every((bytes) => bytes <= lowWaterMark),
      `drain at ${buffered}`,
    );
    connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.server.byteCount, connection.bytesWritten);
  });

  test('drain comes once for each time write returned false', async () => {
    await using pair = await openPair(transport, { connect: marks });
    const { connection } = pair.client;
    for (let turn = 1; turn <= 5; turn++) {
      while (connection.write(piece));
      connection.write(piece);
      await pair.client.until(() => pair.client.drainCount === turn, `${turn} drains`);
    }
    connection.end();
    await pair.untilClosed();
    assert.equal(pair.client.drainCount, 5);
  });

  test('one write above the high-water mark drains too', async () => {
    await using pair = await openPair(transport, { connect: marks });
    // What the system takes at once is not buffered, and there is nothing to wait for.
    if (pair.client.connection.write(new Uint8Array(highWaterMark + 1))) {
      assert.ok(pair.client.connection.bufferedBytes <= highWaterMark);
    } else {
      await pair.client.untilEvent('drain');
    }
    await pair.server.untilBytes(highWaterMark + 1);
  });

  test('bytes given back come again, before all others and the end, and are counted once', async () => {
    const pieces: string[] = [];
    await using pair = await openPair(transport, {
      server: {
        data(connection, bytes) {
          pieces.push(Buffer.from(bytes.subarray(0, 4)).toString());
          if (bytes.length <= 4) return;
          connection.pause();
          connection.unread(bytes.subarray(4));
          void setImmediate().then(() => connection.resume());
        },
      },
    });
    const { connection } = pair.client;
    connection.write(bytesOf('one two three'));
    connection.write(bytesOf(' four'));
    connection.end();
    await pair.untilClosed();
    assert.equal(pieces.join(''), 'one two three four');
    assert.ok(pieces.length >= 4);
    assert.equal(pair.server.connection.bytesRead, 18);
  });

  test('there is no drain after the end or the close', async () => {
    await using pair = await openPair(transport, { connect: marks });
    while (pair.client.connection.write(piece));
    pair.client.connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.client.drainCount, 0);
  });

  test('a paused connection gets neither data nor end until it resumes', async () => {
    await using pair = await openPair(transport, {
      server: { open: (connection) => connection.pause() },
    });
    pair.client.connection.write(bytesOf('later'));
    pair.client.connection.end();
    // Time for the bytes to come over, were they let in.
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    assert.deepEqual(pair.server.events, ['open']);
    pair.server.connection.resume();
    await pair.untilClosed();
    assert.equal(pair.server.text, 'later');
  });

  test('pausing in data holds the rest back, and so the peer', async () => {
    const total = 16 << 20;
    await using pair = await openPair(transport, {
      server: { data: (connection) => connection.pause() },
      client: {
        open(connection) {
          while (connection.write(piece));
        },
        drain(connection) {
          while (connection.bytesWritten < total && connection.write(piece));
        },
      },
      connect: marks,
    });
    await pair.server.untilBytes(1);
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    assert.equal(pair.server.chunkCount, 1);
    assert.ok(pair.client.connection.bytesWritten < total);
    assert.ok(pair.client.connection.bufferedBytes <= highWaterMark + piece.length);
  });

  test('pausing and resuming again and again loses nothing', async () => {
    await using pair = await openPair(transport, {
      server: {
        data(connection) {
          connection.pause();
          queueMicrotask(() => {
            connection.resume();
            connection.pause();
            setTimeout(() => connection.resume(), 1);
          });
        },
      },
    });
    for (let turn = 0; turn < 256; turn++) pair.client.connection.write(piece);
    pair.client.connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.server.byteCount, 256 * piece.length);
  });

  test('an echo server holds back a peer that sends and never reads', async () => {
    const servers = new Recorder(echo);
    await using listener = await listen(transport.freshEndpoint(), servers.handler, {
      ...transport.listenOptions,
      ...marks,
    });
    const clients = new Recorder({
      open: (connection) => connection.pause(),
      drain(connection) {
        while (connection.write(piece));
      },
    });
    const client = await connect(listener.endpoint, clients.handler, {
      ...transport.connectOptions,
      ...marks,
    });
    const server = await servers.next();
    while (client.write(piece));
    let before = -1;
    // Until nothing moves any more: everybody's buffers are full.
    while (before < server.byteCount || server.byteCount === 0) {
      before = server.byteCount;
      for (let turn = 0; turn < 20; turn++) await setImmediate();
    }
    assert.ok(server.connection.bufferedBytes <= highWaterMark + 65_536);
    assert.ok(client.bufferedBytes <= highWaterMark + piece.length);
    client.reset();
    await server.untilClosed();
  });
}
