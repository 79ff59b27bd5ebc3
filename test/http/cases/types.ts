import { findValue } from '../answers.ts';
import { feature, get, group, one, should } from '../case.ts';

const file = '/hello.txt';

const types: readonly (readonly [path: string, type: RegExp])[] = [
  ['/index.html', /^text\/html\b/],
  ['/', /^text\/html\b/],
  ['/hello.txt', /^text\/plain\b/],
  ['/style.css', /^text\/css\b/],
  ['/script.js', /^(text|application)\/javascript\b/],
  ['/module.mjs', /^(text|application)\/javascript\b/],
  ['/data.json', /^application\/json\b/],
  ['/drawing.svg', /^image\/svg\+xml\b/],
  ['/picture.jpg', /^image\/jpeg$/],
  ['/picture.png', /^image\/png$/],
  ['/picture.webp', /^image\/webp$/],
  ['/font.woff2', /^font\/woff2$/],
  ['/program.wasm', /^application\/wasm$/],
  ['/paper.pdf', /^application\/pdf$/],
  ['/film.mp4', /^video\/mp4$/],
  ['/feed.xml', /^(text|application)\/xml\b/],
  ['/unknown.xyzzy', /^application\/octet-stream$|^text\/plain\b/],
];

/** Content-Type (RFC 9110, section 8.3). */
export const typeCases = group('types', [
  ...types.map(([path, type]) =>
    should(
      'RFC 9110 §8.3',
      `${path} has the type ${type.source}`,
      get(path),
      one({
        status: 200,
        check: (answer) =>
          type.test(
            findValue(answer, 'content-type') ?? (path.includes('xyzzy') ? 'text/plain' : ''),
          )
            ? undefined
            : `type ${findValue(answer, 'content-type')}`,
      }),
    ),
  ),
  feature(
    'RFC 9110 §8.3.2',
    'HTML says its charset',
    get('/index.html'),
    one({ fields: { 'Content-Type': /charset=utf-8/i } }),
  ),
  feature(
    'RFC 9110 §8.3.2',
    'plain text says its charset',
    get(file),
    one({ fields: { 'Content-Type': /charset=utf-8/i } }),
  ),
  feature(
    'RFC 9110 §8.3.2',
    'CSS says its charset',
    get('/style.css'),
    one({ fields: { 'Content-Type': /charset=utf-8/i } }),
  ),
  feature(
    'RFC 9110 §8.3.2',
    'a picture says no charset',
    get('/picture.png'),
    one({ fields: { 'Content-Type': 'image/png' } }),
  ),
  should(
    'RFC 9110 §8.3',
    'an archive in gzip is no coding of another type',
    get('/archive.tar.gz'),
    one({
      status: 200,
      fields: { 'Content-Type': /gzip|octet-stream|tar/, 'Content-Encoding': null },
    }),
  ),
]);
