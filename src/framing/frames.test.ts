import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FramingError, connectFrames, datagram, length, line, listenFrames } from './index.ts';
import type { FrameHandler } from './index.ts';
import type { CloseReason } from '../transport/index.ts';

/** Answers what no frame of 8 bytes can carry to the first frame, then echoes. */
function makeMistaken() {
  const refused: unknown[] = [];
  const closed = Promise.withResolvers<CloseReason>();
  const state = { frames: 0 };
  const handler: FrameHandler = {
    frame(connection, payload) {
      state.frames++;
      connection.send(state.frames === 1 ? new Uint8Array(9) : payload);
    },
    refuse: (_connection, error) => void refused.push(error),
    close: (_connection, reason) => closed.resolve(reason),
  };
  return { handler, refused, closed: closed.promise };
}

for (const framing of [line({ maxFrameBytes: 8 }), length({ maxFrameBytes: 8 })]) {
  test(`a handler that sends what ${framing.name} frames cannot carry is not the fault of its peer`, async () => {
    const { handler, refused, closed } = makeMistaken();
    await using listener = await listenFrames('tcp://127.0.0.1:0', framing, handler);
    const gone = Promise.withResolvers<void>();
    const client = await connectFrames(listener.endpoint, framing, {
      frame: () => assert.fail('nothing could be sent'),
      close: () => gone.resolve(),
    });
    client.send(new Uint8Array(3));
    const reason = await closed;
    assert.equal(reason.code, 'failed');
    assert.equal(reason.error?.code, 'HANDLER_FAILED');
    assert.ok(reason.error.cause instanceof FramingError);
    assert.equal(reason.error.cause.code, 'FRAME_TOO_LONG');
    assert.deepEqual(refused, []);
    await gone.promise;
  });
}

for (const framing of [line(), length()]) {
  test(`a pause holds back ${framing.name} frames that had come already`, async () => {
    const count = 20_000;
    const frames: string[] = [];
    let atPause = 0;
    const ended = Promise.withResolvers<void>();
    await using listener = await listenFrames('tcp://127.0.0.1:0', framing, {
      frame(connection, payload) {
        frames.push(Buffer.from(payload).toString());
        if (frames.length !== 10) return;
        connection.pause();
        setImmediate(() => {
          atPause = frames.length;
          connection.resume();
        });
      },
      end(connection) {
        connection.end();
        ended.resolve();
      },
    });
    const client = await connectFrames(listener.endpoint, framing, { frame: () => undefined });
    for (let index = 0; index < count; index++) client.send(Buffer.from(String(index)));
    client.end();
    await ended.promise;
    assert.deepEqual(
      frames,
      Array.from({ length: count }, (_, index) => String(index)),
    );
    assert.ok(atPause >= 10 && atPause < 4_000, `${atPause} frames came before the pause`);
  });
}

test('a handler that sends a datagram too long does not refuse the one that came', async () => {
  const framing = datagram({ maxFrameBytes: 8 });
  const { handler, refused } = makeMistaken();
  await using listener = await listenFrames('udp://127.0.0.1:0', framing, handler);
  const answer = Promise.withResolvers<string>();
  const client = await connectFrames(listener.endpoint, framing, {
    frame: (_connection, payload) => answer.resolve(Buffer.from(payload).toString()),
  });
  client.send(Buffer.from('first'));
  client.send(Buffer.from('second'));
  assert.equal(await answer.promise, 'second');
  assert.deepEqual(refused, []);
  client.close();
});

test('what the peer sends amiss is refused, and frames before it are answered', async () => {
  const refused = Promise.withResolvers<FramingError>();
  await using listener = await listenFrames('tcp://127.0.0.1:0', line({ maxFrameBytes: 8 }), {
    frame: (connection, payload) => connection.send(payload),
    refuse(connection, error) {
      connection.send(Buffer.from('no'));
      refused.resolve(error);
    },
  });
  const lines: string[] = [];
  const gone = Promise.withResolvers<void>();
  const client = await connectFrames(listener.endpoint, line(), {
    frame: (_connection, payload) => void lines.push(Buffer.from(payload).toString()),
    close: () => gone.resolve(),
  });
  client.send(Buffer.from('fine'));
  client.send(Buffer.from('much too long'));
  assert.equal((await refused.promise).code, 'FRAME_TOO_LONG');
  await gone.promise;
  assert.deepEqual(lines, ['fine', 'no']);
});
