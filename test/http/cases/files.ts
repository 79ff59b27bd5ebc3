import { findValue } from '../answers.ts';
import type { Answer } from '../answers.ts';
import { feature, get, group, head, hello, kept, must, one, should, statuses } from '../case.ts';
import { noise, prose } from '../fixture.ts';

/** Resolved as a browser does, a redirection must stay on this server and lead to that path. */
function leadsTo(path: string) {
  return (answer: Answer): string | undefined => {
    const location = findValue(answer, 'location') ?? '';
    const url = new URL(location, 'http://localhost/');
    if (url.hostname !== 'localhost') return `leads to ${url.hostname}`;
    const found = `${decodeURI(url.pathname)}${url.search}`;
    return found === path ? undefined : `leads to ${found}`;
  };
}

function staysHere(answer: Answer): string | undefined {
  const location = findValue(answer, 'location');
  if (location === undefined) return undefined;
  const { hostname } = new URL(location, 'http://localhost/');
  return hostname === 'localhost' ? undefined : `leads to ${hostname}`;
}

const redirection = [301, 302, 307, 308];

/** Names as they are asked for, and what is in them. */
const names: readonly (readonly [target: string, body: string])[] = [
  ['/hello%2Etxt', hello],
  ['/%68ello.txt', hello],
  ['/%68%65%6c%6C%6f.%74%78%74', hello],
  ['/with%20space.txt', 'space\n'],
  ['/plus+sign.txt', 'plus\n'],
  ['/plus%2Bsign.txt', 'plus\n'],
  ['/plus%2bsign.txt', 'plus\n'],
  ['/percent%2541.txt', 'percent\n'],
  ['/semi;colon.txt', 'semicolon\n'],
  ['/semi%3Bcolon.txt', 'semicolon\n'],
  ['/at@sign.txt', 'at\n'],
  ['/at%40sign.txt', 'at\n'],
  ['/tilde~.txt', 'tilde\n'],
  ['/tilde%7E.txt', 'tilde\n'],
  ["/quote's.txt", 'quote\n'],
  ['/%C3%A9t%C3%A9.txt', 'summer\n'],
  ['/%c3%a9t%c3%a9.txt', 'summer\n'],
  ['/%E6%97%A5%E6%9C%AC.txt', 'Japan\n'],
  ['/two..dots.txt', 'dots\n'],
  ['/folder/deep/file.txt', 'deep\n'],
  ['/noextension', 'plain\n'],
  ['/Case.txt', 'case\n'],
  ['/./hello.txt', hello],
  ['/folder/../hello.txt', hello],
  ['/folder/deep/../../hello.txt', hello],
  ['/folder/./deep/./file.txt', 'deep\n'],
  ['/%2e/hello.txt', hello],
  ['/folder/%2e%2e/hello.txt', hello],
  ['/folder/.%2E/hello.txt', hello],
];

const missing: readonly string[] = [
  '/nothing',
  '/nothing.txt',
  '/nothing/',
  '/folder/nothing.txt',
  '/nothing/file.txt',
  '/hello.tx',
  '/hello.txtx',
  '/hello.txt.',
  '/hello',
  '/HELLO.TXT',
  '/case.txt',
  '/upper.txt',
  '/with+space.txt',
  '/percentA.txt',
  '/hello.txt%20',
  '/%20hello.txt',
  '/hello.txt%0a',
  '/hello.txt::$DATA',
  '/hello.txt~',
  '/index.htm',
  '/dangling-link.txt',
];

/** Where the file that is asked for by a name with a slash after it is not served as if it had none. */
const belowFiles: readonly string[] = ['/hello.txt/', '/hello.txt/x', '/hello.txt/../hello.txt/'];

/** Paths whose redirection a browser could follow elsewhere. */
const elsewhere: readonly string[] = [
  '//elsewhere.example/..',
  '//elsewhere.example/%2e%2e',
  '//elsewhere.example/../folder',
  '///elsewhere.example/..',
  '//elsewhere.example//folder',
  '/\\elsewhere.example/..',
  '/%5celsewhere.example/%2e%2e',
  '/%2felsewhere.example/..',
  '//folder',
  '///folder',
  '/./folder',
  '/.//folder',
  '/%2f/folder',
  '/folder/..//folder',
  '//elsewhere.example%2f..%2ffolder',
  '/%09/elsewhere.example/%2e%2e/%2e%2e/folder',
  '//localhost@elsewhere.example/%2e%2e/folder',
];

