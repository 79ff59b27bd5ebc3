import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connection } from '../../src/transport/index.ts';
import { bytesOf, openPair, testWhere } from './stream-transport.ts';
import type { StreamTransport } from './stream-transport.ts';

const idleTimeout = 160;
const stayOpen = (): void => undefined;

/** Writes a byte every 20 ms until the connection is closed or so many have been sent. */
function tick(connection: Connection<unknown>, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < count) {
      sent++;
      connection.write(bytesOf('.'));
      return;
    }
    clearInterval(timer);
    resolve();
  }, 20);
  return promise;
}

/** The idle time-out, and what counts as moving. */
export function testTime(transport: StreamTransport): void {
  test('a server drops a connection on which nothing moves, and says why', async () => {
    const before = performance.now();
    await using pair = await openPair(transport, { listen: { idleTimeout } });
    const reason = await pair.server.untilClosed();
    const elapsed = performance.now() - before;
    assert.equal(reason.code, 'idle');
    assert.equal(reason.error?.code, 'IDLE_TIMEOUT');
    assert.match(reason.error?.message ?? '', /: nothing moved for 160 ms$/);
    assert.ok(elapsed >= idleTimeout * 0.95, `${elapsed} ms`);
    await pair.client.untilClosed();
  });

  test('a client drops a connection on which nothing moves', async () => {
    await using pair = await openPair(transport, { connect: { idleTimeout } });
    assert.equal((await pair.client.untilClosed()).code, 'idle');
  });

  test('a half-closed connection is dropped too', async () => {
    await using pair = await openPair(transport, {
      listen: { idleTimeout },
      server: { end: stayOpen },
    });
    pair.client.connection.end();
    assert.equal((await pair.server.untilClosed()).code, 'idle');
    assert.deepEqual(pair.server.events, ['open', 'end', 'close idle']);
  });

  test('bytes that come keep it open, and so do bytes that go', async () => {
    await using receiving = await openPair(transport, { listen: { idleTimeout } });
    await using sending = await openPair(transport, { listen: { idleTimeout } });
    await Promise.all([tick(receiving.client.connection, 20), tick(sending.server.connection, 20)]);
    assert.equal(receiving.server.connection.isClosed, false);
    assert.equal(sending.server.connection.isClosed, false);
    assert.equal((await receiving.server.untilClosed()).code, 'idle');
  });

  test('an idle time-out of 0 is none', async () => {
    await using pair = await openPair(transport, {
      listen: { idleTimeout: 0 },
      connect: { idleTimeout: 0 },
    });
    pair.client.connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
  });

  testWhere(
    transport.hasSystemBuffers && transport.tellsProgress,
    'a slow reader that takes its time over one large write keeps it open',
    async () => {
      const total = 24 << 20;
      const start = performance.now();
      await using pair = await openPair(transport, {
        listen: { idleTimeout },
        client: {
          data(connection) {
            // About 600 ms for all of it, never longer than 5 ms without reading.
            const due = (connection.bytesRead / total) * 600;
            if (performance.now() - start > due) return;
            connection.pause();
            setTimeout(() => connection.resume(), 5);
          },
        },
      });
      pair.server.connection.write(new Uint8Array(total));
      pair.server.connection.end();
      assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
      assert.equal(pair.client.byteCount, total);
    },
  );

  test('a reader that stopped does not keep a large write open for ever', async () => {
    await using pair = await openPair(transport, {
      listen: { idleTimeout },
      client: { open: (connection) => connection.pause() },
    });
    pair.server.connection.write(new Uint8Array(24 << 20));
    assert.equal((await pair.server.untilClosed()).code, 'idle');
  });

  test('a peer that goes on sending while the answer lingers unread is idle', async () => {
    await using pair = await openPair(transport, {
      listen: { idleTimeout, lingerTimeout: 60_000 },
      client: { open: (connection) => connection.pause() },
    });
    pair.server.connection.write(new Uint8Array(24 << 20));
    pair.server.connection.close();
    const sent = tick(pair.client.connection, 100);
    assert.equal((await pair.server.untilClosed()).code, 'idle');
    pair.client.connection.reset();
    await sent;
  });
}
