import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { HttpError, serveHttp } from './index.ts';
import type { HttpExchange, HttpHandler, HttpServer, HttpServerOptions } from './index.ts';

interface Answer {
  readonly headers: IncomingHttpHeaders & { readonly ':status'?: number };
  readonly content: Buffer;
  readonly trailers: IncomingHttpHeaders;
  readonly stream: ClientHttp2Stream;
}

/** A client of HTTP/2, disposed of with its server. */
class Client implements AsyncDisposable {
  readonly session: ClientHttp2Session;
  readonly server: HttpServer;

  private constructor(server: HttpServer, session: ClientHttp2Session) {
    this.server = server;
    this.session = session;
    session.on('error', () => undefined);
  }

  static async start(handler: HttpHandler, options: HttpServerOptions = {}): Promise<Client> {
    const server = await serveHttp('tls://127.0.0.1:0', handler, options);
    return new Client(server, connect(server.url, { rejectUnauthorized: false }));
  }

  request(headers: Record<string, string>, content?: string | Buffer): ClientHttp2Stream {
    const endStream = content === undefined;
    const stream = this.session.request({ ':path': '/', ...headers }, { endStream });
    stream.on('error', () => undefined);
    if (!endStream) stream.end(content);
    return stream;
  }

  async ask(headers: Record<string, string>, content?: string | Buffer): Promise<Answer> {
    const stream = this.request(headers, content);
    let trailers: IncomingHttpHeaders = {};
    stream.on('trailers', (fields: IncomingHttpHeaders) => (trailers = fields));
    const [fields] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    return { headers: fields, content: Buffer.concat(pieces), trailers, stream };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session.destroy();
    await this.server.close(0);
  }
}

/** Resolves once it has closed, with an error or without. */
function whenClosed(one: ClientHttp2Session | ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    one.once('close', resolve);
  });
}

