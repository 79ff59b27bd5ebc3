import { feature, group, must, refused, should, smuggled } from '../case.ts';
import type { Expectation, Step } from '../case.ts';

const start = 'POST /hello.txt HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';
const end = '0\r\n\r\n';

const post = (chunks: string): string => start + chunks;

const inStep: Expectation = { answers: [{ status: [200, 405] }], connection: 'kept' };

const right: readonly (readonly [title: string, chunks: string])[] = [
  ['no content', end],
  ['one chunk', `5\r\nhello\r\n${end}`],
  ['two chunks', `5\r\nhello\r\n1\r\n!\r\n${end}`],
  ['a size in lower-case hexadecimal', `a\r\n0123456789\r\n${end}`],
  ['a size in upper-case hexadecimal', `A\r\n0123456789\r\n${end}`],
  ['a size of two digits', `1A\r\n${'x'.repeat(26)}\r\n${end}`],
  ['leading zeros', `0005\r\nhello\r\n${end}`],
  ['an end of several zeros', `5\r\nhello\r\n000\r\n\r\n`],
  ['an extension', `5;name=value\r\nhello\r\n${end}`],
  ['an extension without value', `5;name\r\nhello\r\n${end}`],
  ['several extensions', `5;a=b;c;d=e\r\nhello\r\n${end}`],
  ['an extension with a quoted string', `5;name="a value"\r\nhello\r\n${end}`],
  ['an extension with a quoted semicolon', `5;name="a;b"\r\nhello\r\n${end}`],
  ['an extension with an escaped quote', `5;name="a\\"b"\r\nhello\r\n${end}`],
  ['an extension of the last chunk', `5\r\nhello\r\n0;name=value\r\n\r\n`],
  ['content that looks like chunks', `5\r\n0\r\n\r\n\r\n${end}`],
  ['content of line ends', `4\r\n\r\n\r\n\r\n${end}`],
  ['a trailer', `5\r\nhello\r\n0\r\nX-Trailer: value\r\n\r\n`],
  ['two trailers', `5\r\nhello\r\n0\r\nX-Trailer: value\r\nX-Other: value\r\n\r\n`],
  ['many small chunks', `${'1\r\nx\r\n'.repeat(1000)}${end}`],
];

const wrong: readonly (readonly [title: string, chunks: string])[] = [
  ['a size of letters', `z\r\nhello\r\n${end}`],
  ['no size', `\r\nhello\r\n${end}`],
  ['a size of 0x5', `0x5\r\nhello\r\n${end}`],
  ['a negative size', `-5\r\nhello\r\n${end}`],
  ['a size with a plus', `+5\r\nhello\r\n${end}`],
  ['a space before the size', ` 5\r\nhello\r\n${end}`],
  ['a tab before the size', `\t5\r\nhello\r\n${end}`],
  ['a space after the size', `5 \r\nhello\r\n${end}`],
  ['a tab after the size', `5\t\r\nhello\r\n${end}`],
  ['a space within the size', `0 5\r\nhello\r\n${end}`],
  ['a letter after the size', `5g\r\nhello\r\n${end}`],
  ['an underscore in the size', `0_5\r\nhello\r\n${end}`],
  ['a comma after the size', `5,\r\nhello\r\n${end}`],
  ['a point in the size', `5.0\r\nhello\r\n${end}`],
  ['a size with h', `5h\r\nhello\r\n${end}`],
  ['a size in quotes', `"5"\r\nhello\r\n${end}`],
  ['a NUL in the size', `5\0\r\nhello\r\n${end}`],
  ['a vertical tab after the size', `5\v\r\nhello\r\n${end}`],
  ['a size of 17 digits', `10000000000000005\r\nhello\r\n${end}`],
  ['a size of 2 to the 64th', `10000000000000000\r\nhello\r\n${end}`],
  ['a size of 2 to the 64th less one', `ffffffffffffffff\r\nhello\r\n${end}`],
  ['a size of 40 digits', `${'f'.repeat(40)}\r\nhello\r\n${end}`],
  ['a size that wraps round 32 bits', `100000005\r\nhello\r\n${end}`],
  ['a size ended by LF', `5\nhello\r\n${end}`],
  ['a size ended by CR', `5\rhello\r\n${end}`],
  ['a size ended by CR CR LF', `5\r\r\nhello\r\n${end}`],
  ['data ended by LF', `5\r\nhello\n${end}`],
  ['data ended by CR', `5\r\nhello\r${end}`],
  ['data longer than its size', `5\r\nhello!\r\n${end}`],
  ['data shorter than its size', `5\r\nhell\r\n${end}`],
  ['no line end after the data', `5\r\nhello${end}`],
  ['a last chunk ended by LF', `5\r\nhello\r\n0\n\r\n`],
  ['an end of LFs', `5\r\nhello\r\n0\n\n`],
  ['an extension ended by LF', `5;a\nhello\r\n${end}`],
  ['an extension with a bare CR', `5;a\rb\r\nhello\r\n${end}`],
  ['an extension with a NUL', `5;a=\0\r\nhello\r\n${end}`],
  ['an extension with a control byte', `5;a=\x01\r\nhello\r\n${end}`],
  ['an extension with an LF in quotes', `5;a="\n"\r\nhello\r\n${end}`],
  ['an extension of 100,000 bytes', `5;${'a'.repeat(100_000)}\r\nhello\r\n${end}`],
  ['an end without its empty line', `5\r\nhello\r\n0\r\nX`],
  ['a trailer without colon', `5\r\nhello\r\n0\r\nX-Trailer\r\n\r\n`],
  ['a trailer with a space before the colon', `5\r\nhello\r\n0\r\nX-Trailer : a\r\n\r\n`],
  ['a folded trailer', `5\r\nhello\r\n0\r\nX-Trailer: a\r\n b\r\n\r\n`],
  ['a trailer ended by LF', `5\r\nhello\r\n0\r\nX-Trailer: a\n\r\n`],
  ['a trailer with a NUL', `5\r\nhello\r\n0\r\nX-Trailer: \0\r\n\r\n`],
  ['trailers of 200,000 bytes', `5\r\nhello\r\n0\r\nX: ${'a'.repeat(200_000)}\r\n\r\n`],
  ['10,000 trailers', `5\r\nhello\r\n0\r\n${'X: y\r\n'.repeat(10_000)}\r\n`],
];

