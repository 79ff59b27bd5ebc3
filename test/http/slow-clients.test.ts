import assert from 'node:assert/strict';
import { once } from 'node:events';
import { truncateSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, suite, test } from 'node:test';
import { serveFiles, serveHttp } from 'guichet/http';
import type { HttpServer } from 'guichet/http';
import { get, hello, one } from './case.ts';
import { exchange } from './exchange.ts';
import { createFixture } from './fixture.ts';

const count = 300;

/** A client that is slow, and what became of it. */
interface Slow {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  text: string;
}

function open(port: number, begin: (socket: Socket) => void): Slow {
  const socket = connect(port, '127.0.0.1');
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const slow: Slow = { socket, closed, text: '' };
  // That the server drops it is what is looked for.
  socket.on('error', () => resolve());
  socket.on('end', () => resolve());
  socket.on('close', () => resolve());
  socket.on('connect', () => begin(socket));
  return slow;
}

/** Sends a byte of a head each tenth of a second. */
function openSlowWriter(port: number): Slow {
  const slow = open(port, (socket) => {
    const text = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(10_000)}`;
    let sent = 0;
    const timer = setInterval(() => socket.write(text.slice(sent, ++sent)), 100);
    void slow.closed.then(() => clearInterval(timer));
  });
  slow.socket.on('data', (bytes: Buffer) => (slow.text += bytes.toString('latin1')));
  return slow;
}

/** Asks for a gibibyte and takes none of it. */
function openStalledReader(port: number): Slow {
  return open(port, (socket) => {
    socket.pause();
    socket.write(get('/vast.bin'));
  });
}

/** Takes a piece of what comes every so many milliseconds. */
async function sip(socket: Socket, pieces: number, milliseconds: number): Promise<void> {
  for (let taken = 0; taken < pieces; taken++) {
    socket.resume();
    await once(socket, 'data', { signal: AbortSignal.timeout(10_000) });
    socket.pause();
    await pause(milliseconds);
  }
}

test('a slow reader is served for as long as it reads', async () => {
  using fixture = createFixture();
  truncateSync(join(fixture.root, 'hello.txt'), 2 ** 30);
  const files = serveFiles(fixture.root);
  await using server = await serveHttp('tcp://127.0.0.1:0', files, { writeTimeout: 2_000 });
  const { socket, closed } = open(Number(new URL(server.url).port), (opened) => {
    opened.write(get('/hello.txt'));
  });
  // Slower than the system makes room for more, faster than it is told that some was taken.
  await sip(socket, 50, 150);
  assert.equal(server.connections, 1);
  socket.pause();
  const dropped = performance.now() + 10_000;
  while (server.connections > 0 && performance.now() < dropped) await pause(20);
  assert.equal(server.connections, 0);
  socket.resume();
  await closed;
  socket.destroy();
});

suite(`beside ${count} slow heads and ${count} stalled readers`, () => {
  const fixture = createFixture();
  let server: HttpServer;
  let port: number;

  before(async () => {
    writeFileSync(join(fixture.root, 'vast.bin'), '');
    truncateSync(join(fixture.root, 'vast.bin'), 2 ** 30);
    server = await serveHttp('tcp://127.0.0.1:0', serveFiles(fixture.root), {
      headerTimeout: 3_000,
      writeTimeout: 3_000,
    });
    port = Number(new URL(server.url).port);
  });

  after(async () => {
    await server.close(0);
    fixture[Symbol.dispose]();
  });

  test('others are served, and the slow ones lose their connections alone', async () => {
    const writers = Array.from({ length: count }, () => openSlowWriter(port));
    const readers = Array.from({ length: count }, () => openStalledReader(port));
    const deadline = performance.now() + 10_000;
    while (server.connections < 2 * count && performance.now() < deadline) await pause(20);
    assert.equal(server.connections, 2 * count);

    const target = { host: '127.0.0.1', port };
    const expect = [one({ status: 200, body: hello })];
    for (let turn = 0; turn < 20; turn++) {
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, () => exchange(target, [get('/hello.txt')], expect)),
      );
      for (const { answers } of outcomes) assert.equal(answers[0]?.body.toString(), hello);
    }

    await Promise.all(writers.map(({ closed }) => closed));
    for (const { text } of writers) assert.match(text, /^HTTP\/1\.1 408 /);
    // Whoever takes bytes again in time is served on: a stalled reader must be seen dropped first.
    const dropped = performance.now() + 20_000;
    while (server.connections > 0 && performance.now() < dropped) await pause(20);
    assert.equal(server.connections, 0);
    for (const { socket } of readers) socket.resume();
    await Promise.all(readers.map(({ closed }) => closed));
    for (const { socket } of [...writers, ...readers]) socket.destroy();
  });
});