describe('HTTP/2', () => {
  test('is answered by the same handler, which sees what was asked', async () => {
    await using client = await Client.start(async (request) => ({
      status: 201,
      headers: [
        ['X-One', 'a'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['Connection', 'close'],
      ],
      content: JSON.stringify({
        method: request.method,
        path: request.path,
        query: request.query,
        authority: request.authority,
        scheme: request.scheme,
        version: request.version,
        cookie: request.headers.get('cookie'),
        body: await request.body.text(),
      }),
    }));
    const { headers, content } = await client.ask(
      { ':method': 'POST', ':path': '/a?b', ':authority': 'Example.org', cookie: 'x=1; y=2' },
      'bonjour',
    );
    assert.equal(headers[':status'], 201);
    assert.equal(headers['x-one'], 'a');
    assert.equal(headers['server'], 'sioux');
    assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal(headers['connection'], undefined);
    assert.ok(headers['date']);
    assert.equal(headers['content-length'], String(content.length));
    assert.deepEqual(JSON.parse(content.toString()), {
      method: 'POST',
      path: '/a',
      query: 'b',
      authority: 'example.org',
      scheme: 'https',
      version: '2',
      cookie: 'x=1; y=2',
      body: 'bonjour',
    });
  });

  test('answers HEAD as GET without the content, and lets go of what is not sent', async () => {
    let closed = 0;
    const source = { read: () => Promise.resolve(0), close: () => void closed++ };
    await using client = await Client.start(() => ({
      status: 200,
      content: { source, start: 0, length: 9 },
    }));
    const { headers, content } = await client.ask({ ':method': 'HEAD' });
    assert.deepEqual([headers['content-length'], content.length, closed], ['9', 0, 1]);
  });

  test('sends a source piece by piece, from where it is asked, and closes it once', async () => {
    const bytes = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => index % 251));
    let closed = 0;
    const source = {
      read: async (buffer: Uint8Array, position: number) => {
        const part = bytes.subarray(position, position + Math.min(buffer.length, 10_000));
        buffer.set(part);
        return part.length;
      },
      close: () => void closed++,
    };
    await using client = await Client.start(() => ({
      status: 206,
      content: { source, start: 1_000, length: 250_000 },
    }));
    const { content } = await client.ask({});
    assert.deepEqual(content, bytes.subarray(1_000, 251_000));
    assert.equal(closed, 1);
  });

  test('does not read a source faster than the client takes it', async () => {
    let read = 0;
    const given = Promise.withResolvers<void>();
    const source = {
      read: (buffer: Uint8Array) => {
        read += buffer.length;
        return Promise.resolve(buffer.length);
      },
      close: () => given.resolve(),
    };
    await using client = await Client.start(() => ({
      status: 200,
      content: { source, start: 0, length: 2 ** 40 },
    }));
    const stream = client.request({});
    await once(stream, 'response');
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, 150);
    await promise;
    assert.ok(read < 2_000_000, `${read} bytes read for a client that takes none`);
    stream.close(constants.NGHTTP2_CANCEL);
    await given.promise;
  });

  test('resets the stream of a source that gives less than was said', async () => {
    const source = { read: () => Promise.resolve(0), close: () => undefined };
    await using client = await Client.start(() => ({
      status: 200,
      content: { source, start: 0, length: 10 },
    }));
    const stream = client.request({});
    stream.resume();
    await whenClosed(stream);
    assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
  });

  test('sends trailers after an iterable, and reads those of requests', async () => {
    await using client = await Client.start(async (request) => {
      const text = await request.body.text();
      const check = request.body.trailers.get('x-check') ?? '';
      return {
        status: 200,
        content: (async function* () {
          yield Buffer.from(`${text} ${check}`);
        })(),
        trailers: () => [['X-Sum', '42']],
      };
    });
    const stream = client.session.request(
      { ':method': 'POST', ':path': '/' },
      {
        endStream: false,
        waitForTrailers: true,
      },
    );
    let trailers: IncomingHttpHeaders = {};
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-check': 'ok' }));
    stream.on('trailers', (fields: IncomingHttpHeaders) => (trailers = fields));
    stream.end('abc');
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    assert.equal(Buffer.concat(pieces).toString(), 'abc ok');
    assert.equal(trailers['x-sum'], '42');
  });

  test('asks for a content that was announced, only when somebody wants it', async () => {
    await using client = await Client.start(async (request) => ({
      status: 200,
      content: request.path === '/want' ? await request.body.text() : 'unread',
    }));
    for (const [path, isContinued] of [
      ['/want', true],
      ['/', false],
    ] as const) {
      const stream = client.session.request(
        { ':method': 'POST', ':path': path, expect: '100-continue' },
        { endStream: false },
      );
      stream.on('error', () => undefined);
      let continued = false;
      stream.on('continue', () => {
        continued = true;
        stream.end('content');
      });
      await once(stream, 'response');
      assert.equal(continued, isContinued);
      stream.close();
    }
  });

  test('refuses what is wrong with the status that says so', async () => {
    await using client = await Client.start(() => ({ status: 200 }), {
      maxTargetBytes: 100,
      maxHeaderCount: 20,
      maxBodyBytes: 1_000,
    });
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`x-${index}`, '1']));
    for (const [headers, status] of [
      [{ ':path': `/${'a'.repeat(200)}` }, 414],
      [many, 431],
      [{ ':authority': '%zz' }, 400],
      [{ ':authority': 'a.example', host: 'b.example' }, 400],
      [{ expect: 'more' }, 417],
      [{ ':method': 'POST', 'content-length': '2000' }, 413],
    ] as const) {
      const content = 'content-length' in headers ? Buffer.alloc(2_000) : undefined;
      const answer = await client.ask(headers, content);
      assert.equal(answer.headers[':status'], status, JSON.stringify(headers));
    }
  });

  test('resets what HTTP/2 itself forbids', async () => {
    await using client = await Client.start(() => ({ status: 200 }));
    const forbidden: readonly Record<string, string>[] = [
      { ':path': 'a' },
      { ':path': '*' },
      { ':authority': 'a b' },
      { ':method': 'GE T' },
    ];
    for (const headers of forbidden) {
      const stream = client.request(headers);
      await whenClosed(stream);
      assert.equal(stream.rstCode, constants.NGHTTP2_PROTOCOL_ERROR, JSON.stringify(headers));
    }
  });

  test('gives a 500 that tells nothing, and the errors of handlers as they are', async () => {
    await using client = await Client.start((request) => {
      if (request.path === '/') throw new Error('/home/secret');
      throw new HttpError('NOT_FOUND', 'no such thing', { headers: [['X-Why', 'gone']] });
    });
    const failed = await client.ask({});
    assert.equal(failed.headers[':status'], 500);
    assert.ok(!failed.content.includes('secret'));
    const missing = await client.ask({ ':path': '/x' });
    assert.equal(missing.headers[':status'], 404);
    assert.equal(missing.headers['x-why'], 'gone');
  });

  test('survives responses that cannot be sent, even in place of others', async () => {
    await using client = await Client.start(
      () => ({ status: 200, headers: [['X-One', 'a\r\nb']], content: 'x' }),
      { renderError: () => ({ status: 500, headers: [['X Two', 'b']] }) },
    );
    const stream = client.request({});
    await whenClosed(stream);
    assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
    await using other = await Client.start(() => ({
      status: 200,
      headers: [['X-One', 'a\r\nb']],
    }));
    assert.equal((await other.ask({})).headers[':status'], 500);
  });

  test('gives up a content that does not come', async () => {
    await using client = await Client.start(
      async (request) => ({ status: 200, content: await request.body.text() }),
      { bodyTimeout: 60, keepAliveTimeout: 5_000 },
    );
    const stream = client.session.request(
      { ':method': 'POST', ':path': '/' },
      { endStream: false },
    );
    stream.write('half');
    const [fields] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    assert.equal(fields[':status'], 408);
    stream.resume();
  });

  test('gives up a client that takes nothing, and says goodbye to an idle one', async () => {
    const given = Promise.withResolvers<void>();
    const source = {
      read: (buffer: Uint8Array) => Promise.resolve(buffer.length),
      close: () => given.resolve(),
    };
    await using client = await Client.start(
      () => ({ status: 200, content: { source, start: 0, length: 2 ** 40 } }),
      { writeTimeout: 80, keepAliveTimeout: 80 },
    );
    client.request({});
    await given.promise;
    await whenClosed(client.session);
  });

  test('waits for a content as long as its handler takes', async () => {
    await using client = await Client.start(
      () => ({
        status: 200,
        content: (async function* () {
          yield Buffer.from('one ');
          const { promise, resolve } = Promise.withResolvers<void>();
          setTimeout(resolve, 250);
          await promise;
          yield Buffer.from('two');
        })(),
      }),
      { writeTimeout: 60, keepAliveTimeout: 60 },
    );
    assert.equal((await client.ask({})).content.toString(), 'one two');
  });

  test('finishes what was asked when the server closes', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const server = await serveHttp('tls://127.0.0.1:0', async () => {
      asked.resolve();
      await answer.promise;
      return { status: 200, content: 'still there' };
    });
    const session = connect(server.url, { rejectUnauthorized: false });
    const goaway = once(session, 'goaway');
    const stream = session.request({ ':path': '/' });
    await asked.promise;
    const closing = server.close(5_000);
    await goaway;
    answer.resolve();
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    assert.equal(Buffer.concat(pieces).toString(), 'still there');
    await closing;
    session.destroy();
  });

  test('closes the connection of whoever takes requests back without end', async () => {
    let handled = 0;
    await using client = await Client.start(
      () => {
        handled++;
        return new Promise(() => undefined);
      },
      { http2: { maxResetBurst: 50, maxResetRate: 1 } },
    );
    const gone = whenClosed(client.session);
    const flood = (): void => {
      if (client.session.destroyed || client.session.closed) return;
      for (let index = 0; index < 20; index++) {
        client.request({}).close(constants.NGHTTP2_CANCEL);
      }
      setImmediate(flood);
    };
    await once(client.session, 'connect');
    flood();
    await gone;
    assert.ok(handled <= 200, `${handled} handlers were run`);
  });

  test('tells of each exchange once it is over', async () => {
    const seen: HttpExchange[] = [];
    const told = Promise.withResolvers<void>();
    await using client = await Client.start(() => ({ status: 200, content: 'x'.repeat(100_000) }), {
      onResponse: (exchange) => {
        seen.push(exchange);
        told.resolve();
      },
    });
    await client.ask({ ':path': '/a' });
    await told.promise;
    const [exchange] = seen;
    assert.deepEqual(
      [exchange?.request.path, exchange?.status, exchange?.contentBytes],
      ['/a', 200, 100_000],
    );
    assert.ok((exchange?.duration ?? -1) >= 0);
  });

  test('is not spoken where it is not wanted', async () => {
    await using server = await serveHttp('tls://127.0.0.1:0', () => ({ status: 200 }), {
      http2: false,
    });
    const { stdout } = await promisify(execFile)('curl', [
      '-sk',
      '--http2',
      '-o',
      '/dev/null',
      '-w',
      '%{http_version}',
      server.url,
    ]);
    assert.equal(stdout, '1.1');
  });

  test('is spoken by curl, several requests over one connection', async () => {
    let connections = 0;
    await using server = await serveHttp('tls://127.0.0.1:0', (request) => {
      connections = server.connections;
      return { status: 200, content: `${request.version} ${request.path}\n` };
    });
    const { stdout } = await promisify(execFile)('curl', [
      '-sk',
      '--http2',
      `${server.url}a`,
      `${server.url}b`,
    ]);
    assert.equal(stdout, '2 /a\n2 /b\n');
    assert.equal(connections, 1);
  });
});
