import {
  feature,
  get,
  group,
  hello,
  kept,
  must,
  one,
  refused,
  request,
  should,
  statuses,
} from '../case.ts';
import type { AnswerExpectation } from '../case.ts';

const file = '/hello.txt';
const allow = /^(?=.*\bGET\b)(?=.*\bHEAD\b)/;

const refusedMethods = ['POST', 'PUT', 'DELETE', 'PATCH'] as const;
const unknownMethods = ['BREW', 'FOO', 'GETS', 'GE', 'G', 'X-GET', 'gEt', 'GET2'] as const;
const otherMethods = [
  'PROPFIND',
  'MKCOL',
  'LOCK',
  'COPY',
  'MOVE',
  'SEARCH',
  'REPORT',
  'LINK',
  'PURGE',
  'QUERY',
];

const notAllowed: AnswerExpectation = { status: 405, fields: { Allow: allow } };

/** Methods (RFC 9110, section 9). */
export const methodCases = group('methods', [
  ...refusedMethods.flatMap((method) => [
    must(
      'RFC 9110 §15.5.6',
      `${method} of a file is not allowed`,
      request(method, file, 'Content-Length: 0'),
      kept(405),
    ),
    must(
      'RFC 9110 §15.5.6',
      `what is allowed is said to ${method}`,
      request(method, file, 'Content-Length: 0'),
      one(notAllowed),
    ),
    should(
      'RFC 9110 §15.5.6',
      `${method} of a missing file is refused`,
      request(method, '/nothing', 'Content-Length: 0'),
      kept([404, 405]),
    ),
    must(
      'RFC 9110 §9.3',
      `${method} changes nothing`,
      request(method, file, 'Content-Length: 7') + 'changed' + get(file),
      { answers: [{ status: 405 }, { status: 200, body: hello }] },
    ),
  ]),
  should(
    'RFC 9110 §9.3.7',
    'OPTIONS is among what is allowed',
    request('POST', file, 'Content-Length: 0'),
    one({ status: 405, fields: { Allow: /\bOPTIONS\b/ } }),
  ),
  should(
    'RFC 9110 §15.5.6',
    'methods that are not taken are not among what is allowed',
    request('DELETE', file),
    one({ status: 405, fields: { Allow: /^(?!.*(PUT|DELETE|POST|CONNECT))/ } }),
  ),
  ...unknownMethods.map((method) =>
    must('RFC 9110 §9.1', `${method} is not GET`, request(method, file), statuses([405, 501])),
  ),
  ...unknownMethods
    .slice(0, 3)
    .map((method) =>
      should(
        'RFC 9110 §15.6.2',
        `${method} is not implemented`,
        request(method, file),
        one({ status: 501 }),
      ),
    ),
  ...otherMethods.map((method) =>
    must('RFC 9110 §9.1', `${method} is refused`, request(method, file), statuses([405, 501])),
  ),
  must('RFC 9110 §15.5.6', 'a 405 to any method says what is allowed', request('PROPFIND', file), [
    one({ status: 405, fields: { Allow: allow } }),
    one({ status: 501 }),
  ]),
  must(
    'RFC 9110 §9.3.8',
    'TRACE is refused, or repeats the request',
    request('TRACE', file, 'Cookie: secret=1'),
    [
      one({ status: [405, 501], body: /^(?!.*secret=1)/s }),
      one({ status: 200, fields: { 'Content-Type': 'message/http' } }),
    ],
  ),
  must(
    'RFC 9110 §9.3.8',
    'TRACE with content is refused, or leaves the next request as it is',
    request('TRACE', file, 'Content-Length: 3') + 'abc',
    [kept([200, 405, 501]), refused([400, 405, 413, 501])],
  ),
  feature(
    'RFC 9110 §9.3.8',
    'TRACE is refused',
    request('TRACE', file, 'Cookie: secret=1'),
    one({ status: [405, 501], body: /^(?!.*secret=1)/s }),
  ),
  must(
    'RFC 9110 §9.3.7',
    'OPTIONS of a file is answered',
    request('OPTIONS', file),
    kept([200, 204]),
  ),
  should(
    'RFC 9110 §9.3.7',
    'OPTIONS of a file says what is allowed',
    request('OPTIONS', file),
    one({ status: [200, 204], fields: { Allow: /^(?=.*\bGET\b)(?=.*\bHEAD\b)(?=.*\bOPTIONS\b)/ } }),
  ),
  should(
    'RFC 9110 §9.3.7',
    'OPTIONS of everything says what is allowed',
    request('OPTIONS', '*'),
    one({ status: [200, 204], fields: { Allow: /^(?=.*\bGET\b)(?=.*\bHEAD\b)/ } }),
  ),
  must('RFC 9110 §9.3.7', 'OPTIONS without content says so', request('OPTIONS', file), [
    one({ status: 200, fields: { 'Content-Length': '0' } }),
    one({ status: 204 }),
    one({ status: 200, check: ({ body }) => (body.length > 0 ? undefined : 'no length of 0') }),
  ]),
  should(
    'RFC 9110 §9.3.7',
    'OPTIONS of a missing file is answered',
    request('OPTIONS', '/nothing'),
    kept([200, 204, 404]),
  ),
  must(
    'RFC 9110 §13.1',
    'OPTIONS heeds no condition',
    request('OPTIONS', file, 'If-None-Match: *'),
    kept([200, 204]),
  ),
  must(
    'RFC 9110 §14.2',
    'OPTIONS heeds no range',
    request('OPTIONS', file, 'Range: bytes=0-1'),
    kept([200, 204]),
  ),
  should(
    'RFC 9110 §7.6.2',
    'OPTIONS with Max-Forwards 0 is answered',
    request('OPTIONS', '*', 'Max-Forwards: 0'),
    kept([200, 204]),
  ),
  feature(
    'RFC 9110 §9.1',
    'another method by a field is not heeded',
    get(file, 'X-HTTP-Method-Override: DELETE', 'X-Method-Override: PUT'),
    kept(200),
  ),
]);
