import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { findValue } from '../answers.ts';
import type { Answer } from '../answers.ts';
import { feature, get, group, head, must, one, should } from '../case.ts';
import type { AnswerExpectation } from '../case.ts';
import { precompressed, prose } from '../fixture.ts';

const codings: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
  zstd: (bytes) => zstdDecompressSync(bytes),
};

function decode(answer: Answer): string {
  const coding = findValue(answer, 'content-encoding') ?? 'identity';
  try {
    return (codings[coding] ?? ((bytes) => Buffer.from(bytes)))(answer.body).toString();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The file in one of these codings, whole. */
function inCoding(content: string, ...accepted: readonly string[]): AnswerExpectation {
  return {
    status: 200,
    check: (answer) => {
      const coding = findValue(answer, 'content-encoding') ?? 'identity';
      if (!accepted.includes(coding)) return `coding ${coding}`;
      return decode(answer) === content ? undefined : 'another content';
    },
  };
}

const ask = (target: string, accept: string): string => get(target, `Accept-Encoding: ${accept}`);

const never: readonly (readonly [title: string, accept: string])[] = [
  ['identity', 'identity'],
  ['gzip refused', 'gzip;q=0'],
  ['gzip refused with zeros', 'gzip;q=0.000'],
  ['gzip refused with a space', 'gzip; q=0'],
  ['gzip refused in capitals', 'GZIP;Q=0'],
  ['everything refused but identity', 'identity, *;q=0'],
  ['an unknown coding', 'unheard-of'],
  ['nothing', ''],
  ['a name that begins like gzip', 'gzipped'],
  ['all refused one by one', 'gzip;q=0, br;q=0, zstd;q=0, deflate;q=0'],
];

const gzipOnly: readonly (readonly [title: string, accept: string])[] = [
  ['gzip', 'gzip'],
  ['gzip in capitals', 'GZIP'],
  ['gzip by its old name', 'x-gzip, gzip'],
  ['gzip among unknown ones', 'unheard-of, gzip, more'],
  ['gzip with a weight', 'gzip;q=0.5'],
  ['gzip with a weight of three digits', 'gzip;q=0.001'],
  ['gzip with spaces', ' gzip ; q=1.0 '],
  ['gzip and the others refused', 'gzip, br;q=0, zstd;q=0'],
];

const strange: readonly string[] = [
  'gzip;q=2',
  'gzip;q=-1',
  'gzip;q=x',
  'gzip;q=',
  'gzip;q',
  ';q=1',
  '*',
  '*;q=0.5',
  'gzip;foo=bar',
  'identity;q=0',
  '*;q=0',
  'identity;q=0, *;q=0',
  'gzip;;q=1',
  'gzip q=1',
  ',,,',
  'gzip;q=0.5555',
  'br;q=1.5',
];

/** Content negotiation (RFC 9110, section 12). */
export const negotiationCases = group('negotiation', [
  must(
    'RFC 9110 §12.5.3',
    'without Accept-Encoding nothing is compressed',
    get('/prose.txt'),
    one(inCoding(prose, 'identity')),
  ),
  ...never.flatMap(([title, accept]) => [
    must(
      'RFC 9110 §12.5.3',
      `${title}: a file is not compressed`,
      ask('/prose.txt', accept),
      one(inCoding(prose, 'identity')),
    ),
    must(
      'RFC 9110 §12.5.3',
      `${title}: a sibling is not served`,
      ask('/pre.txt', accept),
      one(inCoding(precompressed, 'identity')),
    ),
  ]),
  ...gzipOnly.map(([title, accept]) =>
    must(
      'RFC 9110 §12.5.3',
      `${title}: what comes can be read`,
      ask('/prose.txt', accept),
      one(inCoding(prose, 'identity', 'gzip')),
    ),
  ),
  feature(
    'RFC 9110 §12.5.3',
    'text is compressed by gzip',
    ask('/prose.txt', 'gzip'),
    one(inCoding(prose, 'gzip')),
  ),
  feature(
    'RFC 9110 §12.5.3',
    'text is compressed by br',
    ask('/prose.txt', 'br'),
    one(inCoding(prose, 'br')),
  ),
  feature(
    'RFC 8878',
    'text is compressed by zstd',
    ask('/prose.txt', 'zstd'),
    one(inCoding(prose, 'zstd')),
  ),
  feature(
    'RFC 9110 §12.5.3',
    'CSS is compressed',
    ask('/style.css', 'gzip, br, zstd'),
    one({ fields: { 'Content-Encoding': /./ } }),
  ),
  feature(
    'RFC 9110 §12.5.3',
    'JavaScript is compressed',
    ask('/script.js', 'gzip'),
    one({ fields: { 'Content-Encoding': 'gzip' } }),
  ),
  feature(
    'RFC 9110 §12.5.3',
    'JSON is compressed',
    ask('/data.json', 'gzip'),
    one({ fields: { 'Content-Encoding': 'gzip' } }),
  ),
  feature(
    'RFC 9110 §12.5.3',
    'a picture is not compressed',
    ask('/picture.jpg', 'gzip, br, zstd'),
    one({ fields: { 'Content-Encoding': null } }),
  ),
  feature(
    'RFC 9110 §12.5.3',
    'a film is not compressed',
    ask('/film.mp4', 'gzip, br, zstd'),
    one({ fields: { 'Content-Encoding': null } }),
  ),
  feature(
    'RFC 9110 §12.5.3',
    'a tiny file is not compressed',
    ask('/noextension', 'gzip'),
    one({ fields: { 'Content-Encoding': null } }),
  ),
  feature(
    'RFC 9110 §12.5.3',
    'gzip by its weight goes before br',
    ask('/pre.txt', 'gzip;q=1, br;q=0.1'),
    one(inCoding(precompressed, 'gzip')),
  ),
  feature(
    'RFC 9110 §12.5.3',
    'br by its weight goes before gzip',
    ask('/pre.txt', 'gzip;q=0.1, br;q=1'),
    one(inCoding(precompressed, 'br')),
  ),
  should(
    'RFC 9110 §12.5.3',
    'identity by its weight goes before gzip',
    ask('/pre.txt', 'identity;q=1, gzip;q=0.1'),
    one(inCoding(precompressed, 'identity', 'gzip')),
  ),
  feature(
    'RFC 9110 §8.4',
    'a sibling in gzip is served',
    ask('/pre.txt', 'gzip'),
    one(inCoding(precompressed, 'gzip')),
  ),
  feature(
    'RFC 9110 §8.4',
    'a sibling in br is served',
    ask('/pre.txt', 'br'),
    one(inCoding(precompressed, 'br')),
  ),
  feature(
    'RFC 9110 §8.4',
    'a sibling in zstd is served',
    ask('/pre.txt', 'zstd'),
    one(inCoding(precompressed, 'zstd')),
  ),
  feature(
    'RFC 9110 §8.4',
    'of all codings the best is taken',
    ask('/pre.txt', 'gzip, deflate, br, zstd'),
    one(inCoding(precompressed, 'br', 'zstd')),
  ),
  ...strange.map((accept) =>
    must('RFC 9110 §12.5.3', `${JSON.stringify(accept)} does no harm`, ask('/prose.txt', accept), [
      one(inCoding(prose, 'identity', 'gzip', 'br', 'zstd')),
      one({ status: [406, 415] }),
    ]),
  ),
  must(
    'RFC 9110 §12.5.3',
    'codings on several lines are a list',
    get('/pre.txt', 'Accept-Encoding: unheard-of', 'Accept-Encoding: gzip'),
    one(inCoding(precompressed, 'gzip', 'identity')),
  ),
  must(
    'RFC 9110 §8.3',
    'a sibling has the type of the file',
    ask('/pre.txt', 'gzip'),
    one({ fields: { 'Content-Type': /^text\/plain/ } }),
  ),
  ...['gzip', 'br', 'identity', ''].flatMap((accept) =>
    ['/prose.txt', '/pre.txt'].map((path) =>
      should(
        'RFC 9110 §12.5.5',
        `Vary names Accept-Encoding of ${path} asked for in ${JSON.stringify(accept)}`,
        ask(path, accept),
        one({ status: 200, fields: { Vary: /\baccept-encoding\b/i } }),
      ),
    ),
  ),
  should(
    'RFC 9110 §12.5.5',
    'Vary is with a 304',
    get('/prose.txt', 'Accept-Encoding: gzip', 'If-None-Match: {prose gzip}'),
    one({ status: 304, fields: { Vary: /\baccept-encoding\b/i } }),
  ),
  must(
    'RFC 9110 §8.8.3.3',
    'the compressed file has another strong tag',
    ask('/prose.txt', 'gzip'),
    one({
      check: (answer, { prose: tag }) =>
        findValue(answer, 'content-encoding') !== undefined &&
        findValue(answer, 'etag') === tag &&
        tag?.startsWith('"')
          ? 'the same tag'
          : undefined,
    }),
  ),
  must(
    'RFC 9110 §8.8.3.3',
    'the compressed file is unchanged by its own tag',
    get('/prose.txt', 'Accept-Encoding: gzip', 'If-None-Match: {prose gzip}'),
    one({ status: 304 }),
  ),
  must(
    'RFC 9110 §8.8.3.3',
    'the compressed file fails by a tag that is not its own',
    get('/prose.txt', 'Accept-Encoding: gzip', 'If-Match: "other"'),
    one({ status: 412 }),
  ),
  must(
    'RFC 9110 §8.6',
    'the length is that of what is sent',
    ask('/prose.txt', 'gzip'),
    one({
      check: (answer) =>
        answer.framing === 'length' &&
        findValue(answer, 'content-encoding') !== undefined &&
        answer.body.length > 10_000
          ? 'as long as the file'
          : undefined,
    }),
  ),
  must(
    'RFC 9110 §9.3.2',
    'HEAD of a compressed file is as GET',
    head('/prose.txt', 'Accept-Encoding: gzip'),
    one({ status: 200, body: '' }),
  ),
  must(
    'RFC 9110 §12.1',
    'Accept that nothing fits does no harm',
    get('/hello.txt', 'Accept: image/webp'),
    one({ status: [200, 406] }),
  ),
  must(
    'RFC 9110 §12.1',
    'Accept that is malformed does no harm',
    get('/hello.txt', 'Accept: ;;;/,q=x'),
    one({ status: [200, 406] }),
  ),
  must(
    'RFC 9110 §12.1',
    'Accept-Language does no harm',
    get('/hello.txt', 'Accept-Language: fr;q=0.5, *;q=0'),
    one({ status: [200, 406] }),
  ),
  must(
    'RFC 9110 §12.1',
    'Accept-Charset does no harm',
    get('/hello.txt', 'Accept-Charset: utf-16'),
    one({ status: [200, 406] }),
  ),
]);
