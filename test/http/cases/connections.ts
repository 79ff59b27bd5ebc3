import { dropped, feature, get, group, head, hello, kept, must, one, refused } from '../case.ts';
import { request, served, should, statuses } from '../case.ts';
import type { Expectation } from '../case.ts';

const file = '/hello.txt';
const old = (...fields: readonly string[]): string =>
  `GET ${file} HTTP/1.0\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;

const ended: Expectation = { answers: [{ status: 200, body: hello }], connection: 'closed' };
const told: Expectation = {
  answers: [{ status: 200, body: hello, fields: { Connection: /\bclose\b/i } }],
  connection: 'closed',
};

const closing: readonly string[] = [
  'close',
  'CLOSE',
  'Close',
  'cLoSe',
  ' close ',
  'keep-alive, close',
  'close, keep-alive',
  'close,',
  ',close',
  'upgrade,close',
  'TE, close',
  'foo,\tclose\t,bar',
];

const staying: readonly string[] = [
  'keep-alive',
  'Keep-Alive',
  'closed',
  'close-not',
  'notclose',
  'x-close',
  '"close"',
  '',
  ',',
  'foo',
];

/** Persistent connections (RFC 9112, section 9) and pipelining. */
export const connectionCases = group('connection', [
  must('RFC 9112 §9.3', 'HTTP/1.1 goes on by default', get(file), served),
  ...closing.map((value) =>
    must(
      'RFC 9112 §9.6',
      `Connection: ${JSON.stringify(value)} closes it`,
      get(file, `Connection: ${value}`),
      ended,
    ),
  ),
  ...staying.map((value) =>
    must(
      'RFC 9112 §9.3',
      `Connection: ${JSON.stringify(value)} leaves it open`,
      get(file, `Connection: ${value}`),
      served,
    ),
  ),
  must(
    'RFC 9112 §9.6',
    'close on the second of two lines closes it',
    get(file, 'Connection: foo', 'Connection: close'),
    ended,
  ),
  should('RFC 9112 §9.6', 'that it will close is said', get(file, 'Connection: close'), told),
  must(
    'RFC 9112 §9.6',
    'what follows a request with close is not answered',
    get(file, 'Connection: close') + get(file),
    ended,
  ),
  must('RFC 9112 §9.6', 'close of HEAD closes it', head(file, 'Connection: close'), {
    answers: [{ status: 200 }],
    connection: 'closed',
  }),
  must('RFC 9112 §9.6', 'close of a missing file closes it', get('/nothing', 'Connection: close'), {
    answers: [{ status: 404 }],
    connection: 'closed',
  }),
  should(
    'RFC 9112 §9.6',
    'that it will close is said with an error',
    get('/nothing', 'Connection: close'),
    refusedWithClose(404),
  ),
  should(
    'RFC 9112 §9.6',
    'that it will close is said with a refusal',
    'GET / HTTP/1.1\r\n\r\n',
    refusedWithClose(400),
  ),
  must('RFC 9112 §9.3', 'HTTP/1.0 is closed by default', old(), ended),
  must('RFC 9112 §9.3', 'HTTP/1.0 with close is closed', old('Connection: close'), ended),
  should('RFC 9112 §9.3', 'HTTP/1.0 with keep-alive goes on', old('Connection: keep-alive'), {
    answers: [{ status: 200, body: hello, fields: { Connection: /keep-alive/i } }],
    connection: 'kept',
  }),
  should(
    'RFC 9112 §9.3',
    'HTTP/1.0 with Keep-Alive in another case goes on',
    old('Connection: Keep-Alive'),
    {
      answers: [{ status: 200, fields: { Connection: /keep-alive/i } }],
      connection: 'kept',
    },
  ),
  must(
    'RFC 9112 §9.3',
    'HTTP/1.0 with keep-alive and close is closed',
    old('Connection: keep-alive, close'),
    ended,
  ),
  must(
    'RFC 9112 §9.3',
    'HTTP/1.0 is not told keep-alive unless it asks',
    old(),
    one({
      status: 200,
      check: ({ fields }) =>
        fields.some(([name, value]) => /^connection$/i.test(name) && /keep-alive/i.test(value))
          ? 'says keep-alive'
          : undefined,
    }),
  ),
  must(
    'RFC 9112 §9.3',
    'two requests of HTTP/1.0 with keep-alive are answered',
    old('Connection: keep-alive') + old(),
    { answers: [{ status: 200 }, { status: 200 }], connection: 'closed' },
  ),
  must(
    'RFC 9112 §6.1',
    'HTTP/1.0 is answered without chunks',
    `GET /prose.txt HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n`,
    one({ status: 200, fields: { 'Transfer-Encoding': null } }),
  ),
  must(
    'RFC 9112 §6.1',
    'HTTP/1.0 gets an error without chunks',
    `GET /nothing HTTP/1.0\r\n\r\n`,
    one({ status: 404, fields: { 'Transfer-Encoding': null } }),
  ),
  must(
    'RFC 9112 §9.3.2',
    'two requests at once are answered in order',
    get(file) + get('/empty.txt'),
    {
      answers: [
        { status: 200, body: hello },
        { status: 200, body: '' },
      ],
      connection: 'kept',
    },
  ),
  must(
    'RFC 9112 §9.3.2',
    'answers keep the order of their requests, large before small',
    get('/noise.bin') + get(file) + get('/prose.txt') + get(file),
    {
      answers: [
        { status: 200, check: ({ body }) => (body.length === 1_048_576 ? undefined : 'not whole') },
        { status: 200, body: hello },
        { status: 200, body: /^Line 0000/ },
        { status: 200, body: hello },
      ],
      connection: 'kept',
    },
  ),
  must(
    'RFC 9112 §9.3.2',
    'an error among others has its place',
    get(file) + get('/nothing') + get(file),
    statuses(200, 404, 200),
  ),
  must(
    'RFC 9112 §9.3.2',
    'HEAD among others has its place',
    head(file) + get(file) + head('/nothing') + get(file),
    {
      answers: [
        { status: 200, body: '' },
        { status: 200, body: hello },
        { status: 404, body: '' },
        { status: 200, body: hello },
      ],
      connection: 'kept',
    },
  ),
  must(
    'RFC 9112 §9.3.2',
    'all kinds of answers among one another have their places',
    get(file) +
      request('OPTIONS', '*') +
      get(file, 'If-None-Match: *') +
      get('/digits.txt', 'Range: bytes=0-4') +
      request('DELETE', file) +
      get('/folder') +
      get(file),
    statuses(200, [200, 204], 304, 206, 405, [301, 308], 200),
  ),
  must(
    'RFC 9112 §9.3.2',
    'a bad request after good ones is answered after them',
    get(file) + get(file) + 'GET  bad HTTP/1.1\r\n\r\n' + get(file),
    { answers: [{ status: 200 }, { status: 200 }, { status: 400 }], connection: 'closed' },
  ),
  must(
    'RFC 9112 §9.3.2',
    'a hundred requests at once are answered',
    get(file).repeat(100),
    statuses(...Array.from({ length: 100 }, () => 200)),
  ),
  must(
    'RFC 9112 §9.3.2',
    'a request cut off after a whole one is put together',
    [get(file) + get(file).slice(0, 20), { pause: 50 }, get(file).slice(20)],
    statuses(200, 200),
  ),
  must(
    'RFC 9112 §9.6',
    'a client that has ended its side is answered',
    [get(file), { end: true }],
    one({ status: 200, body: hello }),
  ),
  must(
    'RFC 9112 §9.6',
    'a client that has ended its side gets a large file whole',
    [get('/noise.bin'), { end: true }],
    one({ status: 200, check: ({ body }) => (body.length === 1_048_576 ? undefined : 'cut') }),
  ),
  must(
    'RFC 9112 §9.6',
    'a client that has ended its side gets all answers',
    [get(file) + get('/prose.txt') + get(file), { end: true }],
    statuses(200, 200, 200),
  ),
  must(
    'RFC 9112 §8',
    'a head that is cut short is not answered as if it were whole',
    [get(file).slice(0, -2), { end: true }],
    [dropped, refused([400, 408])],
  ),
  must(
    'RFC 9112 §8',
    'a request line that is cut short is not answered as if it were whole',
    ['GET /hello.txt HT', { end: true }],
    [dropped, refused([400, 408])],
  ),
  must('RFC 9112 §8', 'a connection without a request is closed', [{ end: true }], dropped),
  must(
    'RFC 9112 §9.8',
    'a connection with nothing but an empty line is closed',
    ['\r\n', { end: true }],
    [dropped, refused()],
  ),
  must(
    'RFC 9110 §7.8',
    'an unknown protocol to upgrade to is passed over',
    get(file, 'Connection: Upgrade', 'Upgrade: unheard-of/1.0'),
    served,
  ),
  must(
    'RFC 9110 §7.8',
    'h2c is passed over',
    get(
      file,
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
    ),
    served,
  ),
  must(
    'RFC 9110 §7.8',
    'websocket on a file is passed over',
    get(
      file,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ),
    [served, kept([400, 426])],
  ),
  must(
    'RFC 9110 §7.8',
    'Upgrade without Connection is passed over',
    get(file, 'Upgrade: websocket'),
    served,
  ),
  must(
    'RFC 9110 §7.8',
    'Upgrade in HTTP/1.0 is passed over',
    old('Upgrade: websocket', 'Connection: Upgrade'),
    ended,
  ),
  must(
    'RFC 9110 §7.8',
    'TLS to upgrade to is passed over',
    get(file, 'Connection: Upgrade', 'Upgrade: TLS/1.2'),
    served,
  ),
  feature(
    'RFC 9112 §9.3',
    'Keep-Alive with parameters does no harm',
    get(file, 'Connection: keep-alive', 'Keep-Alive: timeout=5, max=100'),
    served,
  ),
  feature(
    'RFC 9110 §7.6.1',
    'a field that Connection names may be passed over',
    get(file, 'Connection: Host'),
    [served, statuses(400)],
  ),
  feature(
    'RFC 9112 §9.3.2',
    'a thousand requests at once are answered',
    get(file).repeat(1000),
    statuses(...Array.from({ length: 1000 }, () => 200)),
  ),
]);

function refusedWithClose(status: number): Expectation {
  return { answers: [{ status, fields: { Connection: /\bclose\b/i } }], connection: 'closed' };
}
