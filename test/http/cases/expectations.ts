import {
  feature,
  get,
  group,
  hello,
  kept,
  must,
  refused,
  should,
  smuggled,
  statuses,
} from '../case.ts';
import type { Expectation } from '../case.ts';

const post = (...fields: readonly string[]): string =>
  `POST /hello.txt HTTP/1.1\r\nHost: localhost\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;

const wait = 'Expect: 100-continue';

/** Told to go on, or refused at once; never left waiting. */
const refusedAtOnce: readonly Expectation[] = [
  { answers: [{ status: 405, informational: [] }] },
  { answers: [{ status: 417, informational: [] }] },
];

/** Expect (RFC 9110, section 10.1.1). */
export const expectCases = group('expect', [
  must(
    'RFC 9110 §10.1.1',
    'a client that waits is told something',
    [post(wait, 'Content-Length: 5')],
    refusedAtOnce,
  ),
  must(
    'RFC 9110 §10.1.1',
    'a client that waits with chunks is told something',
    [post(wait, 'Transfer-Encoding: chunked')],
    refusedAtOnce,
  ),
  must(
    'RFC 9110 §10.1.1',
    'a client that does not wait has its content passed over or is closed',
    post(wait, 'Content-Length: 5') + 'hello' + get('/hello.txt'),
    [statuses([405, 417], 200), refused([405, 417])],
  ),
  must(
    'RFC 9110 §10.1.1',
    'a content that comes after the refusal is not taken for a request',
    [post(wait, `Content-Length: ${smuggled.length}`), { answers: 1 }, smuggled],
    [statuses([405, 417]), refused([405, 417])],
  ),
  must(
    'RFC 9110 §10.1.1',
    'the expectation is the same in any case',
    [post('Expect: 100-Continue', 'Content-Length: 5')],
    [{ answers: [{ status: 405 }] }],
  ),
  must('RFC 9110 §10.1.1', 'no content, no interim answer', get('/hello.txt', wait), {
    answers: [{ status: 200, body: hello }],
    connection: 'kept',
  }),
  must(
    'RFC 9110 §10.1.1',
    'a length of 0, no interim answer needed',
    get('/hello.txt', wait, 'Content-Length: 0'),
    kept(200),
  ),
  must(
    'RFC 9110 §10.1.1',
    'GET with content that waits is told something',
    [get('/hello.txt', wait, 'Content-Length: 5'), { pause: 100 }, 'hello'],
    [{ answers: [{ status: [200, 413, 417] }] }],
  ),
  feature(
    'RFC 9110 §10.1.1',
    'GET with content that did not wait keeps its connection',
    get('/hello.txt', wait, 'Content-Length: 5') + 'hello' + get('/hello.txt'),
    [{ answers: [{ status: 200 }, { status: 200, body: hello }], connection: 'kept' }],
  ),
  must(
    'RFC 9110 §10.1.1',
    'HTTP/1.0 gets no interim answer',
    'POST /hello.txt HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello',
    { answers: [{ status: [405, 501], informational: [] }], connection: 'closed' },
  ),
  must(
    'RFC 9110 §10.1.1',
    'GET of HTTP/1.0 gets no interim answer',
    'GET /hello.txt HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello',
    { answers: [{ status: [200, 400, 413], informational: [] }], connection: 'closed' },
  ),
  should(
    'RFC 9110 §10.1.1',
    'an unknown expectation fails',
    get('/hello.txt', 'Expect: a-miracle'),
    [statuses(417)],
  ),
  should(
    'RFC 9110 §10.1.1',
    'an unknown expectation beside a known one fails',
    get('/hello.txt', 'Expect: 100-continue, a-miracle'),
    [statuses(417)],
  ),
  should(
    'RFC 9110 §10.1.1',
    'an unknown expectation with parameters fails',
    get('/hello.txt', 'Expect: a-miracle="now"; soon'),
    [statuses(417)],
  ),
  must(
    'RFC 9110 §10.1.1',
    'an unknown expectation does no harm',
    get('/hello.txt', 'Expect: a-miracle'),
    [statuses(417), statuses(200)],
  ),
  must(
    'RFC 9110 §10.1.1',
    'an expectation is no excuse for bad framing',
    post(wait, 'Content-Length: 5', 'Transfer-Encoding: chunked'),
    refused(),
  ),
  must(
    'RFC 9110 §10.1.1',
    'an expectation and a wrong length are refused',
    post(wait, 'Content-Length: -5'),
    refused(),
  ),
]);
