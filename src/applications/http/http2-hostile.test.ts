import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { connect as connectHttp2 } from 'node:http2';
import { describe, test } from 'node:test';
import { serveHttp } from './index.ts';
import type { HttpServer } from './index.ts';

/** A frame of HTTP/2 (RFC 9113, section 4.1). */
function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const nothing = Buffer.alloc(0);
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(4, 0, 0, nothing),
]);

/** `:method GET`, `:scheme https`, `:path /` of the static table, `:authority x`. */
const request = Buffer.from([0x82, 0x87, 0x84, 0x41, 0x01, 0x78]);

/** What a client does to a server: bytes to be sent again and again. */
const floods: readonly (readonly [name: string, bytes: (round: number) => Buffer])[] = [
  ['pings', () => frame(6, 0, 0, Buffer.alloc(8))],
  ['settings', () => frame(4, 0, 0, Buffer.from([0, 3, 0, 0, 0, 100]))],
  ['settings of many entries', () => frame(4, 0, 0, Buffer.alloc(6 * 2_000))],
  ['fields without end', (round) => frame(round === 0 ? 1 : 9, 0, 1, Buffer.alloc(16_000, 0x40))],
  [
    'requests taken back',
    (round) =>
      Buffer.concat([
        frame(1, 5, 2 * round + 1, request),
        frame(3, 0, 2 * round + 1, Buffer.from([0, 0, 0, 8])),
      ]),
  ],
  ['streams of nobody', (round) => frame(0, 0, 2 * round + 1, Buffer.alloc(100))],
  ['priorities of one stream on itself', () => frame(2, 0, 1, Buffer.from([0, 0, 0, 1, 0]))],
  ['what is no frame', () => Buffer.alloc(1_000, 0xff)],
];

async function open(server: HttpServer): Promise<TLSSocket> {
  const { port } = new URL(server.url);
  const options = { host: '127.0.0.1', port: Number(port), rejectUnauthorized: false };
  const socket = connectTls({ ...options, ALPNProtocols: ['h2'] });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

describe('a server of HTTP/2', () => {
  for (const [name, bytes] of floods) {
    test(`drops a client that floods it with ${name}, and serves others`, async () => {
      await using server = await serveHttp('tls://127.0.0.1:0', () => ({
        status: 200,
        content: 'x',
      }));
      const socket = await open(server);
      const gone = new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
      });
      socket.write(preface);
      let round = 0;
      const flood = (): void => {
        // It reads nothing of what it is answered.
        if (socket.destroyed || round > 200_000) return;
        const pieces = Array.from({ length: 100 }, () => bytes(round++));
        if (socket.write(Buffer.concat(pieces))) setImmediate(flood);
        else socket.once('drain', flood);
      };
      flood();
      const other = connectHttp2(server.url, { rejectUnauthorized: false });
      const stream = other.request({ ':path': '/' });
      const [fields] = (await once(stream, 'response')) as [{ readonly ':status'?: number }];
      assert.equal(fields[':status'], 200);
      other.destroy();
      // What the client does not read keeps its end from it: it sees the close once it does.
      socket.resume();
      await gone;
      assert.ok(round < 200_000, `${round} rounds`);
    });
  }

  test('drops a client that says nothing', async () => {
    await using server = await serveHttp('tls://127.0.0.1:0', () => ({ status: 200 }), {
      keepAliveTimeout: 50,
      writeTimeout: 50,
    });
    const socket = await open(server);
    const began = performance.now();
    socket.resume();
    await once(socket, 'close');
    assert.ok(performance.now() - began < 3_000);
  });
});
