import { findValue, findValues } from '../answers.ts';
import type { Answer } from '../answers.ts';
import { feature, get, group, head, hello, must, one, request, should } from '../case.ts';
import { prose } from '../fixture.ts';

const days = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun';
const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const fixdate = new RegExp(`^(${days}), \\d\\d (${months}) \\d{4} \\d\\d:\\d\\d:\\d\\d GMT$`);

const file = '/hello.txt';

function isNow(answer: Answer): string | undefined {
  const date = Date.parse(findValue(answer, 'date') ?? '');
  return Math.abs(date - Date.now()) < 5000 ? undefined : 'Date is not the time that it is';
}

function hasLength(answer: Answer): string | undefined {
  const length = findValue(answer, 'content-length');
  if (length === undefined) return answer.framing === 'chunked' ? undefined : 'no length';
  return Number(length) === answer.body.length ? undefined : 'another length';
}

/** Whether names other than those that may be repeated stand on several lines. */
function hasNoDoubles({ fields }: Answer): string | undefined {
  const names = fields.map(([name]) => name.toLowerCase());
  const double = names.find((name, index) => names.indexOf(name) !== index);
  return double === undefined || ['vary', 'link', 'set-cookie', 'cache-control'].includes(double)
    ? undefined
    : `${double} twice`;
}

/** What HEAD must say as GET does (RFC 9110, section 9.3.2). */
const alike = [
  'content-type',
  'content-length',
  'etag',
  'last-modified',
  'vary',
  'content-encoding',
  'accept-ranges',
  'cache-control',
  'location',
];

function sameHead(target: string, ...fields: readonly string[]) {
  let first: Answer | undefined;
  return must(
    'RFC 9110 §9.3.2',
    `HEAD says what GET says of ${target} ${fields.join()}`.trim(),
    get(target, ...fields) + head(target, ...fields),
    {
      answers: [
        {
          check: (answer) => {
            first = answer;
            return undefined;
          },
        },
        {
          body: '',
          check: (answer) => {
            if (answer.status !== first?.status)
              return `status ${answer.status}, not ${first?.status}`;
            const other = alike.find(
              (name) =>
                findValue(answer, name) !== (first && findValue(first, name)) &&
                // What costs to find out may be left out of the answer to HEAD.
                !(name === 'content-length' && findValue(answer, name) === undefined),
            );
            return (
              other &&
              `${other}: ${findValue(answer, other)}, not ${first && findValue(first, other)}`
            );
          },
        },
      ],
      connection: 'kept',
    },
  );
}

