import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { connect, listen } from '../../src/transport/index.ts';
import { Recorder, within } from '../support/recorder.ts';
import { bytesOf, echo, openPair } from './stream-transport.ts';
import type { StreamTransport } from './stream-transport.ts';

const ignore = { data: (): void => undefined };

/** Who may connect, and how a listener and its connections come to an end. */
export function testListener(transport: StreamTransport): void {
  test('a place can be listened on once, and again when it is free', async () => {
    const first = await listen(transport.freshEndpoint(), ignore, transport.listenOptions);
    await assert.rejects(listen(first.endpoint, ignore, transport.listenOptions), {
      code: 'ADDRESS_IN_USE',
      name: 'TransportError',
    });
    await first.close();
    const second = await listen(first.endpoint, ignore, transport.listenOptions);
    assert.deepEqual(second.endpoint, first.endpoint);
    await second.close();
    await assert.rejects(connect(first.endpoint, ignore, transport.connectOptions), {
      code: transport.refusal,
    });
  });

  test('a listener that failed to listen leaves nothing behind', async () => {
    const controller = new AbortController();
    await using first = await listen(transport.freshEndpoint(), ignore, transport.listenOptions);
    const options = { ...transport.listenOptions, signal: controller.signal };
    await assert.rejects(listen(first.endpoint, ignore, options), { code: 'ADDRESS_IN_USE' });
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  test('one connection too many is refused, and counted, until another leaves', async () => {
    await using pair = await openPair(transport, { server: echo, listen: { maxConnections: 1 } });
    const refused = new Recorder();
    const attempt = connect(pair.listener.endpoint, refused.handler, {
      ...transport.connectOptions,
    });
    // Some platforms only tell once the connection is there, by ending it.
    await attempt.then(
      async () => (await refused.next()).untilClosed(),
      (error: unknown) => assert.ok(error instanceof Error),
    );
    assert.equal(pair.listener.refused, 1);
    assert.equal(pair.listener.connections, 1);
    assert.equal(pair.servers.recordings.length, 1);
    pair.client.connection.end();
    await pair.untilClosed();
    const clients = new Recorder();
    const client = await connect(pair.listener.endpoint, clients.handler, {
      ...transport.connectOptions,
    });
    client.write(bytesOf('room again'));
    await (await clients.next()).untilBytes(10);
    client.reset();
  });

  test('closing lets answers finish, accepts nobody and resolves when all are closed', async () => {
    await using pair = await openPair(transport, {
      server: {
        shutdown(connection) {
          setTimeout(() => {
            connection.write(bytesOf('the answer'));
            connection.end();
          }, 20);
        },
      },
    });
    const closing = pair.listener.close();
    await assert.rejects(connect(pair.listener.endpoint, ignore, transport.connectOptions));
    await closing;
    assert.equal(pair.server.reason?.code, 'ended');
    await pair.client.untilClosed();
    assert.equal(pair.client.text, 'the answer');
    assert.deepEqual(pair.server.events, ['open', 'shutdown', 'end', 'close ended']);
  });

  test('a handler without shutdown closes its connections in order', async () => {
    await using pair = await openPair(transport);
    await pair.listener.close();
    assert.deepEqual(await pair.untilClosed(), ['ended', 'ended']);
  });

  test('what has not finished by the deadline is reset', async () => {
    await using pair = await openPair(transport, { server: { shutdown: () => undefined } });
    const before = performance.now();
    await pair.listener.close(50);
    assert.ok(performance.now() - before >= 49);
    assert.equal(pair.server.reason?.code, 'aborted');
    assert.match(pair.server.reason?.error?.message ?? '', /not finished 50 ms after/);
    await pair.client.untilClosed();
  });

  test('a second close hastens the first, and none delays it', async () => {
    await using pair = await openPair(transport, { server: { shutdown: () => undefined } });
    const first = pair.listener.close(60_000);
    const second = pair.listener.close(30);
    const third = pair.listener.close(60_000);
    await within(Promise.all([first, second, third]), 'closed');
    assert.equal(pair.server.reason?.code, 'aborted');
    await pair.listener.close();
  });

  test('a listener without connections closes at once, any number of times', async () => {
    const listener = await listen(transport.freshEndpoint(), ignore, transport.listenOptions);
    await within(Promise.all([listener.close(), listener.close(0), listener.close()]), 'closed');
    await listener[Symbol.asyncDispose]();
  });

  test('a signal aborted beforehand listens and connects to nothing', async () => {
    const signal = AbortSignal.abort(new Error('changed my mind'));
    await assert.rejects(
      listen(transport.freshEndpoint(), ignore, { ...transport.listenOptions, signal }),
      { code: 'ABORTED', message: /: aborted$/ },
    );
    await using listener = await listen(transport.freshEndpoint(), ignore, transport.listenOptions);
    await assert.rejects(
      connect(listener.endpoint, ignore, { ...transport.connectOptions, signal }),
      (error: Error & { code?: string }) =>
        error.code === 'ABORTED' && error.cause === signal.reason,
    );
  });

  test('a signal aborted while listening begins frees the place', async () => {
    const controller = new AbortController();
    const endpoint = transport.freshEndpoint();
    const listening = listen(endpoint, ignore, {
      ...transport.listenOptions,
      signal: controller.signal,
    });
    queueMicrotask(() => controller.abort());
    const outcome = await listening.then(
      (listener) => listener.close().then(() => listener.endpoint),
      (error: { code?: string }) => assert.equal(error.code, 'ABORTED'),
    );
    await assert.rejects(connect(outcome ?? endpoint, ignore, transport.connectOptions));
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  test('a signal aborted while connecting leaves no connection', async () => {
    const servers = new Recorder();
    await using listener = await listen(
      transport.freshEndpoint(),
      servers.handler,
      transport.listenOptions,
    );
    const controller = new AbortController();
    const clients = new Recorder();
    const connecting = connect(listener.endpoint, clients.handler, {
      ...transport.connectOptions,
      signal: controller.signal,
    });
    queueMicrotask(() => controller.abort());
    await connecting.then(
      async () => assert.equal((await (await clients.next()).untilClosed()).code, 'aborted'),
      (error: { code?: string }) => assert.equal(error.code, 'ABORTED'),
    );
    // A client of TLS that leaves in the handshake may stand for connected until the drain is over.
    await within(listener.close(500), 'closed');
    assert.equal(listener.connections, 0);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  test('a signal aborted later resets a client, once', async () => {
    const controller = new AbortController();
    await using pair = await openPair(transport, { connect: { signal: controller.signal } });
    controller.abort(new Error('enough'));
    const reason = await pair.client.untilClosed();
    assert.equal(reason.code, 'aborted');
    assert.equal(reason.error?.code, 'ABORTED');
    assert.ok(reason.error?.cause instanceof Error);
    assert.equal(reason.error.cause.message, 'enough');
    await pair.server.untilClosed();
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  test('a signal aborted later resets the connections of a listener and closes it', async () => {
    const controller = new AbortController();
    const why = new Error('enough');
    await using pair = await openPair(transport, { listen: { signal: controller.signal } });
    controller.abort(why);
    const reason = await pair.server.untilClosed();
    assert.equal(reason.code, 'aborted');
    assert.equal(reason.error?.cause, why);
    await pair.client.untilClosed();
    await within(pair.listener.close(), 'closed');
    await assert.rejects(connect(pair.listener.endpoint, ignore, transport.connectOptions));
  });

  test('a signal is left alone once what it was for is over', async () => {
    const { signal } = new AbortController();
    const pair = await openPair(transport, { listen: { signal }, connect: { signal } });
    assert.equal(getEventListeners(signal, 'abort').length, 2);
    pair.client.connection.end();
    await pair.untilClosed();
    await pair.listener.close();
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
}
