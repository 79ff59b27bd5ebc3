import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { byteStreamHandler, listen, openStream } from '../../src/transport/index.ts';
import type { ByteStream, ConnectOptions, Listener } from '../../src/transport/index.ts';
import { within } from '../support/recorder.ts';
import { bytesOf, testWhere } from './stream-transport.ts';
import type { StreamTransport } from './stream-transport.ts';

function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('latin1');
}

/** The face with promises in place of callbacks. */
export function testFace(transport: StreamTransport): void {
  function serve(serving: (stream: ByteStream) => Promise<void>): Promise<Listener> {
    return listen(transport.freshEndpoint(), byteStreamHandler(serving), transport.listenOptions);
  }

  function open(listener: Listener, options: ConnectOptions = {}): Promise<ByteStream> {
    return openStream(listener.endpoint, { ...transport.connectOptions, ...options });
  }

  test('a stream reads chunks, then undefined at the end, as often as asked', async () => {
    await using listener = await serve(async (stream) => stream.write(bytesOf('hello')));
    await using stream = await open(listener);
    let text = '';
    for (;;) {
      const chunk = await stream.read();
      if (chunk === undefined) break;
      text += textOf(chunk);
    }
    assert.equal(text, 'hello');
    assert.equal(await stream.read(), undefined);
    stream.end();
    assert.equal((await stream.closed).code, 'ended');
    assert.equal(await stream.read(), undefined);
  });

  test('a stream is iterated over, and what follows a break can still be read', async () => {
    await using listener = await serve(async (stream) => {
      for await (const chunk of stream) await stream.write(chunk);
    });
    await using stream = await open(listener);
    await stream.write(bytesOf('one'));
    for await (const chunk of stream) {
      assert.equal(textOf(chunk), 'one');
      break;
    }
    await stream.write(bytesOf('two'));
    stream.end();
    assert.equal(textOf(await stream.readAll()), 'two');
  });

  test('readAll gives all, and refuses more than it was told', async () => {
    await using listener = await serve(async (stream) => stream.write(new Uint8Array(300_000)));
    await using stream = await open(listener);
    assert.equal((await stream.readAll()).length, 300_000);
    await using greedy = await open(listener);
    await assert.rejects(greedy.readAll(299_999), {
      code: 'ABORTED',
      message: 'the peer sent more than 299999 bytes',
    });
    assert.equal((await greedy.closed).code, 'aborted');
  });

  test('while nobody reads, the peer is held back', async () => {
    const total = 32 << 20;
    let sent = 0;
    await using listener = await serve(async (stream) => {
      for (; sent < total; sent += 65_536) await stream.write(new Uint8Array(65_536));
    });
    await using stream = await open(listener);
    assert.notEqual(await stream.read(), undefined);
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    assert.ok(sent < total, `${sent} bytes sent to nobody`);
    let received = stream.connection.bytesRead;
    assert.ok(received <= 4 * 65_536, `${received} bytes taken for nobody`);
    for await (const chunk of stream) received = Math.max(received, chunk.length);
    assert.equal(stream.connection.bytesRead, total);
  });

  test('write waits while too much is buffered', async () => {
    await using listener = await serve(async (stream) => {
      await stream.write(bytesOf('go'));
      await stream.readAll(64 << 20);
    });
    await using stream = await open(listener);
    for (let turn = 0; turn < 64; turn++) {
      await stream.write(new Uint8Array(262_144));
      assert.ok(stream.connection.bufferedBytes <= 65_536);
    }
    stream.end();
    assert.equal((await stream.closed).code, 'ended');
  });

  test('a write in waiting resolves when all has been sent and the stream ended', async () => {
    await using listener = await serve(async (stream) => void (await stream.readAll(64 << 20)));
    await using stream = await open(listener);
    const writing = stream.write(new Uint8Array(8 << 20));
    stream.end();
    await within(writing, 'written');
  });

  test('a read after the close says why', async () => {
    await using listener = await serve(async (stream) => {
      await stream.write(bytesOf('hello'));
      await stream.readAll();
    });
    const stream = await open(listener);
    assert.equal(textOf(await stream.read()), 'hello');
    stream.reset();
    assert.equal((await stream.closed).code, 'aborted');
    await assert.rejects(stream.read(), { code: 'ABORTED' });
    await assert.rejects(stream.write(bytesOf('x')), { code: 'ABORTED' });
    const closing = await open(listener);
    assert.equal((await closing.close()).code, 'ended');
    await assert.rejects(closing.write(bytesOf('x')), { code: 'CONNECTION_CLOSED' });
  });

  test('a close fails the read and the write that wait', async () => {
    await using listener = await serve(async (stream) => {
      await stream.write(bytesOf('hello'));
      await stream.closed;
    });
    await using stream = await open(listener);
    assert.equal(textOf(await stream.read()), 'hello');
    const reading = assert.rejects(stream.read(), { code: 'ABORTED' });
    const writing = assert.rejects(stream.write(new Uint8Array(24 << 20)), { code: 'ABORTED' });
    stream.reset();
    await within(Promise.all([reading, writing]), 'failed');
  });

  testWhere(transport.tellsResets, 'chunks read before a reset are given first', async () => {
    await using listener = await serve(async (stream) => {
      await stream.write(bytesOf('almost'));
      await stream.read();
      stream.reset();
    });
    await using stream = await open(listener);
    assert.equal(textOf(await stream.read()), 'almost');
    await stream.write(bytesOf('now'));
    await assert.rejects(stream.read(), { code: 'CONNECTION_RESET' });
  });

  test('a write after the end is refused', async () => {
    await using listener = await serve(async (stream) => void (await stream.readAll()));
    await using stream = await open(listener);
    stream.end();
    await assert.rejects(stream.write(bytesOf('x')), { code: 'WRITE_AFTER_END' });
  });

  test('one reads at a time; a read given up by its signal loses nothing', async () => {
    await using listener = await serve(async (stream) => {
      await stream.read();
      await stream.write(bytesOf('kept'));
    });
    await using stream = await open(listener);
    const controller = new AbortController();
    const abandoned = stream.read({ signal: controller.signal });
    await assert.rejects(stream.read(), { message: /^already reading/ });
    controller.abort(new Error('not now'));
    await assert.rejects(abandoned, (error: Error & { code?: string }) => {
      return error.code === 'ABORTED' && (error.cause as Error).message === 'not now';
    });
    await assert.rejects(stream.read({ signal: controller.signal }), { code: 'ABORTED' });
    await stream.write(bytesOf('?'));
    assert.equal(textOf(await stream.read({ signal: new AbortController().signal })), 'kept');
    assert.equal((await stream.close()).code, 'ended');
  });

  test('a serving function that rejects resets its connection and no other', async () => {
    let turn = 0;
    await using listener = await serve(async (stream) => {
      if (++turn === 1) {
        await stream.read();
        throw new Error('mistake');
      }
      await stream.write(bytesOf('fine'));
    });
    await using first = await open(listener);
    await using second = await open(listener);
    await first.write(bytesOf('x'));
    assert.equal(textOf(await second.readAll()), 'fine');
    // Where a reset shows as an end of data, this side has its own end to send.
    if (!transport.tellsResets) first.end();
    await first.closed;
  });

  test('a serving function finishes its answer while the listener closes', async () => {
    const asked = Promise.withResolvers<void>();
    await using listener = await serve(async (stream) => {
      await stream.read();
      asked.resolve();
      await setImmediate();
      await stream.write(bytesOf('answer'));
    });
    await using stream = await open(listener);
    await stream.write(bytesOf('question'));
    await asked.promise;
    const closing = listener.close();
    assert.equal(textOf(await stream.readAll()), 'answer');
    stream.end();
    await closing;
  });
}
