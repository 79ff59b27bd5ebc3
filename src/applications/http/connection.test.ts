import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { exchange } from '../../../test/support/raw-http.ts';
import { within } from '../../../test/support/recorder.ts';
import { HttpError, prepareResponse, serveHttp } from './index.ts';
import type {
  ByteSource,
  HttpExchange,
  HttpHandler,
  HttpResponse,
  HttpServer,
  HttpServerOptions,
} from './index.ts';

const hello = prepareResponse({ status: 200, headers: [['X-Kind', 'ready']], content: 'hello' });

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

/** A source of so many bytes that says so when it is closed. */
function sourceOf(bytes: Uint8Array, onClose: () => void = () => undefined): ByteSource {
  return {
    async read(buffer, position) {
      const part = bytes.subarray(position, position + buffer.length);
      buffer.set(part);
      return part.length;
    },
    close: onClose,
  };
}

const large = Buffer.alloc(400_000, 'abcdefgh');

const handler: HttpHandler = async (request) => {
  switch (request.path) {
    case '/echo':
      return { status: 200, content: await request.body.text() };
    case '/ignore':
      return { status: 200, content: 'ignored' };
    case '/stream':
      return { status: 200, content: pieces('one', '', 'two'), trailers: () => [['X-Sum', '6']] };
    case '/mirror':
      return { status: 200, content: request.body };
    case '/source':
      return { status: 200, content: { source: sourceOf(large), start: 8, length: 399_992 } };
    case '/short':
      return { status: 200, content: { source: sourceOf(large), start: 0, length: 500_000 } };
    case '/broken':
      return {
        status: 200,
        content: (async function* () {
          yield Buffer.from('half');
          throw new Error('a secret');
        })(),
      };
    case '/throw':
      throw new Error('a secret');
    case '/refuse':
      throw new HttpError('FORBIDDEN', 'not you', { headers: [['X-Why', 'because']] });
    case '/inject':
      return { status: 200, headers: [['X-A', 'b\r\nX-C: d']], content: 'x' };
    case '/empty':
      return { status: 204 };
    case '/unchanged':
      return { status: 304, headers: [['ETag', '"a"']] };
    case '/hints':
      request.inform(103, [['Link', '</a.css>; rel=preload']]);
      return { status: 200, content: 'x' };
    case '/close':
      return { status: 200, content: 'x', close: true };
    default:
      return { status: 404, content: 'nothing' };
  }
};

const answer: HttpHandler = (request) => (request.path === '/ready' ? hello : handler(request));

const portOf = ({ endpoint }: HttpServer): number => ('port' in endpoint ? endpoint.port : 0);

async function serving(options: HttpServerOptions = {}, handle: HttpHandler = answer) {
  return await serveHttp('tcp://127.0.0.1:0', handle, options);
}

