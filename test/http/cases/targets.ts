import { feature, get, group, hello, kept, must, one, refused, request, served } from '../case.ts';
import { should, statuses } from '../case.ts';

const line = (target: string, ...fields: readonly string[]): string =>
  `GET ${target} HTTP/1.1\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;

const host = 'Host: localhost';

/** The forms of the request target (RFC 9112, section 3.2). */
export const targetCases = group('request target', [
  must(
    'RFC 9112 §3.2.2',
    'the absolute form is taken',
    line('http://localhost/hello.txt', host),
    served,
  ),
  must(
    'RFC 9112 §3.2.2',
    'the absolute form goes before a Host that differs',
    line('http://localhost/hello.txt', 'Host: elsewhere.example'),
    one({ status: 200, body: hello }),
  ),
  must(
    'RFC 9112 §3.2.2',
    'the absolute form with a port is taken',
    line('http://localhost:8080/hello.txt', 'Host: localhost:8080'),
    one({ status: 200, body: hello }),
  ),
  must(
    'RFC 9112 §3.2',
    'the absolute form without Host is refused in HTTP/1.1',
    line('http://localhost/hello.txt'),
    refused(),
  ),
  must(
    'RFC 9112 §3.2',
    'the absolute form with two Hosts is refused',
    line('http://localhost/hello.txt', host, host),
    refused(),
  ),
  must(
    'RFC 9112 §3.2',
    'the absolute form with a bad Host is refused',
    line('http://localhost/hello.txt', 'Host: a b'),
    refused(),
  ),
  must(
    'RFC 3986 §3.1',
    'the scheme is the same in upper case',
    line('HTTP://localhost/hello.txt', host),
    one({ status: 200, body: hello }),
  ),
  must(
    'RFC 3986 §6.2.2.1',
    'the host is the same in upper case',
    line('http://LOCALHOST/hello.txt', host),
    one({ status: 200, body: hello }),
  ),
  must(
    'RFC 9110 §4.2.3',
    'an absolute form without a path is that of the root',
    line('http://localhost', host),
    one({ status: 200, body: /index of the fixture/ }),
  ),
  must(
    'RFC 9112 §3.2.2',
    'an absolute form without a path but a query is that of the root',
    line('http://localhost?a=b', host),
    one({ status: [200, 400] }),
  ),
  must(
    'RFC 9112 §3.2.2',
    'the absolute form keeps its query',
    line('http://localhost/hello.txt?a=b', host),
    one({ status: 200, body: hello }),
  ),
  should(
    'RFC 9110 §4.2.4',
    'the absolute form with user information is refused',
    line('http://user:password@localhost/hello.txt', host),
    [refused(), statuses([400])],
  ),
  must(
    'RFC 9110 §4.2.1',
    'the absolute form with an empty host is refused',
    line('http:///hello.txt', host),
    statuses(400),
  ),
  must(
    'RFC 3986 §3.2.2',
    'the absolute form with an unfinished address is refused',
    line('http://[::1/hello.txt', host),
    statuses(400),
  ),
  must(
    'RFC 3986 §3.2.3',
    'the absolute form with a port of letters is refused',
    line('http://localhost:port/hello.txt', host),
    statuses(400),
  ),
  must(
    'RFC 9112 §3.2.2',
    'a scheme that is not served is not answered with a file',
    line('ftp://localhost/hello.txt', host),
    statuses([400, 404, 421, 501]),
  ),
  must(
    'RFC 9112 §3.2.2',
    'a file URI is not answered with a file of the host',
    line('file:///etc/passwd', host),
    statuses([400, 404, 421, 501]),
  ),
  must(
    'RFC 9110 §7.4',
    'an https URI on a connection without TLS is refused',
    line('https://localhost/hello.txt', host),
    statuses([400, 404, 421]),
  ),
  must(
    'RFC 9112 §3.2',
    'an absolute form without slashes is refused',
    line('http:hello.txt', host),
    statuses([400, 404]),
  ),
  must(
    'RFC 9112 §3.2.3',
    'the authority form with GET is refused',
    line('localhost:80', host),
    statuses([400]),
  ),
  must(
    'RFC 9112 §3.2.4',
    'the asterisk form with GET is refused',
    line('*', host),
    statuses([400, 404]),
  ),
  must(
    'RFC 9112 §3.2.4',
    'the asterisk form with HEAD is refused',
    request('HEAD', '*'),
    statuses([400, 404]),
  ),
  must(
    'RFC 9112 §3.2.4',
    'the asterisk form with DELETE is refused',
    request('DELETE', '*'),
    statuses([400, 404, 405, 501]),
  ),
  must(
    'RFC 9110 §9.3.7',
    'the asterisk form with OPTIONS is answered',
    request('OPTIONS', '*'),
    kept([200, 204]),
  ),
  must(
    'RFC 9112 §3.2.4',
    'something after the asterisk is refused',
    request('OPTIONS', '*/'),
    statuses([400, 404]),
  ),
  must(
    'RFC 9110 §9.3.6',
    'CONNECT is refused',
    'CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n',
    statuses([400, 403, 404, 405, 501]),
  ),
  must(
    'RFC 9112 §3.2.3',
    'CONNECT without a port is refused',
    'CONNECT localhost HTTP/1.1\r\nHost: localhost\r\n\r\n',
    statuses([400, 403, 405, 501]),
  ),
  must(
    'RFC 9110 §9.3.6',
    'CONNECT with an empty port is refused',
    'CONNECT localhost: HTTP/1.1\r\nHost: localhost\r\n\r\n',
    statuses([400, 403, 405, 501]),
  ),
  must(
    'RFC 9110 §9.3.6',
    'CONNECT to no port that there is is refused',
    'CONNECT localhost:99999 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    statuses([400, 403, 405, 501]),
  ),
  must(
    'RFC 9110 §9.3.7',
    'OPTIONS of a host alone is answered',
    'OPTIONS http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n',
    statuses([200, 204]),
  ),
  must(
    'RFC 9112 §3.2.3',
    'CONNECT of a path is refused',
    request('CONNECT', '/hello.txt'),
    statuses([400, 403, 404, 405, 501]),
  ),
  must(
    'RFC 9110 §9.3.6',
    'CONNECT opens no tunnel',
    [`CONNECT localhost:443 HTTP/1.1\r\n${host}\r\n\r\n`, { answers: 1 }],
    statuses([400, 403, 404, 405, 501]),
  ),
  must(
    'RFC 9112 §3.2.1',
    'a query is no part of the file name',
    get('/hello.txt?name=value'),
    served,
  ),
  must('RFC 9112 §3.2.1', 'an empty query is taken', get('/hello.txt?'), served),
  must(
    'RFC 3986 §3.4',
    'a query may hold slashes and question marks',
    get('/hello.txt?a/../b?c'),
    served,
  ),
  must('RFC 3986 §3.4', 'a query may hold what is no valid escape', get('/hello.txt?100%'), [
    served,
    statuses(400),
  ]),
  must('RFC 3986 §3.4', 'a query may hold an escaped NUL', get('/hello.txt?a=%00'), [
    served,
    statuses(400),
  ]),
  must(
    'RFC 3986 §3.3',
    'a question mark that is escaped is part of the path',
    get('/hello.txt%3Fa=b'),
    kept(404),
  ),
  feature(
    'RFC 9110 §4.1',
    'what browsers do not escape is taken',
    get('/hello.txt?a=[b]|c^d`{e}'),
    [served, statuses(400)],
  ),
  must(
    'RFC 9112 §3.2.1',
    'a path of two slashes is not taken for an authority',
    get('//elsewhere.example/hello.txt'),
    kept([301, 400, 403, 404]),
  ),
  should(
    'RFC 3986 §6.2.2.3',
    'an empty segment is passed over or not found',
    get('//hello.txt'),
    kept([200, 301, 308, 400, 404]),
  ),
  must('RFC 9110 §7.4', 'the server goes on after a 404', get('/nothing-here.txt'), kept(404)),
]);
