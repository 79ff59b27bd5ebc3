import { feature, group, hello, must, refused, should, smuggled } from '../case.ts';
import type { Expectation, LooseCase } from '../case.ts';

const empty = '0\r\n\r\n';
const content = `5\r\nhello\r\n${empty}`;

const message = (
  method: string,
  fields: readonly string[],
  body: string,
  version = '1.1',
): string =>
  `${method} /hello.txt HTTP/${version}\r\nHost: localhost\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n${body}`;

const post = (fields: readonly string[], body: string): string => message('POST', fields, body);

const inStep: Expectation = { answers: [{ status: [200, 405] }], connection: 'kept' };

const refusedCodings: readonly string[] = [
  'gzip',
  'deflate',
  'identity',
  'chunked, gzip',
  'chunked, identity',
  'chunked, chunked',
  'chunked,chunked',
  'chunked chunked',
  'identity, chunked',
  'gzip, chunked',
  'xchunked',
  'chunkedx',
  'chunke',
  'chunked;',
  'chunked; q=1',
  'chunked;foo=bar',
  '"chunked"',
  "'chunked'",
  '(chunked)',
  'chunked\v',
  '\vchunked',
  '\x0cchunked',
  'chunked\0',
  'chunked\x7f',
  'chun ked',
  'chun\tked',
  'chunked,gzip;q=0',
  'x, chunked',
  '\xa0chunked',
  'chunk\xe9d',
  'none',
  'null',
  'cow',
  'chunked\r\n\t, identity',
  'chunked/1',
  'chunked=1',
  '[chunked]',
  'chunked:',
  '0',
];

