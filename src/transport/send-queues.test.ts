import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './contract.ts';
import { listen } from './listen.ts';
import { SendQueues } from './send-queues.ts';

/** What is queued for a connection, once that is known and right. */
async function waitFor(
  queues: SendQueues,
  connection: Connection<unknown>,
  isRight: (queued: number) => boolean,
): Promise<number> {
  const deadline = performance.now() + 5_000;
  while (performance.now() < deadline) {
    const queued = queues.find(connection);
    if (queued !== undefined && isRight(queued)) return queued;
    await pause(10);
  }
  throw new Error('it never came to that');
}

test('the system tells how much of what was written has not been taken', async () => {
  const opened = Promise.withResolvers<Connection<unknown>>();
  await using listener = await listen('tcp://127.0.0.1:0', {
    open: (connection) => opened.resolve(connection),
    data: () => undefined,
  });
  const { port } = listener.endpoint as { readonly port: number };
  const peer = connect(port, '127.0.0.1').pause();
  const connection = await opened.promise;
  const queues = new SendQueues(10);
  connection.write(new Uint8Array(50_000_000));
  const full = await waitFor(queues, connection, (queued) => queued > 10_000);
  peer.resume();
  assert.ok((await waitFor(queues, connection, (queued) => queued === 0)) < full);
  peer.destroy();
});

test('of what is no connection of the system, nothing is known', () => {
  const end = { host: 'nowhere', port: 0, family: 'memory' } as const;
  const queues = new SendQueues(10);
  assert.equal(queues.find({ local: end, remote: end, transport: 'memory' }), undefined);
});
