import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { serveFiles, serveHttp } from 'guichet/http';
import type { HttpServerOptions } from 'guichet/http';
import { connect, developmentCertificate } from 'guichet/transport';
import type { ConnectOptions } from 'guichet/transport';
import { readAnswers } from './answers.ts';
import { get } from './case.ts';
import { createFixture, noise } from './fixture.ts';

const tls = await developmentCertificate();

interface Way {
  readonly endpoint: string;
  readonly listen: HttpServerOptions;
  readonly connect: ConnectOptions;
}

const ways: readonly Way[] = [
  { endpoint: 'tcp://127.0.0.1:0', listen: {}, connect: {} },
  { endpoint: 'memory://files', listen: {}, connect: {} },
  {
    endpoint: 'tls://127.0.0.1:0',
    listen: { tls },
    connect: { tls: { rejectUnauthorized: false } },
  },
];

/** Asks for something, takes nothing of the answer for a while, and gives all of it. */
async function ask(
  endpoint: Parameters<typeof connect>[0],
  options: ConnectOptions,
  text: string,
  milliseconds: number,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  await connect(
    endpoint,
    {
      open(connection) {
        connection.pause();
        connection.write(Buffer.from(text, 'latin1'));
        setTimeout(() => connection.resume(), milliseconds);
      },
      data: (_, bytes) => chunks.push(bytes),
      close: () => resolve(),
    },
    options,
  );
  await promise;
  return Buffer.concat(chunks);
}

for (const way of ways) {
  suite(`files over ${way.endpoint}`, () => {
    const parts = 'Range: bytes=0-49999';

    test('are sent whole whatever the transport has not yet taken', async () => {
      using fixture = createFixture();
      await using server = await serveHttp(way.endpoint, serveFiles(fixture.root), way.listen);
      const text =
        get('/noise.bin', parts) +
        get('/noise.bin') +
        get('/noise.bin', parts, 'Connection: close');
      const bytes = await ask(server.endpoint, way.connect, text, 0);
      const { answers, fault } = readAnswers(bytes, [], true);
      assert.equal(fault, undefined);
      assert.deepEqual(
        answers.map(({ body }) => body.length),
        [50_000, noise.length, 50_000],
      );
      assert.ok(answers[1]?.body.equals(noise));
    });

    test('wait for a client that takes nothing at first, but not for ever', async () => {
      using fixture = createFixture();
      await using server = await serveHttp(way.endpoint, serveFiles(fixture.root), {
        ...way.listen,
        writeTimeout: 600,
      });
      const twice = get('/noise.bin') + get('/noise.bin', 'Connection: close');
      const [slow, stalled] = await Promise.all([
        ask(server.endpoint, way.connect, twice, 300),
        ask(server.endpoint, way.connect, get('/noise.bin').repeat(40), 1_500),
      ]);
      assert.equal(readAnswers(slow, [], true).answers.length, 2);
      assert.ok(readAnswers(stalled, [], true).answers.length < 40);
    });
  });
}

test('a client of HTTP/2 that goes in the middle of a file leaves nothing behind', async () => {
  using fixture = createFixture();
  await using server = await serveHttp('tls://127.0.0.1:0', serveFiles(fixture.root), { tls });
  const session = connectHttp2(server.url, { rejectUnauthorized: false });
  // That its connection is dropped is what it asked for.
  session.on('error', () => undefined);
  const stream = session.request({ ':path': '/noise.bin' });
  stream.on('error', () => undefined);
  await once(stream, 'readable');
  assert.equal(server.connections, 1);
  session.destroy();
  const deadline = performance.now() + 5_000;
  while (server.connections > 0 && performance.now() < deadline) await pause(10);
  assert.equal(server.connections, 0);
});