/** Each of these must be refused, with the request after it unanswered, of whatever method. */
const pairs: readonly (readonly [title: string, fields: readonly string[]])[] = [
  ['a length and a coding', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
  ['a coding and a length', ['Transfer-Encoding: chunked', 'Content-Length: 5']],
  ['a length of 0 and a coding', ['Content-Length: 0', 'Transfer-Encoding: chunked']],
  ['a length and a coding in lower case', ['content-length: 5', 'transfer-encoding: chunked']],
  ['a length and an unknown coding', ['Content-Length: 5', 'Transfer-Encoding: cow']],
  ['a length and identity', ['Content-Length: 5', 'Transfer-Encoding: identity']],
  ['a length and an empty coding', ['Content-Length: 5', 'Transfer-Encoding:']],
  ['a wrong length and a coding', ['Content-Length: x', 'Transfer-Encoding: chunked']],
  [
    'two lengths and a coding',
    ['Content-Length: 5', 'Content-Length: 5', 'Transfer-Encoding: chunked'],
  ],
  ['the coding on two lines', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
  [
    'chunked, then identity on a line',
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
  ],
  [
    'identity, then chunked on a line',
    ['Transfer-Encoding: identity', 'Transfer-Encoding: chunked'],
  ],
  ['chunked, then an unknown coding', ['Transfer-Encoding: chunked', 'Transfer-Encoding: cow']],
  ['an unknown coding, then chunked', ['Transfer-Encoding: cow', 'Transfer-Encoding: chunked']],
  ['a space before the colon', ['Transfer-Encoding : chunked']],
  ['a tab before the colon', ['Transfer-Encoding\t: chunked']],
  ['a folded value', ['Transfer-Encoding:\r\n chunked']],
  ['a name after a fold', ['X: y\r\n Transfer-Encoding: chunked']],
  ['a name after a bare CR', ['X: y\rTransfer-Encoding: chunked']],
  ['a space before the name', [' Transfer-Encoding: chunked']],
  ['a NUL in the name', ['Transfer\0-Encoding: chunked']],
  ['a NUL in the value', ['Transfer-Encoding: chun\0ked']],
  ['a vertical tab before the colon', ['Transfer-Encoding\v: chunked']],
  ['a coding in HTTP/1.1 after a bare LF', ['X: y\nTransfer-Encoding: chunked\nContent-Length: 3']],
  ['an empty coding', ['Transfer-Encoding:']],
  ['a coding of white space', ['Transfer-Encoding: \t ']],
  ['a coding of commas', ['Transfer-Encoding: ,']],
];

function unsafePair([title, fields]: readonly [string, readonly string[]]): readonly LooseCase[] {
  return (['GET', 'POST', 'BREW'] as const).map((method) =>
    must(
      'RFC 9112 §6.3',
      `${title} is refused of ${method}`,
      message(method, fields, `${empty}${smuggled}`),
      refused(title.includes('unknown') || title.includes('identity') ? [400, 501] : 400),
    ),
  );
}

const ignoredNames: readonly string[] = [
  'Transfer_Encoding: chunked',
  'X-Transfer-Encoding: chunked',
  'Transfer.Encoding: chunked',
  'TransferEncoding: chunked',
  'Transfer-Encodin: chunked',
  'Transfer-Encodings: chunked',
];

/** Transfer-Encoding (RFC 9112, section 6.1). */
export const codingCases = group('transfer coding', [
  must(
    'RFC 9112 §7.1',
    'chunked content of POST is passed over',
    post(['Transfer-Encoding: chunked'], content),
    inStep,
  ),
  must(
    'RFC 9112 §7.1',
    'chunked content of GET is passed over',
    message('GET', ['Transfer-Encoding: chunked'], content),
    [{ answers: [{ status: 200, body: hello }], connection: 'kept' }, refused([200, 400, 413])],
  ),
  must(
    'RFC 9112 §7.1',
    'chunked content of HEAD is passed over',
    message('HEAD', ['Transfer-Encoding: chunked'], content),
    [{ answers: [{ status: 200 }], connection: 'kept' }, refused([200, 400, 413])],
  ),
  must(
    'RFC 9112 §7',
    'the name of the coding is the same in upper case',
    post(['Transfer-Encoding: CHUNKED'], content),
    inStep,
  ),
  must(
    'RFC 9112 §7',
    'the name of the coding is the same in mixed case',
    post(['Transfer-Encoding: ChUnKeD'], content),
    inStep,
  ),
  must(
    'RFC 9110 §5.1',
    'the name of the field is the same in any case',
    post(['tRANSFER-eNCODING: chunked'], content),
    inStep,
  ),
  must(
    'RFC 9110 §5.5',
    'white space around the coding is left out',
    post(['Transfer-Encoding: \t chunked \t'], content),
    inStep,
  ),
  must(
    'RFC 9110 §5.6.1',
    'an empty member before the coding is passed over or refused',
    post(['Transfer-Encoding: , chunked'], content),
    [inStep, refused()],
  ),
  must(
    'RFC 9110 §5.6.1',
    'an empty member after the coding is passed over or refused',
    post(['Transfer-Encoding: chunked,'], content),
    [inStep, refused()],
  ),
  ...refusedCodings.map((value) =>
    must(
      'RFC 9112 §6.1',
      `${JSON.stringify(value)} is refused`,
      post([`Transfer-Encoding: ${value}`], `${content}${smuggled}`),
      refused([400, 501]),
    ),
  ),
  ...pairs.flatMap(unsafePair),
  should(
    'RFC 9112 §6.1',
    'a coding that is not known is answered 501',
    post(['Transfer-Encoding: cow, chunked'], content),
    refused(501),
  ),
  must(
    'RFC 9112 §6.3',
    'chunked that is not the last coding is answered 400',
    post(['Transfer-Encoding: chunked, gzip'], content),
    refused([400, 501]),
  ),
  must(
    'RFC 9112 §6.1',
    'a coding in HTTP/1.0 is refused, or its connection closed',
    message('POST', ['Transfer-Encoding: chunked'], `${content}${smuggled}`, '1.0'),
    refused([400, 405, 501]),
  ),
  must(
    'RFC 9112 §6.1',
    'a coding in HTTP/1.0 that is kept alive is refused, or its connection closed',
    message(
      'GET',
      ['Transfer-Encoding: chunked', 'Connection: keep-alive'],
      `${content}${smuggled}`,
      '1.0',
    ),
    refused([200, 400, 501]),
  ),
  must(
    'RFC 9112 §6.1',
    'a coding and a length in HTTP/1.0 are refused',
    message(
      'POST',
      ['Transfer-Encoding: chunked', 'Content-Length: 5', 'Connection: keep-alive'],
      `${content}${smuggled}`,
      '1.0',
    ),
    refused([400, 405, 501]),
  ),
  must('RFC 9112 §6.1', 'TE is not Transfer-Encoding', message('GET', ['TE: chunked'], ''), {
    answers: [{ status: 200 }],
    connection: 'kept',
  }),
  must(
    'RFC 9110 §10.1.4',
    'TE with trailers is taken',
    message('GET', ['TE: trailers, deflate;q=0.5', 'Connection: TE'], ''),
    { answers: [{ status: 200 }], connection: 'kept' },
  ),
  ...ignoredNames.map((line) =>
    must('RFC 9112 §6.1', `${line} has no meaning`, message('GET', [line], ''), [
      { answers: [{ status: 200 }], connection: 'kept' },
      refused(),
    ]),
  ),
  must(
    'RFC 9112 §6.1',
    'a field named in Connection is still judged',
    message('POST', ['Connection: Transfer-Encoding', 'Transfer-Encoding: cow'], content),
    refused([400, 501]),
  ),
  feature(
    'RFC 9112 §7.1',
    'chunked content of 300,000 bytes is passed over',
    post(['Transfer-Encoding: chunked'], `493e0\r\n${'x'.repeat(300_000)}\r\n${empty}`),
    inStep,
  ),
]);
