import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { connectMessages } from '../../../transport/index.ts';
import { Dispatcher, defineService, implement, method } from '../../../service/index.ts';
import { serveHttp } from '../server.ts';
import type { HttpServer } from '../server.ts';
import { rpcHandler } from './index.ts';

const trial = defineService('trial', {
  echo: method({ params: z.object({ value: z.string() }), result: z.string() }),
});

const opening = [
  'GET /rpc HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
  '',
].join('\r\n');

const opcodes = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

interface FrameOptions {
  readonly isLast?: boolean;
  readonly isMasked?: boolean;
  /** The reserved bits (RFC 6455, section 5.2). */
  readonly reserved?: number;
}

/** A frame of at most 65,535 bytes as a client sends it (RFC 6455, section 5.2). */
function makeFrame(opcode: number, payload: string | Buffer, options: FrameOptions = {}): Buffer {
  const { isLast = true, isMasked = true, reserved = 0 } = options;
  const bytes = Buffer.from(payload);
  const isLong = bytes.length > 125;
  const head = Buffer.alloc(isLong ? 4 : 2);
  head[0] = (isLast ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (isMasked ? 0x80 : 0) | (isLong ? 126 : bytes.length);
  if (isLong) head.writeUInt16BE(bytes.length, 2);
  if (!isMasked) return Buffer.concat([head, bytes]);
  const key = Buffer.from([1, 2, 3, 4]);
  const masked = bytes.map((byte, index) => byte ^ (key[index % 4] ?? 0));
  return Buffer.concat([head, key, masked]);
}

function request(value: string, id = 1): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'trial.echo', params: { value } });
}

