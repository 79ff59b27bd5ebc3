import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { connect, formatAddress, listen } from '../../src/transport/index.ts';
import type { Connection } from '../../src/transport/index.ts';
import { Recorder, within } from '../support/recorder.ts';
import type { Recording } from '../support/recorder.ts';
import { bytesOf, echo, openPair } from './stream-transport.ts';
import type { StreamTransport } from './stream-transport.ts';

/** Sends everything in pieces, as fast as the connection takes them, then ends. */
function sendAll(connection: Connection<Recording>, bytes: Uint8Array, piece: number): () => void {
  let sent = 0;
  const send = (): void => {
    while (sent < bytes.length) {
      const next = bytes.subarray(sent, sent + piece);
      sent += next.length;
      if (!connection.write(next)) return;
    }
    connection.end();
  };
  send();
  return send;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What happens to a connection, in which order, and what it carries. */
export function testLife(transport: StreamTransport): void {
  test('open comes first, close last, and each once', async () => {
    await using pair = await openPair(transport, { server: echo });
    pair.client.connection.write(bytesOf('bonjour'));
    await pair.client.untilBytes(7);
    pair.client.connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.client.text, 'bonjour');
    assert.deepEqual(pair.server.events, ['open', 'data', 'end', 'close ended']);
    assert.deepEqual(pair.client.events, ['open', 'data', 'end', 'close ended']);
    assert.equal(pair.server.reason?.error, undefined);
  });

  test('a connection knows its transport, its number, its peer and its bytes, even once closed', async () => {
    await using pair = await openPair(transport, { server: echo });
    const sides = [pair.server.connection, pair.client.connection];
    assert.notEqual(sides[0]?.id, sides[1]?.id);
    pair.client.connection.write(bytesOf('12345'));
    await pair.client.untilBytes(5);
    pair.client.connection.end();
    await pair.untilClosed();
    for (const side of sides) {
      assert.equal(side.transport, transport.transport);
      assert.equal(side.bytesRead, 5);
      assert.equal(side.bytesWritten, 5);
      assert.equal(side.bufferedBytes, 0);
      assert.equal(side.isClosed, true);
    }
    const [server, client] = [pair.server.connection, pair.client.connection];
    if (transport.transport !== 'unix') assert.notEqual(formatAddress(server.remote), '');
    assert.notEqual(client.remote.host, '');
    if (client.remote.port > 0) {
      assert.deepEqual(server.remote, client.local);
      assert.deepEqual(server.local, client.remote);
    } else {
      assert.equal(server.local.host, client.remote.host);
    }
  });

  test('the state is what open returned, one for each connection', async () => {
    const states: number[] = [];
    let count = 0;
    await using listener = await listen(
      transport.freshEndpoint(),
      {
        open: () => ++count,
        data: (connection) => connection.end(),
        close: (connection) => void states.push(connection.state),
      },
      transport.listenOptions,
    );
    for (let turn = 0; turn < 2; turn++) {
      const clients = new Recorder();
      const client = await connect(listener.endpoint, clients.handler, transport.connectOptions);
      client.write(bytesOf('x'));
      await (await clients.next()).untilClosed();
    }
    await listener.close();
    assert.deepEqual(states, [1, 2]);
  });

  test('a handler of data alone ends when its peer has ended', async () => {
    await using listener = await listen(
      transport.freshEndpoint(),
      { data: (connection, bytes) => connection.write(bytes) },
      transport.listenOptions,
    );
    const clients = new Recorder();
    const client = await connect(listener.endpoint, clients.handler, transport.connectOptions);
    client.write(bytesOf('encore'));
    client.end();
    const recording = await clients.next();
    assert.equal((await recording.untilClosed()).code, 'ended');
    assert.equal(recording.text, 'encore');
  });

  test('callbacks may write, end and close in open', async () => {
    await using pair = await openPair(transport, {
      server: {
        open(connection) {
          connection.write(bytesOf('welcome'));
          connection.close();
        },
      },
    });
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.client.text, 'welcome');
  });

  test('an empty write sends nothing and is no end', async () => {
    await using pair = await openPair(transport, { server: echo });
    assert.equal(pair.client.connection.write(new Uint8Array(0)), true);
    pair.client.connection.write(bytesOf('a'));
    assert.equal(pair.client.connection.write(new Uint8Array(0)), true);
    pair.client.connection.write(bytesOf('b'));
    await pair.client.untilBytes(2);
    pair.client.connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.client.text, 'ab');
  });

  test('eight mebibytes each way at once arrive unchanged and in order', async () => {
    const there = randomBytes(8 << 20);
    const back = randomBytes(8 << 20);
    const senders = new Map<number, () => void>();
    const drain = (connection: Connection<Recording>): void => senders.get(connection.id)?.();
    const end = (): void => undefined;
    await using pair = await openPair(transport, {
      server: { drain, end },
      client: { drain, end },
    });
    for (const [side, bytes, piece] of [
      [pair.client.connection, there, 100_003],
      [pair.server.connection, back, 9_001],
    ] as const) {
      senders.set(side.id, sendAll(side, bytes, piece));
    }
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.server.digest, sha256(there));
    assert.equal(pair.client.digest, sha256(back));
  });

  test('ten thousand small writes arrive in order', async () => {
    await using pair = await openPair(transport, { server: echo });
    const pieces = Array.from({ length: 10_000 }, (_, index) => Buffer.from(`${index};`));
    for (const piece of pieces) pair.client.connection.write(piece);
    pair.client.connection.end();
    await pair.untilClosed();
    assert.equal(pair.client.digest, sha256(Buffer.concat(pieces)));
  });

  test('data written just before the end arrives before the end', async () => {
    const bytes = randomBytes(3 << 20);
    await using pair = await openPair(transport);
    pair.client.connection.write(bytes);
    pair.client.connection.end();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
    assert.equal(pair.server.digest, sha256(bytes));
  });

  test('a chunk that the handler keeps is not overwritten by a later one', async () => {
    const kept: Uint8Array[] = [];
    await using pair = await openPair(transport, {
      server: { data: (_connection, bytes) => void kept.push(bytes) },
    });
    for (let turn = 1; turn <= 20; turn++) {
      pair.client.connection.write(bytesOf(String.fromCharCode(64 + turn).repeat(turn)));
      await pair.server.untilBytes((turn * (turn + 1)) / 2);
    }
    const expected = Array.from({ length: 20 }, (_, turn) =>
      String.fromCharCode(65 + turn).repeat(turn + 1),
    );
    assert.equal(Buffer.concat(kept).toString('latin1'), expected.join(''));
  });

  test('a hundred connections at once keep to themselves', async () => {
    const servers = new Recorder(echo);
    await using listener = await listen(
      transport.freshEndpoint(),
      servers.handler,
      transport.listenOptions,
    );
    const clients = new Recorder();
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const text = `${index},`.repeat(200);
        const { promise, resolve } = Promise.withResolvers<void>();
        const recorder = new Recorder({ close: () => resolve() });
        const client = await connect(listener.endpoint, recorder.handler, transport.connectOptions);
        client.write(bytesOf(text));
        client.end();
        await within(promise, `echoed to client ${index}`);
        assert.equal(recorder.recordings[0]?.text, text);
      }),
    );
    // The listener's side may hear of the last close a turn later.
    while (listener.connections > 0) await setImmediate();
    assert.deepEqual([...servers.violations, ...clients.violations], []);
  });

  test('a detached stream belongs to its new owner, and still ends in a close', async () => {
    await using pair = await openPair(transport, {
      server: {
        data(connection) {
          const stream = connection.detach();
          stream.on('data', (bytes: Uint8Array) => stream.write(bytes));
          stream.on('end', () => stream.end());
          stream.resume();
          connection.write(bytesOf('yours'));
        },
      },
    });
    pair.client.connection.write(bytesOf('mine'));
    await pair.client.untilBytes(5);
    pair.client.connection.write(bytesOf(' echoed'));
    await pair.client.untilBytes(12);
    assert.equal(pair.client.text, 'yours echoed');
    assert.equal(pair.listener.connections, 1);
    pair.client.connection.end();
    assert.equal((await pair.untilClosed())[1], 'ended');
    assert.deepEqual(pair.server.events, ['open', 'data', 'close closed']);
  });
}