/** Files, folders and names (RFC 3986, section 3.3; RFC 9110, section 4). */
export const fileCases = group('files', [
  must('RFC 9110 §9.3.1', 'a file is served', get('/hello.txt'), one({ status: 200, body: hello })),
  must(
    'RFC 9110 §9.3.1',
    'a longer file is served',
    get('/prose.txt'),
    one({ status: 200, body: prose }),
  ),
  must(
    'RFC 9110 §9.3.1',
    'a large file is served',
    get('/noise.bin'),
    one({ status: 200, body: noise }),
  ),
  must('RFC 9110 §9.3.1', 'an empty file is served', get('/empty.txt'), kept(200)),
  ...names.map(([target, body]) =>
    must(
      'RFC 3986 §6.2.2',
      `${target} is found`,
      get(target),
      /\/\.\.?\/|%2e/i.test(target)
        ? [
            one({ status: 200, body }),
            one({ status: redirection, check: staysHere }),
            statuses([400, 403, 404]),
          ]
        : one({ status: 200, body }),
    ),
  ),
  ...missing.map((target) =>
    must('RFC 9110 §15.5.5', `${target} is not found`, get(target), kept([400, 403, 404])),
  ),
  ...belowFiles.map((target) =>
    must(
      'RFC 9110 §15.5.5',
      `${target} is not a file`,
      get(target),
      kept([400, 404, ...redirection]),
    ),
  ),
  feature(
    'RFC 3986 §6.2.2.3',
    'a name with three dots first is a name',
    get('/...three.txt'),
    one({ status: [200, 403, 404] }),
  ),
  feature(
    'RFC 3986 §3.3',
    'a backslash in a name is no slash',
    get('/back%5Cslash.txt'),
    one({ status: [200, 400, 403, 404] }),
  ),
  must(
    'RFC 9110 §9.3.1',
    'the index of the root is served',
    get('/'),
    one({ status: 200, body: /index of the fixture/ }),
  ),
  must(
    'RFC 9110 §9.3.1',
    'the index of a folder is served',
    get('/folder/'),
    one({ status: 200, body: /<title>Folder/ }),
  ),
  must(
    'RFC 9110 §9.3.1',
    'the index by its name is served or led to its folder',
    get('/folder/index.html'),
    [
      one({ status: 200, body: /<title>Folder/ }),
      one({ status: redirection, check: leadsTo('/folder/') }),
    ],
  ),
  should(
    'RFC 9110 §15.4.2',
    'a folder without its slash is led to it',
    get('/folder'),
    one({ status: [301, 308], check: leadsTo('/folder/') }),
  ),
  must(
    'RFC 9110 §15.4',
    'a folder without its slash is served or led to it',
    get('/folder'),
    one({ status: redirection, check: leadsTo('/folder/') }),
  ),
  must(
    'RFC 9110 §15.4',
    'a redirection keeps the query',
    get('/folder?name=value&b'),
    one({ status: redirection, check: leadsTo('/folder/?name=value&b') }),
  ),
  must(
    'RFC 9110 §15.4',
    'a redirection keeps what is escaped',
    get('/a%20b'),
    one({ status: redirection, fields: { Location: /\/a%20b\/$/ } }),
  ),
  must(
    'RFC 9110 §15.4',
    'a redirection escapes what is not ASCII',
    get('/%C3%A9vasion'),
    one({ status: redirection, fields: { Location: /\/%C3%A9vasion\/$/i } }),
  ),
  must(
    'RFC 9110 §10.2.2',
    'a redirection of a query with line ends has none',
    get('/folder?a=%0d%0aX-Injected:%20b'),
    one({ status: redirection, fields: { 'X-Injected': null } }),
  ),
  must(
    'RFC 9110 §15.4',
    'a redirection is not led by Host',
    'GET /folder HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: elsewhere.example\r\n\r\n',
    one({ status: redirection, check: staysHere }),
  ),
  must('RFC 9110 §15.4', 'a redirection goes on', get('/folder'), kept(redirection)),
  must(
    'RFC 9110 §15.4',
    'HEAD of a folder is led as GET',
    head('/folder'),
    one({ status: redirection, check: leadsTo('/folder/') }),
  ),
  ...elsewhere.map((target) =>
    must(
      'RFC 9110 §17.11',
      `${target} leads nowhere else`,
      get(target),
      one({ status: [200, 400, 403, 404, ...redirection], check: staysHere }),
    ),
  ),
  should(
    'RFC 9110 §15.5.4',
    'a folder without an index is not listed',
    get('/bare/'),
    kept([403, 404]),
  ),
  must(
    'RFC 9110 §15.4',
    'a folder without an index and without its slash says no more',
    get('/bare'),
    kept([403, 404, ...redirection]),
  ),
  must('RFC 9110 §15.5.5', 'an empty folder is not served', get('/void/'), kept([403, 404])),
  must(
    'RFC 9110 §9.3.2',
    'HEAD of a folder without an index is as GET',
    head('/bare/'),
    kept([403, 404]),
  ),
  must(
    'RFC 9110 §9.3.1',
    'a link within the root is followed or refused',
    get('/inside-link.txt'),
    [one({ status: 200, body: hello }), statuses([403, 404])],
  ),
  feature(
    'RFC 9110 §9.3.1',
    'a link within the root is followed',
    get('/inside-link.txt'),
    one({ status: 200, body: hello }),
  ),
  feature(
    'RFC 9110 §9.3.1',
    'a link to a folder within the root is followed',
    get('/inside-folder-link/page.html'),
    one({ status: 200, body: /Page in a folder/ }),
  ),
  must(
    'RFC 9110 §15.5.5',
    'a link that leads to itself is not found',
    get('/looping-link.txt'),
    kept([403, 404]),
  ),
  should(
    'RFC 9110 §15.5.5',
    'a name of 300 characters is not found',
    get(`/${'a'.repeat(300)}`),
    kept(404),
  ),
  should(
    'RFC 9110 §15.5.5',
    'a path of a thousand folders is not found',
    get('/a'.repeat(1000)),
    kept(404),
  ),
  must(
    'RFC 3986 §6.2.2.3',
    'a thousand empty segments do no harm',
    get(`/${'/'.repeat(1000)}hello.txt`),
    one({ status: [200, 301, 308, 400, 403, 404], check: staysHere }),
  ),
]);
