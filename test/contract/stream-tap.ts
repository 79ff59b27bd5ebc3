import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tap } from '../../src/observe/index.ts';
import type { TapEvent } from '../../src/observe/index.ts';
import { formatAddress } from '../../src/transport/index.ts';
import { bytesOf, echo, openPair } from './stream-transport.ts';
import type { StreamTransport } from './stream-transport.ts';

/** One event of the transport in a line. */
function describe(event: TapEvent): string {
  if (event.layer !== 'transport') return event.layer;
  switch (event.kind) {
    case 'open':
      return `open ${event.side} ${event.transport}`;
    case 'bytes':
      return `${event.direction} ${event.offset}+${event.bytes.length}`;
    case 'end':
      return `end ${event.direction}`;
    case 'close':
      return `close ${event.reason}`;
    case 'error':
      return `error ${event.code}`;
  }
}

/** What the tap is told, and in which order. */
export function testTap(transport: StreamTransport): void {
  test('the tap sees open, bytes with their offsets, ends and close of each side', async () => {
    const events: TapEvent[] = [];
    using watching = tap.subscribe((event) => void events.push(event));
    assert.ok(watching);
    await using pair = await openPair(transport, { server: echo });
    const { connection } = pair.client;
    connection.write(bytesOf('abc'));
    await pair.client.untilBytes(3);
    connection.write(bytesOf('defgh'));
    await pair.client.untilBytes(8);
    connection.end();
    await pair.untilClosed();

    const of = (id: number): string[] =>
      events.filter((event) => event.connection === id).map(describe);
    assert.deepEqual(of(connection.id), [
      `open client ${transport.transport}`,
      'out 0+3',
      'in 0+3',
      'out 3+5',
      'in 3+5',
      'end out',
      'end in',
      'close ended',
    ]);
    assert.deepEqual(of(pair.server.connection.id), [
      `open server ${transport.transport}`,
      'in 0+3',
      'out 0+3',
      'in 3+5',
      'out 3+5',
      'end in',
      'end out',
      'close ended',
    ]);
    const times = events.map(({ time }) => time);
    assert.deepEqual(
      times,
      times.toSorted((first, second) => first - second),
    );
    const opened = events.find(
      (event) => event.kind === 'open' && event.connection === connection.id,
    );
    assert.ok(opened?.kind === 'open');
    assert.equal(opened.local, formatAddress(connection.local));
    assert.equal(opened.remote, formatAddress(connection.remote));
  });

  test('the tap sees a reset as a close without an end', async () => {
    const events: TapEvent[] = [];
    using watching = tap.subscribe((event) => void events.push(event));
    assert.ok(watching);
    await using pair = await openPair(transport);
    pair.client.connection.reset();
    await pair.untilClosed();
    const mine = events.filter(({ connection }) => connection === pair.client.connection.id);
    assert.deepEqual(mine.map(describe).slice(1), ['close aborted']);
    const server = events.filter(({ connection }) => connection === pair.server.connection.id);
    if (transport.tellsResets) assert.deepEqual(server.map(describe).slice(1), ['close reset']);
  });

  test('a tap subscribed late sees offsets from the start of the connection', async () => {
    await using pair = await openPair(transport, { server: echo });
    pair.client.connection.write(bytesOf('unseen'));
    await pair.client.untilBytes(6);
    const events: TapEvent[] = [];
    using watching = tap.subscribe((event) => void events.push(event));
    assert.ok(watching);
    pair.client.connection.write(bytesOf('seen'));
    await pair.client.untilBytes(10);
    const mine = events.filter(({ connection }) => connection === pair.client.connection.id);
    assert.deepEqual(mine.map(describe), ['out 6+4', 'in 6+4']);
  });
}