const get = (path: string, fields = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
const post = (path: string, content: string, fields = '') =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${content.length}\r\n${fields}\r\n${content}`;

describe('a connection of HTTP', () => {
  let server: HttpServer;
  let port = 0;
  before(async () => {
    server = await serving();
    port = portOf(server);
  });
  after(() => server.close(0));

  test('goes on after a response, and ends when asked to', async () => {
    const { responses, isClosed } = await exchange(
      port,
      get('/ready') + get('/ready', 'Connection: close\r\n') + get('/ready'),
    );
    assert.deepEqual(
      responses.map(({ status, body }) => [status, body.toString()]),
      [
        [200, 'hello'],
        [200, 'hello'],
      ],
    );
    assert.equal(responses[0]?.headers.get('connection'), undefined);
    assert.equal(responses[1]?.headers.get('connection'), 'close');
    assert.equal(isClosed, true);
  });

  test('answers what was pipelined in the order it was asked, quick and slow mixed', async () => {
    const paths = ['/echo', '/ready', '/stream', '/source', '/ready', '/absent'];
    const { responses } = await exchange(port, paths.map((path) => get(path)).join(''), {
      until: paths.length,
    });
    assert.deepEqual(
      responses.map(({ status, body }) => [status, body.length]),
      [
        [200, 0],
        [200, 5],
        [200, 6],
        [200, 399_992],
        [200, 5],
        [404, 7],
      ],
    );
  });

  test('reads a request and its content wherever they are cut', async () => {
    const text = post('/echo', 'content') + get('/ready');
    for (let cut = 1; cut < text.length; cut++) {
      const { responses } = await exchange(port, [text.slice(0, cut), text.slice(cut)], {
        until: 2,
      });
      assert.deepEqual(
        responses.map(({ body }) => body.toString()),
        ['content', 'hello'],
        `cut at ${cut}`,
      );
    }
  });

  test('reads what comes byte by byte', async () => {
    const chunked = 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    const text = `${chunked}3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-T: 1\r\n\r\n`;
    const { responses } = await exchange(port, text.split(''), { until: 1 });
    assert.equal(responses[0]?.body.toString(), 'abcde');
  });

  test('answers HEAD as GET, without the content', async () => {
    for (const path of ['/ready', '/echo', '/source', '/stream']) {
      const head = get(path).replace('GET', 'HEAD');
      const { responses } = await exchange(port, head + get(path, 'Connection: close\r\n'), {
        methods: ['HEAD', 'GET'],
      });
      assert.equal(responses.length, 2, path);
      for (const name of ['content-length', 'transfer-encoding', 'x-kind']) {
        assert.equal(responses[0]?.headers.get(name), responses[1]?.headers.get(name), path);
      }
    }
  });

  test('says when it answers, in the one format that is sent', async () => {
    const { responses } = await exchange(port, get('/ready'), { until: 1 });
    const date = responses[0]?.headers.get('date') ?? '';
    assert.match(date, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    assert.ok(Math.abs(Date.parse(date) - Date.now()) < 5_000);
  });

  test('speaks HTTP/1.0 with whoever does', async () => {
    const old = (path: string, fields = '') => `GET ${path} HTTP/1.0\r\n${fields}\r\n`;
    const once10 = await exchange(port, old('/ready'));
    assert.equal(once10.isClosed, true);
    assert.equal(once10.responses[0]?.headers.get('connection'), 'close');
    const kept = await exchange(port, old('/ready', 'Connection: keep-alive\r\n').repeat(2), {
      until: 2,
    });
    assert.equal(kept.isClosed, false);
    assert.equal(kept.responses[1]?.headers.get('connection'), 'keep-alive');
    // It has no chunks: the end of the connection ends the content.
    const stream = await exchange(port, old('/stream', 'Connection: keep-alive\r\n'));
    assert.equal(stream.isClosed, true);
    assert.equal(stream.responses[0]?.body.toString(), 'onetwo');
    assert.equal(stream.responses[0]?.headers.get('transfer-encoding'), undefined);
  });

  test('sends content of unknown length in chunks, with its trailers', async () => {
    const { responses } = await exchange(port, get('/stream'), { until: 1 });
    assert.equal(responses[0]?.body.toString(), 'onetwo');
    assert.equal(responses[0]?.trailers, 'X-Sum: 6\r\n');
  });

  test('sends a source piece by piece, from where it is asked to', async () => {
    const { responses } = await exchange(port, get('/source'), { until: 1 });
    assert.deepEqual(responses[0]?.body, large.subarray(8));
  });

  test('cuts the connection when a source gives less than was promised', async () => {
    const { responses, isClosed, error } = await exchange(port, get('/short'));
    assert.deepEqual([responses.length, isClosed, error], [0, true, 'ECONNRESET']);
  });

  test('cuts the connection when the content throws, and tells nobody why', async () => {
    const { responses, isClosed, rest } = await exchange(port, get('/broken'));
    assert.deepEqual([responses.length, isClosed], [0, true]);
    assert.doesNotMatch(rest.toString(), /secret/);
  });

  test('sends no content and no length with 204 and 304', async () => {
    const { responses } = await exchange(port, get('/empty') + get('/unchanged'), { until: 2 });
    assert.deepEqual(
      responses.map(({ status, headers }) => [status, headers.get('content-length')]),
      [
        [204, undefined],
        [304, undefined],
      ],
    );
  });

  test('sends hints before the answer, but not to HTTP/1.0', async () => {
    const { responses } = await exchange(port, get('/hints'), { until: 1 });
    assert.deepEqual(
      responses.map(({ status }) => status),
      [103, 200],
    );
    const old = await exchange(port, 'GET /hints HTTP/1.0\r\n\r\n');
    assert.deepEqual(
      old.responses.map(({ status }) => status),
      [200],
    );
  });

  test('asks for content that waits for leave, once the handler reads it', async () => {
    const expecting = post('/echo', '', 'Expect: 100-continue\r\n').replace(
      'Content-Length: 0',
      'Content-Length: 4',
    );
    const socket = connect(port, '127.0.0.1');
    socket.write(expecting);
    const [leave] = (await once(socket, 'data')) as [Buffer];
    assert.equal(leave.toString(), 'HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('data');
    const [final] = (await once(socket, 'data')) as [Buffer];
    assert.match(final.toString(), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\ndata$/);
    socket.destroy();
  });

  test('answers at once, and closes, when nobody wants the content that waits for leave', async () => {
    const { responses, isClosed } = await exchange(
      port,
      'POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n',
    );
    assert.deepEqual(
      responses.map(({ status }) => status),
      [200],
    );
    assert.equal(isClosed, true);
  });

  test('passes over content that nobody reads, and goes on', async () => {
    const { responses } = await exchange(port, post('/ignore', 'x'.repeat(9_000)) + get('/ready'), {
      until: 2,
    });
    assert.deepEqual(
      responses.map(({ body }) => body.toString()),
      ['ignored', 'hello'],
    );
  });

  test('judges the framing of the whole request before it answers', async () => {
    const chunked = 'POST /ignore HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    const { responses, isClosed } = await exchange(
      port,
      `${chunked}2\r\nab\r\nx\r\n${get('/ready')}`,
    );
    assert.deepEqual(
      responses.map(({ status }) => status),
      [400],
    );
    assert.equal(isClosed, true);
  });

  test('sends back content as it comes', async () => {
    const head = 'POST /mirror HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    const { responses } = await exchange(port, [head, '3\r\nabc\r\n', '1\r\nd\r\n', '0\r\n\r\n'], {
      until: 1,
    });
    assert.equal(responses[0]?.body.toString(), 'abcd');
  });

  test('tells a client nothing of what a handler throws, unless it is meant for it', async () => {
    const { responses } = await exchange(port, get('/throw') + get('/refuse') + get('/inject'), {
      until: 3,
    });
    assert.deepEqual(
      responses.map(({ status }) => status),
      [500, 403, 500],
    );
    assert.equal(
      responses[0]?.body.toString(),
      '500 Internal Server Error: the server could not answer\n',
    );
    assert.equal(responses[1]?.headers.get('x-why'), 'because');
    assert.equal(responses[2]?.headers.get('x-c'), undefined);
  });

  test('answers a client that has ended its direction', async () => {
    const { responses, isClosed } = await exchange(port, get('/echo') + get('/ready'), {
      end: true,
    });
    assert.equal(responses.length, 2);
    assert.equal(isClosed, true);
  });

  const cut: readonly (readonly [string, string])[] = [
    ['a head', 'GET / HTTP/1.1\r\nHost'],
    ['a content', 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab'],
    ['a chunk', 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab'],
    ['a content nobody reads', 'POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab'],
  ];
  for (const [what, text] of cut) {
    test(`refuses ${what} that ends in the middle`, async () => {
      const { responses, isClosed } = await exchange(port, text, { end: true });
      assert.deepEqual([responses[0]?.status, isClosed], [400, true]);
    });
  }

  test('passes over empty lines before a request, and nothing else', async () => {
    const passed = await exchange(port, ['\r\n\r', '\n', get('/ready')], { until: 1 });
    assert.equal(passed.responses[0]?.status, 200);
    const refused = await exchange(port, `\r\r\n${get('/ready')}`);
    assert.equal(refused.responses[0]?.status, 400);
  });

  test('answers for the whole server when asked for *', async () => {
    const { responses } = await exchange(port, 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', {
      until: 1,
    });
    assert.equal(responses[0]?.status, 200);
    assert.match(responses[0]?.headers.get('allow') ?? '', /GET/);
  });

  test('answers even a HEAD that it refuses without content', async () => {
    const requests = [
      'HEAD / HTTP/1.1\r\n\r\n',
      'HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n',
      'HEAD /throw HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    ];
    for (const text of requests) {
      const { responses, rest } = await exchange(port, text, { methods: ['HEAD'] });
      assert.ok((responses[0]?.status ?? 0) >= 400);
      assert.equal(rest.length, 0);
    }
  });

  test('closes after a request it cannot read, without reading on', async () => {
    const { responses, isClosed } = await exchange(port, `GARBAGE\r\n\r\n${get('/ready')}`);
    assert.deepEqual(
      responses.map(({ status, headers }) => [status, headers.get('connection')]),
      [[400, 'close']],
    );
    assert.equal(isClosed, true);
  });
});

describe('the limits of a connection', () => {
  const cases: readonly (readonly [string, HttpServerOptions, string, number])[] = [
    ['a long target', { maxTargetBytes: 20 }, get(`/${'a'.repeat(30)}`), 414],
    ['a long head', { maxHeaderBytes: 100 }, get('/', `X: ${'a'.repeat(100)}\r\n`), 431],
    ['many fields', { maxHeaderCount: 3 }, get('/', 'X: y\r\n'.repeat(3)), 431],
    ['a large content', { maxBodyBytes: 10 }, post('/echo', 'x'.repeat(11)), 413],
    [
      'a large content in chunks',
      { maxBodyBytes: 10 },
      'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n',
      413,
    ],
  ];
  for (const [what, options, text, status] of cases) {
    test(`refuse ${what} with ${status}, and close`, async () => {
      await using server = await serving(options);
      const { responses, isClosed } = await exchange(portOf(server), text);
      assert.deepEqual([responses[0]?.status, isClosed], [status, true]);
    });
  }

  test('answer all the same when there is too much to pass over, and close', async () => {
    await using server = await serving({ maxDiscardedBytes: 10 });
    const chunked = 'POST /ignore HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    const announced = post('/ignore', '').replace('Length: 0', 'Length: 11');
    for (const sent of [[announced], [`${chunked}${(1e6).toString(16)}\r\n`, 'x'.repeat(1e6)]]) {
      const { responses, isClosed } = await exchange(portOf(server), sent);
      assert.deepEqual([responses[0]?.status, isClosed], [200, true]);
    }
  });

  test('close after so many requests, and say so', async () => {
    await using server = await serving({ maxRequests: 2 });
    const { responses, isClosed } = await exchange(portOf(server), get('/ready').repeat(3));
    assert.deepEqual([responses.length, isClosed], [2, true]);
    assert.equal(responses[1]?.headers.get('connection'), 'close');
  });

  test('refuse one connection more of an address, and no other', async () => {
    await using server = await serving({ maxConnectionsPerAddress: 1 });
    const first = connect(portOf(server), '127.0.0.1');
    first.write(get('/ready'));
    await once(first, 'data');
    const { responses, isClosed } = await exchange(portOf(server), get('/ready'));
    assert.deepEqual([responses.length, isClosed, server.refused], [0, true, 1]);
    first.destroy();
  });

  const slow: readonly (readonly [string, HttpServerOptions, string, number | undefined])[] = [
    ['a head that never ends', { headerTimeout: 60 }, 'GET / HTTP/1.1\r\nHost: a\r\n', 408],
    ['a content that never comes', { bodyTimeout: 60 }, post('/echo', ''), 408],
    ['a content that nobody reads and never comes', { bodyTimeout: 60 }, post('/ignore', ''), 408],
    ['a connection that says nothing', { keepAliveTimeout: 60 }, '', undefined],
  ];
  for (const [what, options, text, status] of slow) {
    test(`end ${what}`, async () => {
      await using server = await serving(options);
      const sent = text.replace('Content-Length: 0', 'Content-Length: 5');
      const { responses, isClosed } = await exchange(portOf(server), sent);
      assert.deepEqual([responses[0]?.status, isClosed], [status, true]);
    });
  }

  test('give a slow writer the whole head time once, not anew with each byte', async () => {
    await using server = await serving({ headerTimeout: 100 });
    const socket = connect(portOf(server), '127.0.0.1');
    const timer = setInterval(() => socket.write('X: y\r\n'), 10);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n');
    const [bytes] = (await within(once(socket, 'data'), 'an answer')) as [Buffer];
    clearInterval(timer);
    assert.match(bytes.toString(), /^HTTP\/1\.1 408 /);
    socket.destroy();
  });

  test('end a connection whose client takes nothing of what it asked for', async () => {
    const closed = Promise.withResolvers<void>();
    const source = { ...sourceOf(large), close: () => closed.resolve() };
    const huge: HttpResponse = {
      status: 200,
      content: {
        source: { ...source, read: async (buffer) => buffer.length },
        start: 0,
        length: 1e9,
      },
    };
    await using server = await serving({ writeTimeout: 100 }, () => huge);
    const socket = connect(portOf(server), '127.0.0.1');
    socket.pause();
    socket.on('error', () => undefined);
    socket.write(get('/'));
    await within(closed.promise, 'the source closed');
    socket.destroy();
  });
});

describe('a server of HTTP', () => {
  test('tells who asks of every response', async () => {
    const seen: HttpExchange[] = [];
    await using server = await serving({ onResponse: (one) => seen.push(one) });
    await exchange(portOf(server), get('/ready') + post('/echo', 'abc') + get('/source'), {
      until: 3,
    });
    await exchange(portOf(server), 'HEAD /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', {
      methods: ['HEAD'],
    });
    assert.deepEqual(
      seen.map(({ request, status, contentBytes }) => [request.path, status, contentBytes]),
      [
        ['/ready', 200, 5],
        ['/echo', 200, 3],
        ['/source', 200, 399_992],
        ['/ready', 200, 0],
      ],
    );
    assert.ok(seen.every(({ duration }) => duration >= 0));
  });

  test('tells who asks of a response that its client left before the end', async () => {
    const { promise: told, resolve } = Promise.withResolvers<HttpExchange>();
    const whole = 1_000_000_000;
    const source = {
      read: (into: Uint8Array) => Promise.resolve(into.length),
      close: () => undefined,
    };
    await using server = await serveHttp(
      'tcp://127.0.0.1:0',
      () => ({ status: 206, content: { source, start: 0, length: whole } }),
      { onResponse: resolve },
    );
    const socket = connect(portOf(server), '127.0.0.1');
    socket.write('GET /film HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    const { request, status, contentBytes } = await told;
    assert.deepEqual([request.path, status], ['/film', 206]);
    assert.ok(contentBytes > 0 && contentBytes < whole, `${contentBytes}`);
  });

  test('tells who asks what a handler threw', async () => {
    const thrown: unknown[] = [];
    await using server = await serving({ onError: (error) => thrown.push(error) });
    await exchange(portOf(server), get('/throw') + get('/refuse'), { until: 2 });
    assert.deepEqual(thrown.map(String), ['Error: a secret']);
  });

  test('drops the connection, and no more, when even the page of an error cannot be sent', async () => {
    await using server = await serving({
      renderError: () => ({ status: 500, headers: [['X', '\n']], content: '' }),
    });
    for (const path of ['/throw', '/refuse', '/inject']) {
      const { responses, isClosed } = await exchange(portOf(server), get(path));
      assert.deepEqual([responses.length, isClosed], [0, true], path);
    }
    assert.equal((await exchange(portOf(server), get('/ready'), { until: 1 })).responses.length, 1);
  });

  test('aborts the work for a client that leaves', async () => {
    const aborted = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await using server = await serving({}, (request) => {
      request.signal.addEventListener('abort', () => aborted.resolve());
      asked.resolve();
      return new Promise<HttpResponse>(() => undefined);
    });
    const socket = connect(portOf(server), '127.0.0.1');
    socket.write(get('/'));
    await within(asked.promise, 'a request');
    socket.resetAndDestroy();
    await within(aborted.promise, 'an abort');
  });

  test('answers what is under way when it closes, and takes nothing more', async () => {
    const asked = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const server = await serving({}, async () => {
      asked.resolve();
      await go.promise;
      return { status: 200, content: 'late' };
    });
    const idle = connect(portOf(server), '127.0.0.1');
    await once(idle, 'connect');
    const answered = exchange(portOf(server), get('/') + get('/'));
    await within(asked.promise, 'a request');
    const closing = server.close();
    await within(once(idle.resume(), 'end'), 'the idle connection closed');
    go.resolve();
    const { responses, isClosed } = await answered;
    assert.deepEqual(
      responses.map(({ headers, body }) => [headers.get('connection'), body.toString()]),
      [['close', 'late']],
    );
    assert.equal(isClosed, true);
    await closing;
  });

  test('hands a connection over to another protocol, with what came after the request', async () => {
    await using server = await serving({}, () => ({
      status: 101,
      takeOver(stream, rest) {
        stream.write(`switched ${Buffer.from(rest).toString()} `);
        stream.on('data', (bytes: Buffer) => stream.end(bytes));
        stream.resume();
      },
    }));
    const socket = connect(portOf(server), '127.0.0.1');
    socket.write(`${get('/', 'Upgrade: x\r\nConnection: upgrade\r\n')}early`);
    await once(socket, 'data');
    const more = once(socket, 'data') as Promise<[Buffer]>;
    socket.write('later');
    assert.equal((await within(more, 'an echo'))[0].toString(), 'later');
    socket.destroy();
  });

  test('goes on with a new handler, for the next request', async () => {
    await using server = await serving();
    const socket = connect(portOf(server), '127.0.0.1');
    socket.write(get('/ready'));
    await once(socket, 'data');
    server.setHandler(() => ({ status: 200, content: 'changed' }));
    socket.write(get('/ready'));
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    assert.match(bytes.toString(), /changed$/);
    socket.destroy();
  });
});