/** Reads frames of a server, which are not masked, one by one. */
class RawClient {
  readonly socket: Socket;
  #bytes = Buffer.alloc(0);
  #hasEnded = false;
  #news = Promise.withResolvers<void>();

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#tell();
    });
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('close', () => {
      this.#hasEnded = true;
      this.#tell();
    });
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#bytes.length < length) {
      if (this.#hasEnded) throw new Error(`the server ended after ${this.#bytes.length} bytes`);
      await this.#news.promise;
    }
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  /** The head of the answer to the opening. */
  async readHead(): Promise<string> {
    let head = '';
    while (!head.endsWith('\r\n\r\n')) head += (await this.#take(1)).toString('latin1');
    return head;
  }

  async readFrame(): Promise<{ opcode: number; payload: Buffer }> {
    const [first = 0, second = 0] = await this.#take(2);
    const length = second === 126 ? (await this.#take(2)).readUInt16BE(0) : second;
    return { opcode: first & 0x0f, payload: await this.#take(length) };
  }

  /** The code of the close that comes next. */
  async readClose(): Promise<number> {
    const { opcode, payload } = await this.readFrame();
    assert.equal(opcode, opcodes.close);
    return payload.readUInt16BE(0);
  }
}

suite('WebSockets byte by byte', () => {
  let server: HttpServer;
  let port = 0;

  before(async () => {
    const dispatcher = new Dispatcher([implement(trial, { echo: ({ value }) => value })]);
    server = await serveHttp(
      'tcp://127.0.0.1:0',
      rpcHandler(dispatcher, { maxMessageBytes: 4_096 }),
      {
        maxConnectionsPerAddress: 2_000,
      },
    );
    port = 'port' in server.endpoint ? server.endpoint.port : 0;
  });
  after(() => server.close(0));

  async function open(): Promise<RawClient> {
    const client = new RawClient(port);
    client.socket.write(opening);
    assert.match(await client.readHead(), /^HTTP\/1\.1 101 /);
    return client;
  }

  async function expectEcho(client: RawClient, value: string): Promise<void> {
    const { opcode, payload } = await client.readFrame();
    assert.equal(opcode, opcodes.text);
    assert.deepEqual(JSON.parse(payload.toString()), { jsonrpc: '2.0', id: 1, result: value });
  }

  test('the opening and the frames may come a byte at a time', async () => {
    const client = new RawClient(port);
    const bytes = Buffer.concat([
      Buffer.from(opening),
      makeFrame(opcodes.text, request('é')),
      makeFrame(opcodes.text, request('x'.repeat(200))),
    ]);
    for (const byte of bytes) {
      if (!client.socket.write(Uint8Array.of(byte))) await once(client.socket, 'drain');
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    assert.match(await client.readHead(), /^HTTP\/1\.1 101 /);
    await expectEcho(client, 'é');
    await expectEcho(client, 'x'.repeat(200));
    client.socket.destroy();
  });

  test('a frame may come with the opening, in fragments, with a ping between them', async () => {
    const client = new RawClient(port);
    const text = Buffer.from(request('é'));
    const cut = text.indexOf(0xc3) + 1;
    client.socket.write(
      Buffer.concat([
        Buffer.from(opening),
        makeFrame(opcodes.text, text.subarray(0, cut), { isLast: false }),
        makeFrame(opcodes.ping, 'there?'),
        makeFrame(opcodes.continuation, text.subarray(cut)),
      ]),
    );
    await client.readHead();
    const pong = await client.readFrame();
    assert.deepEqual([pong.opcode, pong.payload.toString()], [opcodes.pong, 'there?']);
    await expectEcho(client, 'é');
    client.socket.write(makeFrame(opcodes.close, Buffer.from([0x03, 0xe8])));
    assert.equal(await client.readClose(), 1000);
  });

  const violations: [string, Buffer, number][] = [
    ['a frame that is not masked', makeFrame(opcodes.text, '{}', { isMasked: false }), 1002],
    ['a reserved bit', makeFrame(opcodes.text, '{}', { reserved: 1 }), 1002],
    ['an unknown kind of frame', makeFrame(3, '{}'), 1002],
    ['a continuation of nothing', makeFrame(opcodes.continuation, '{}'), 1002],
    ['a ping in fragments', makeFrame(opcodes.ping, '', { isLast: false }), 1002],
    ['text that is not UTF-8', makeFrame(opcodes.text, Buffer.from([0xff])), 1007],
    ['a message too long', makeFrame(opcodes.text, 'x'.repeat(5_000)), 1009],
    ['a length beyond all bounds', Buffer.from('81ff7fffffffffffffff01020304', 'hex'), 1009],
  ];
  for (const [name, bytes, code] of violations) {
    test(`${name} closes with ${code}, and others are served on`, async () => {
      const [offender, other] = [await open(), await open()];
      offender.socket.write(bytes);
      assert.equal(await offender.readClose(), code);
      other.socket.write(makeFrame(opcodes.text, request('still here')));
      await expectEcho(other, 'still here');
      offender.socket.destroy();
      other.socket.destroy();
    });
  }

  test('clients that reset, in and between frames, cost nobody else anything', async () => {
    const frame = makeFrame(opcodes.text, request('cut'));
    for (const end of [0, 1, 5, frame.length - 1, frame.length]) {
      const client = await open();
      client.socket.write(frame.subarray(0, end), () => client.socket.resetAndDestroy());
      await once(client.socket, 'close');
    }
    const client = await open();
    client.socket.write(makeFrame(opcodes.text, request('fine')));
    await expectEcho(client, 'fine');
    client.socket.destroy();
  });

  test('1,000 WebSockets at a time are each answered', async () => {
    const ends: PromiseWithResolvers<string>[] = [];
    const connections = await Promise.all(
      Array.from({ length: 1_000 }, () => {
        const answered = Promise.withResolvers<string>();
        ends.push(answered);
        return connectMessages(`ws://127.0.0.1:${port}/rpc`, {
          message: (_connection, bytes) => answered.resolve(Buffer.from(bytes).toString()),
        });
      }),
    );
    for (const [index, connection] of connections.entries()) connection.send(request('one', index));
    const answers = await Promise.all(ends.map(({ promise }) => promise));
    for (const [index, answer] of answers.entries()) {
      assert.deepEqual(JSON.parse(answer), { jsonrpc: '2.0', id: index, result: 'one' });
    }
    for (const connection of connections) connection.reset();
  });
});
