import { feature, get, group, head, kept, must, one, refused, should, statuses } from '../case.ts';
import type { Expectation } from '../case.ts';

/** Nothing of what is outside, or of a file that is hidden, comes out; nothing hangs. */
const hidden: readonly Expectation[] = [
  { answers: [{ status: [301, 308, 400, 403, 404], body: /^(?!.*(outside|secret\n|root:))/s }] },
];

const escapes: readonly string[] = [
  '/../outside.txt',
  '/../../../../../../../../etc/passwd',
  '/folder/../../outside.txt',
  '/folder/../../../../../../../etc/passwd',
  '/%2e%2e/outside.txt',
  '/%2E%2E/outside.txt',
  '/.%2e/outside.txt',
  '/%2e./outside.txt',
  '/..%2foutside.txt',
  '/..%2Foutside.txt',
  '/%2e%2e%2foutside.txt',
  '/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '/..%5coutside.txt',
  '/%5c..%5c..%5coutside.txt',
  '/..\\outside.txt',
  '/\\..\\outside.txt',
  '/..;/outside.txt',
  '/..;a=b/outside.txt',
  '/.../outside.txt',
  '/....//outside.txt',
  '/%252e%252e/outside.txt',
  '/%252e%252e%252foutside.txt',
  '/..%252foutside.txt',
  '/%c0%ae%c0%ae/outside.txt',
  '/%c0%ae%c0%ae%c0%afoutside.txt',
  '/..%c0%afoutside.txt',
  '/..%c1%9coutside.txt',
  '/%e0%80%ae%e0%80%ae/outside.txt',
  '/..%e0%80%afoutside.txt',
  '/..%f0%80%80%afoutside.txt',
  '/%uff0e%uff0e/outside.txt',
  '/..%u2215outside.txt',
  '/%ef%bc%8e%ef%bc%8e/outside.txt',
  '/..%00/outside.txt',
  '/..%0d/outside.txt',
  '/.%00./outside.txt',
  '/folder/..%00/..%00/outside.txt',
  '/../root-beside/file.txt',
  '/..%2froot-beside/file.txt',
  '/%2e%2e/root-beside/file.txt',
  '//etc/passwd',
  '/%2fetc/passwd',
  '/%2fetc%2fpasswd',
  '/folder/%2fetc/passwd',
  '/file:///etc/passwd',
  '/~root/.profile',
  '/.',
  '/..',
  '/folder/..%2f..',
  '/%2e%2e',
  '/folder/../..',
  '/C:/Windows/win.ini',
  '/proc/self/environ',
  '/dev/zero',
  '/outside-link.txt',
  '/absolute-link.txt',
  '/outside-folder-link/file.txt',
  '/outside-folder-link/',
  '/outside-folder-link',
  '/device-link.txt',
  '/folder/../outside-link.txt',
];

const dotted: readonly string[] = [
  '/.secret',
  '/%2esecret',
  '/%2Esecret',
  '/.htpasswd',
  '/.git/config',
  '/.git/',
  '/.git',
  '/%2egit/config',
  '/folder/.hidden/file.txt',
  '/folder/%2ehidden/file.txt',
  '/./.secret',
  '/folder/../.secret',
  '//.secret',
  '/.secret/',
  '/.SECRET',
];

const notWritten: readonly string[] = [
  '/hello.txt%',
  '/hello.txt%2',
  '/hello.txt%zz',
  '/hello.txt%g0',
  '/hello%',
  '/%',
  '/%%',
  '/%1',
  '/%-1',
  '/% 1',
  '/hello.txt%u0041',
];

const noText: readonly string[] = [
  '/%ff',
  '/%80',
  '/%c3',
  '/%c3%28',
  '/hello.txt%ff',
  '/%ed%a0%80',
  '/%f4%90%80%80',
  '/%c0%80',
  '/%e2%82',
  '/%C3%A9t%C3.txt',
];

const noBytes: readonly string[] = [
  '/hello.txt%00',
  '/hello.txt%00.html',
  '/%00',
  '/%00hello.txt',
  '/hello%00.txt',
];

/** Whatever has to stay inside, or hidden (RFC 9110, section 17.3). */
export const hiddenCases = group('hidden', [
  ...escapes.map((target) =>
    (target.includes('link') ? feature : must)(
      'RFC 9110 §17.3',
      `${JSON.stringify(target)} leads out of nothing`,
      get(target),
      [
        ...hidden,
        // What these name once they are resolved within the root is the root.
        ...(/^\/[.%/2ef]*$|^\/folder\/\.\.(%2f|\/)\.\.$/i.test(target)
          ? [one({ status: 200, body: /index of the fixture/ })]
          : []),
      ],
    ),
  ),
  must(
    'RFC 9110 §17.3',
    'a path out of the root in the absolute form leads out of nothing',
    get('http://localhost/../outside.txt'),
    hidden,
  ),
  must(
    'RFC 9110 §17.3',
    'a path out of the root by HEAD is refused',
    head('/../outside.txt'),
    hidden,
  ),
  ...dotted.map((target) => feature('RFC 9110 §17.3', `${target} is hidden`, get(target), hidden)),
  must('RFC 9110 §9.3.1', 'a pipe is refused without waiting', get('/pipe.txt'), kept([403, 404])),
  must(
    'RFC 9110 §9.3.2',
    'a pipe is refused to HEAD without waiting',
    head('/pipe.txt'),
    kept([403, 404]),
  ),
  ...notWritten.map((target) =>
    must('RFC 3986 §2.1', `${JSON.stringify(target)} is no escape`, get(target), [
      kept([400, 404]),
      refused(400),
    ]),
  ),
  ...notWritten
    .slice(0, 3)
    .map((target) =>
      should('RFC 3986 §2.1', `${target} is a bad request`, get(target), statuses(400)),
    ),
  ...noText.map((target) =>
    must('RFC 3986 §2.5', `${target} is no UTF-8`, get(target), [kept([400, 404]), refused(400)]),
  ),
  ...noBytes.map((target) =>
    must('RFC 3986 §7.3', `${target} is not served`, get(target), [
      kept([400, 403, 404]),
      refused(400),
    ]),
  ),
  must('RFC 3986 §2.2', 'an escaped slash is no slash, or refused', get('/folder%2fpage.html'), [
    kept([400, 403, 404]),
    one({ status: 200, body: /Page in a folder/ }),
  ]),
  should(
    'RFC 3986 §2.2',
    'an escaped slash is not a slash',
    get('/folder%2fpage.html'),
    kept([400, 403, 404]),
  ),
]);