const pages: readonly (readonly [title: string, text: string, status: number])[] = [
  ['a missing file', get('/nothing'), 404],
  ['a method that is not allowed', request('DELETE', file), 405],
  ['a bad request', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a version', 'GET / HTTP/2.0\r\nHost: localhost\r\n\r\n', 505],
  ['a range out of bounds', get(file, 'Range: bytes=100-'), 416],
  ['a condition that fails', get(file, 'If-Match: "other"'), 412],
  ['a long target', get(`/${'a'.repeat(70_000)}`), 414],
];

/** What answers look like (RFC 9110, sections 6.6, 8 and 15; RFC 9112, sections 4 and 6). */
export const answerCases = group('answers', [
  must(
    'RFC 9110 §6.6.1',
    'Date is there, as an IMF-fixdate',
    get(file),
    one({ status: 200, fields: { Date: fixdate } }),
  ),
  must('RFC 9110 §6.6.1', 'Date is the time', get(file), one({ check: isNow })),
  must(
    'RFC 9110 §6.6.1',
    'Date is with a 404',
    get('/nothing'),
    one({ status: 404, fields: { Date: fixdate } }),
  ),
  must(
    'RFC 9110 §6.6.1',
    'Date is with a 400',
    'GET / HTTP/1.1\r\n\r\n',
    one({ status: 400, fields: { Date: fixdate } }),
  ),
  must(
    'RFC 9110 §6.6.1',
    'Date is with a redirection',
    get('/folder'),
    one({ fields: { Date: fixdate, Location: /./ } }),
  ),
  must(
    'RFC 9110 §15.4.5',
    'Date is with a 304',
    get(file, 'If-None-Match: *'),
    one({ status: 304, fields: { Date: fixdate } }),
  ),
  must(
    'RFC 9110 §15.3.7',
    'Date is with a 206',
    get(file, 'Range: bytes=0-1'),
    one({ status: 206, fields: { Date: fixdate } }),
  ),
  must(
    'RFC 9110 §6.6.1',
    'Date is with a 416',
    get(file, 'Range: bytes=99-'),
    one({ status: 416, fields: { Date: fixdate } }),
  ),
  must(
    'RFC 9110 §8.8.2',
    'Last-Modified is an IMF-fixdate, and the time of the file',
    get(file),
    one({ fields: { 'Last-Modified': 'Tue, 02 Jan 2024 03:04:05 GMT' } }),
  ),
  must(
    'RFC 9110 §8.8.3',
    'ETag is one in quotes',
    get(file),
    one({ fields: { ETag: /^(W\/)?"[!#-~\x80-\xff]*"$/ } }),
  ),
  should(
    'RFC 9110 §8.8.1',
    'ETag is strong for a file as it is',
    get(file),
    one({ fields: { ETag: /^"/ } }),
  ),
  must(
    'RFC 9112 §4',
    'the answer to HTTP/1.1 is of HTTP/1.1',
    get(file),
    one({ check: ({ version }) => (version === '1.1' ? undefined : version) }),
  ),
  should(
    'RFC 9110 §2.5',
    'the answer to HTTP/1.0 is of HTTP/1.1',
    'GET /hello.txt HTTP/1.0\r\n\r\n',
    one({ check: ({ version }) => (version === '1.1' ? undefined : version) }),
  ),
  must(
    'RFC 9112 §4',
    'a reason is OK',
    get(file),
    one({ check: ({ reason }) => (reason === 'OK' ? undefined : reason) }),
  ),
  must(
    'RFC 9110 §8.6',
    'a file has its length',
    get('/prose.txt'),
    one({ fields: { 'Content-Length': String(prose.length) } }),
  ),
  must(
    'RFC 9110 §8.6',
    'an empty file has the length 0',
    get('/empty.txt'),
    one({ status: 200, fields: { 'Content-Length': '0' }, body: '' }),
  ),
  must('RFC 9110 §9.3.2', 'HEAD has no content', head(file), {
    answers: [{ status: 200, body: '' }],
    connection: 'kept',
  }),
  should(
    'RFC 9110 §9.3.2',
    'HEAD has the length of the file',
    head('/prose.txt'),
    one({ fields: { 'Content-Length': String(prose.length) } }),
  ),
  must('RFC 9110 §9.3.2', 'HEAD of a missing file has no content', head('/nothing'), {
    answers: [{ status: 404, body: '' }],
    connection: 'kept',
  }),
  must('RFC 9110 §9.3.2', 'HEAD of a folder is redirected without content', head('/folder'), {
    answers: [{ status: [301, 302, 307, 308], body: '', fields: { Location: /./ } }],
    connection: 'kept',
  }),
  ...[
    '/hello.txt',
    '/',
    '/prose.txt',
    '/empty.txt',
    '/nothing',
    '/folder',
    '/noise.bin',
    '/data.json',
  ].map((target) => sameHead(target)),
  sameHead('/prose.txt', 'Accept-Encoding: gzip'),
  sameHead('/pre.txt', 'Accept-Encoding: gzip'),
  sameHead('/hello.txt', 'If-None-Match: *'),
  sameHead('/hello.txt', 'If-Match: "other"'),
  must('RFC 9110 §15.4.5', 'a 304 has no content and goes on', get(file, 'If-None-Match: *'), {
    answers: [{ status: 304, body: '' }],
    connection: 'kept',
  }),
  must(
    'RFC 9110 §8.6',
    'a 304 has no other length than the file',
    get(file, 'If-None-Match: *'),
    one({
      status: 304,
      check: (answer) =>
        ['13', undefined].includes(findValue(answer, 'content-length'))
          ? undefined
          : 'another length',
    }),
  ),
  ...pages.flatMap(([title, text, status]) => [
    must(
      'RFC 9112 §6.3',
      `the page about ${title} has its length`,
      text,
      one({ status, check: hasLength }),
    ),
    should(
      'RFC 9110 §8.3',
      `the page about ${title} has a type`,
      text,
      one({
        status,
        check: (answer) =>
          answer.body.length === 0 || findValue(answer, 'content-type') !== undefined
            ? undefined
            : 'no type',
      }),
    ),
    must(
      'RFC 9110 §5.3',
      `the answer about ${title} has no field twice`,
      text,
      one({ status, check: hasNoDoubles }),
    ),
  ]),
  must(
    'RFC 9110 §5.3',
    'a file has no field twice',
    get(file),
    one({ status: 200, check: hasNoDoubles }),
  ),
  must(
    'RFC 9110 §8.8.3',
    'a 404 has no ETag or date of a file',
    get('/nothing'),
    one({ status: 404, fields: { 'Last-Modified': null } }),
  ),
  feature('RFC 9110 §10.2.4', 'Server is there', get(file), one({ fields: { Server: /./ } })),
  should(
    'RFC 9110 §10.2.4',
    'Server says nothing of the versions of its parts',
    get(file),
    one({
      check: (answer) =>
        /\d+\.\d+/.test(findValue(answer, 'server') ?? '') ? 'a version' : undefined,
    }),
  ),
  must(
    'RFC 9110 §17.9',
    'an error says nothing of the paths of the machine',
    get('/nothing'),
    one({ status: 404, body: /^(?!.*(guichet-http-|\/tmp\/|node:|at .*\.ts))/s }),
  ),
  must(
    'RFC 9110 §17.10',
    'an error does not repeat markup',
    get('/%3Cscript%3Ealert(1)%3C/script%3E'),
    one({ status: 404, body: /^(?!.*<script>alert)/s }),
  ),
  must(
    'RFC 9110 §17.10',
    'an error does not repeat markup of the query',
    get('/nothing?<script>alert(1)</script>'),
    one({ status: [400, 404], body: /^(?!.*<script>alert)/s }),
  ),
  must(
    'RFC 9110 §17.10',
    'an error about a method does not repeat it',
    request('%3Cb%3E', file),
    one({ body: /^(?!.*<b>)/s }),
  ),
  must(
    'RFC 9110 §6.6.1',
    'nothing of a request comes back as fields',
    get('/nothing%0d%0aX-Injected:%20yes'),
    one({ fields: { 'X-Injected': null } }),
  ),
  must(
    'RFC 9112 §6.3',
    'a file is whole',
    get('/noise.bin'),
    one({ status: 200, check: hasLength }),
  ),
  must(
    'RFC 9112 §6.2',
    'there is one length',
    get(file),
    one({
      check: ({ fields }) =>
        findValues(fields, 'content-length').length === 1 ? undefined : 'not one',
    }),
  ),
  must(
    'RFC 9110 §15.3.1',
    'a small file is what it is',
    get(file),
    one({ status: 200, body: hello }),
  ),
]);
