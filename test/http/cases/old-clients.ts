import { feature, group, hello, kept, must, one, refused, should, statuses } from '../case.ts';
import type { Expectation } from '../case.ts';
import { digits, prose } from '../fixture.ts';

const old = (method: string, target: string, ...fields: readonly string[]): string =>
  `${method} ${target} HTTP/1.0\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;

const keepAlive = 'Connection: keep-alive';

const closedAfter = (status: number | readonly number[], body?: string): Expectation => ({
  answers: [{ status, ...(body !== undefined && { body }) }],
  connection: 'closed',
});

/** Clients of HTTP/1.0 (RFC 9112, appendix C.2; RFC 1945). */
export const oldClientCases = group('HTTP/1.0', [
  must('RFC 1945 §8.1', 'a file is served', old('GET', '/hello.txt'), closedAfter(200, hello)),
  must(
    'RFC 1945 §8.1',
    'a long file is served whole',
    old('GET', '/prose.txt'),
    closedAfter(200, prose),
  ),
  must('RFC 1945 §8.2', 'HEAD has no content', old('HEAD', '/hello.txt'), closedAfter(200, '')),
  must('RFC 1945 §8.1', 'the index is served', old('GET', '/'), closedAfter(200)),
  must('RFC 1945 §9.4', 'a missing file is not found', old('GET', '/nothing'), closedAfter(404)),
  must('RFC 1945 §9.3', 'a folder is led to its slash', old('GET', '/folder'), {
    answers: [{ status: [301, 302], fields: { Location: /\/folder\/$/ } }],
    connection: 'closed',
  }),
  must(
    'RFC 9112 §6.1',
    'what is compressed comes without chunks',
    old('GET', '/prose.txt', 'Accept-Encoding: gzip, br, zstd'),
    {
      answers: [{ status: 200, fields: { 'Transfer-Encoding': null } }],
      connection: 'closed',
    },
  ),
  must(
    'RFC 9110 §13.1.3',
    'If-Modified-Since is heeded',
    old('GET', '/hello.txt', 'If-Modified-Since: {date}'),
    closedAfter(304, ''),
  ),
  must(
    'RFC 9110 §13.1.2',
    'If-None-Match is heeded',
    old('GET', '/hello.txt', 'If-None-Match: {etag}'),
    closedAfter(304, ''),
  ),
  should(
    'RFC 9110 §14.2',
    'Range is heeded or passed over',
    old('GET', '/digits.txt', 'Range: bytes=0-9'),
    [closedAfter(206, '0000000000'), closedAfter(200, digits)],
  ),
  must(
    'RFC 1945 §8.3',
    'POST of a file is refused or answered',
    old('POST', '/hello.txt', 'Content-Length: 5') + 'hello',
    closedAfter([200, 405, 501]),
  ),
  must(
    'RFC 9112 §6.3',
    'a wrong length is refused',
    old('POST', '/hello.txt', 'Content-Length: +5') + 'hello',
    refused(),
  ),
  must(
    'RFC 1945 §5.1',
    'an unknown method is refused',
    old('BREW', '/hello.txt'),
    closedAfter([400, 405, 501]),
  ),
  must(
    'RFC 1945 §4.2',
    'a space before the colon is refused',
    old('GET', '/hello.txt', 'X : y'),
    refused(),
  ),
  must(
    'RFC 9110 §9.3.7',
    'OPTIONS is answered or refused',
    old('OPTIONS', '*'),
    closedAfter([200, 204, 400, 405, 501]),
  ),
  should(
    'RFC 9112 §9.3',
    'a missing file leaves what is kept alive open',
    old('GET', '/nothing', keepAlive),
    kept(404),
  ),
  should(
    'RFC 9112 §9.3',
    'HEAD leaves what is kept alive open',
    old('HEAD', '/hello.txt', keepAlive),
    kept(200),
  ),
  should(
    'RFC 9112 §9.3',
    'a 304 leaves what is kept alive open',
    old('GET', '/hello.txt', keepAlive, 'If-None-Match: *'),
    kept(304),
  ),
  must(
    'RFC 9112 §9.3',
    'HTTP/1.1 after HTTP/1.0 is answered',
    old('GET', '/hello.txt', keepAlive) + 'GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n',
    statuses(200, 200),
  ),
  must(
    'RFC 9112 §9.3',
    'what follows a request that is not kept alive is not answered',
    old('GET', '/hello.txt').repeat(2),
    closedAfter(200, hello),
  ),
  feature(
    'RFC 9112 §9.3',
    'keep-alive is taken in a list',
    old('GET', '/hello.txt', 'Connection: foo, keep-alive'),
    kept(200),
  ),
  must(
    'RFC 9112 §3.2.2',
    'the absolute form is taken',
    old('GET', 'http://localhost/hello.txt'),
    closedAfter(200, hello),
  ),
  must('RFC 9112 §3', 'two spaces are refused', 'GET  /hello.txt HTTP/1.0\r\n\r\n', refused()),
  must(
    'RFC 9110 §7.6.1',
    'Proxy-Connection is passed over',
    old('GET', '/hello.txt', 'Proxy-Connection: keep-alive'),
    closedAfter(200, hello),
  ),
]);

/** What does not fit elsewhere. */
export const mixedCases = group('mixed', [
  must(
    'RFC 9110 §8.8.2.1',
    'no file was changed after now',
    'GET /future.txt HTTP/1.1\r\nHost: a\r\n\r\n',
    one({
      status: 200,
      check: ({ fields }) => {
        const [, value] = fields.find(([name]) => name.toLowerCase() === 'last-modified') ?? [];
        return value === undefined || Date.parse(value) <= Date.now() + 1000 ? undefined : value;
      },
    }),
  ),
  must(
    'RFC 9112 §9.6',
    'a refusal arrives though more was sent',
    `GET  / HTTP/1.1\r\n\r\n${'x'.repeat(1_048_576)}`,
    refused(),
  ),
  must(
    'RFC 9112 §9.6',
    'a last answer arrives though more was sent',
    `GET /hello.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${'x'.repeat(1_048_576)}`,
    { answers: [{ status: 200, body: hello }], connection: 'closed' },
  ),
  must(
    'RFC 9112 §9.6',
    'a large last answer arrives though more was sent',
    `GET /noise.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${'x'.repeat(1_048_576)}`,
    {
      answers: [
        { status: 200, check: ({ body }) => (body.length === 1_048_576 ? undefined : 'cut') },
      ],
      connection: 'closed',
    },
  ),
  should(
    'RFC 9112 §9.6',
    'the refusal of a large content arrives',
    `POST /hello.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n${'x'.repeat(1_048_576)}`,
    [refused([400, 405, 413])],
  ),
  must(
    'RFC 9110 §5.3',
    'Range on two lines is no harm',
    'GET /digits.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nRange: bytes=5-6\r\n\r\n',
    statuses([200, 206, 400, 416]),
  ),
  must(
    'RFC 9110 §5.3',
    'If-Modified-Since on two lines is no harm',
    'GET /hello.txt HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: {date}\r\nIf-Modified-Since: {date}\r\n\r\n',
    statuses([200, 304, 400]),
  ),
  must(
    'RFC 9110 §10.1.5',
    'Referer and the like are passed over',
    'GET /hello.txt HTTP/1.1\r\nHost: a\r\nReferer: ::::\r\nFrom: @\r\nUser-Agent: \r\nDate: yesterday\r\nVia: x\r\n\r\n',
    kept(200),
  ),
  must(
    'RFC 9110 §8',
    'fields of a content without content are passed over',
    'GET /hello.txt HTTP/1.1\r\nHost: a\r\nContent-Type: x\r\nContent-Encoding: gzip\r\nContent-Range: bytes 0-1/2\r\n\r\n',
    kept([200, 400]),
  ),
  must(
    'RFC 9110 §11.6.2',
    'credentials that nobody asked for are passed over',
    'GET /hello.txt HTTP/1.1\r\nHost: a\r\nAuthorization: Basic !!!\r\nCookie: a=b; ;=\r\n\r\n',
    kept(200),
  ),
  feature(
    'RFC 9218 §5',
    'Priority and client hints are passed over',
    'GET /hello.txt HTTP/1.1\r\nHost: a\r\nPriority: u=9, i\r\nSec-Fetch-Mode: navigate\r\nDNT: 1\r\nSave-Data: on\r\n\r\n',
    kept(200),
  ),
  feature(
    'RFC 9111 §5.2.1',
    'Cache-Control of a request is passed over',
    'GET /hello.txt HTTP/1.1\r\nHost: a\r\nCache-Control: no-cache, only-if-cached\r\nPragma: no-cache\r\n\r\n',
    kept(200),
  ),
  feature(
    'RFC 3230',
    'Want-Digest and Accept-Patch are passed over',
    'GET /hello.txt HTTP/1.1\r\nHost: a\r\nWant-Digest: sha-256\r\nPrefer: return=minimal\r\nA-IM: feed\r\n\r\n',
    kept(200),
  ),
]);