const strange: readonly (readonly [title: string, chunks: string])[] = [
  ['a semicolon alone', `5;\r\nhello\r\n${end}`],
  ['an extension of two words', `5;a b\r\nhello\r\n${end}`],
  ['an extension that is no token', `5;a@b=c\r\nhello\r\n${end}`],
  ['an extension without its closing quote', `5;a="b\r\nhello\r\n${end}`],
  ['an extension without its value', `5;a=\r\nhello\r\n${end}`],
  ['an extension without its name', `5;=a\r\nhello\r\n${end}`],
  ['a trailer with an empty name', `5\r\nhello\r\n0\r\n: a\r\n\r\n`],
  ['an empty line of LF after a trailer', `5\r\nhello\r\n0\r\nX: a\r\n\n`],
];

/** What is unfinished is no error until the client ends it. */
const unfinished = new Set(['an end without its empty line', 'a size that wraps round 32 bits']);

function steps(title: string, chunks: string): readonly Step[] {
  return unfinished.has(title) ? [post(chunks), { end: true }] : [post(`${chunks}${smuggled}`)];
}

/** The chunked coding (RFC 9112, section 7.1). */
export const chunkCases = group('chunks', [
  ...right.map(([title, chunks]) =>
    must('RFC 9112 §7.1', `${title} can be read`, post(chunks), inStep),
  ),
  ...right.slice(1, 4).map(([title, chunks]) =>
    must(
      'RFC 9112 §7.1',
      `${title} can be read one byte at a time`,
      post(chunks)
        .split('')
        .flatMap((byte) => [byte, { pause: 1 }]),
      inStep,
    ),
  ),
  ...wrong.map(([title, chunks]) =>
    must(
      'RFC 9112 §7.1',
      `${title} is refused`,
      steps(title, chunks),
      unfinished.has(title)
        ? [refused([200, 400, 405, 408, 413]), { answers: [], connection: 'closed' }]
        : refused([400, 413, 431]),
    ),
  ),
  ...strange.map(([title, chunks]) =>
    should('RFC 9112 §7.1', `${title} is refused`, post(`${chunks}${smuggled}`), refused(400)),
  ),
  must(
    'RFC 9112 §7.1',
    'a size of sixteen digits can be read',
    post(`0000000000000005\r\nhello\r\n${end}`),
    inStep,
  ),
  should(
    'RFC 9112 §7.1.1',
    'white space around the semicolon of an extension is taken',
    post(`5 ; name = value\r\nhello\r\n${end}`),
    [inStep, refused()],
  ),
  should(
    'RFC 9110 §6.5.1',
    'a trailer that would change the framing is not heeded',
    post(`5\r\nhello\r\n0\r\nContent-Length: 100\r\n\r\n`),
    [inStep, refused()],
  ),
  should(
    'RFC 9110 §6.5.1',
    'a trailer that names a host is not heeded',
    post(`5\r\nhello\r\n0\r\nHost: elsewhere\r\n\r\n`),
    [inStep, refused()],
  ),
  should(
    'RFC 9110 §6.5.1',
    'a trailer that names a coding is not heeded',
    post(`5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n`),
    [inStep, refused()],
  ),
  must(
    'RFC 9112 §7.1',
    'a request after chunks is answered',
    post(`5\r\nhello\r\n${end}`) + 'GET /hello.txt HTTP/1.1\r\nHost: localhost\r\n\r\n',
    { answers: [{ status: [200, 405] }, { status: 200 }], connection: 'kept' },
  ),
  must(
    'RFC 9112 §7.1',
    'a request within chunks is not answered',
    post(`${smuggled.length.toString(16)}\r\n${smuggled}\r\n${end}`),
    inStep,
    ['POST', 'GET'],
  ),
  must(
    'RFC 9112 §8',
    'chunks that end early are not answered as if they were whole',
    [post('5\r\nhel'), { end: true }],
    [refused([400, 405, 408]), { answers: [], connection: 'closed' }],
  ),
  must(
    'RFC 9112 §8',
    'chunks without their end are not answered as if they were whole',
    [post('5\r\nhello\r\n'), { end: true }],
    [refused([400, 405, 408]), { answers: [], connection: 'closed' }],
  ),
  feature(
    'RFC 9112 §7.1.1',
    'a thousand chunks with long extensions are refused or read',
    post(`${`1;${'a'.repeat(500)}\r\nx\r\n`.repeat(1000)}${end}`),
    [inStep, refused([400, 413])],
  ),
]);
