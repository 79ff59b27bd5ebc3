import { findValue } from '../answers.ts';
import type { Answer } from '../answers.ts';
import { feature, get, group, kept, must, one, should } from '../case.ts';
import { digits } from '../fixture.ts';

const file = '/digits.txt';

const whole = one({ status: 200, body: digits });

function part(first: number, last: number) {
  return one({
    status: 206,
    body: digits.slice(first, last + 1),
    fields: { 'Content-Range': `bytes ${first}-${last}/1000` },
  });
}

interface Part {
  readonly range: string;
  readonly body: string;
}

/** The parts of a multipart/byteranges content (RFC 9110, section 14.6; RFC 2046, section 5.1). */
function readParts(answer: Answer): readonly Part[] | string {
  const type = findValue(answer, 'content-type') ?? '';
  const boundary = /^multipart\/byteranges;\s*boundary=(?:"([^"]+)"|([^\s;"]+))$/i.exec(type);
  if (boundary === null) return `type ${type}`;
  const text = `\r\n${answer.body.toString('latin1')}`;
  const pieces = text.split(`\r\n--${boundary[1] ?? boundary[2]}`);
  if (!/^--(\r\n)?$/.test(pieces.at(-1) ?? '')) return 'no closing boundary';
  const parts: Part[] = [];
  for (const piece of pieces.slice(1, -1)) {
    const [, fields, body] = /^[\t ]*\r\n((?:[^\r\n]+\r\n)*)\r\n(.*)$/s.exec(piece) ?? [];
    if (fields === undefined || body === undefined)
      return `no part: ${JSON.stringify(piece.slice(0, 60))}`;
    const range = /^content-range: ?(.*)\r$/im.exec(fields)?.[1];
    if (range === undefined) return 'a part without Content-Range';
    if (!/^content-type: ?text\/plain/im.test(fields)) return 'a part without its type';
    parts.push({ range, body });
  }
  return parts;
}

/** Each of the ranges in its order, or, where they touch, in fewer parts, or all of the file. */
function multiple(...ranges: readonly (readonly [number, number])[]) {
  return (answer: Answer): string | undefined => {
    if (answer.status === 200) return answer.body.toString() === digits ? undefined : 'not whole';
    if (findValue(answer, 'content-range') !== undefined) return 'Content-Range beside the parts';
    const parts = readParts(answer);
    if (typeof parts === 'string') return parts;
    const expected = ranges.map(([first, last]) => `bytes ${first}-${last}/1000`);
    const got = parts.map(({ range }) => range);
    if (got.join() !== expected.join()) return `parts ${got.join()}`;
    const wrong = parts.findIndex(({ body }, index) => {
      const [first = 0, last = 0] = ranges[index] ?? [];
      return body !== digits.slice(first, last + 1);
    });
    return wrong === -1 ? undefined : `part ${wrong} is wrong`;
  };
}

/** Whatever comes holds no more than about the file itself. */
function modest(answer: Answer): string | undefined {
  return answer.body.length < 20_000
    ? undefined
    : `${answer.body.length} bytes for a file of 1,000`;
}

const ranges = (count: number, text: (index: number) => string): string =>
  `Range: bytes=${Array.from({ length: count }, (_, index) => text(index)).join(',')}`;

/** Several ranges in a request (RFC 9110, section 14.6). */
export const multipleRangeCases = group('multiple ranges', [
  must(
    'RFC 9110 §14.6',
    'two ranges are two parts',
    get(file, 'Range: bytes=0-9,500-509'),
    one({ status: [200, 206], check: multiple([0, 9], [500, 509]) }),
  ),
  feature(
    'RFC 9110 §14.6',
    'several ranges are served as parts',
    get(file, 'Range: bytes=0-9,500-509,-10'),
    one({ status: 206, check: multiple([0, 9], [500, 509], [990, 999]) }),
  ),
  should(
    'RFC 9110 §14.6',
    'ranges keep the order they are asked for in',
    get(file, 'Range: bytes=500-509,0-9'),
    one({
      status: [200, 206],
      check: (answer) => {
        const inOrder = multiple([500, 509], [0, 9])(answer);
        return inOrder === undefined ? undefined : multiple([0, 9], [500, 509])(answer);
      },
    }),
  ),
  must(
    'RFC 9110 §14.6',
    'spaces in the list are taken',
    get(file, 'Range: bytes=0-9, 500-509 , -10'),
    one({ status: [200, 206], check: multiple([0, 9], [500, 509], [990, 999]) }),
  ),
  must(
    'RFC 9110 §15.3.7.1',
    'one range that can be had among others is served alone or as a part',
    get(file, 'Range: bytes=0-9,5000-6000'),
    [part(0, 9), one({ status: 206, check: multiple([0, 9]) }), whole],
  ),
  must(
    'RFC 9110 §15.3.7.2',
    'one range is not served as several parts',
    get(file, 'Range: bytes=0-9'),
    one({ status: 206, fields: { 'Content-Type': /^text\/plain/ } }),
  ),
  must(
    'RFC 9110 §15.3.7.2',
    'parts have their length',
    get(file, 'Range: bytes=0-9,500-509'),
    one({
      status: [200, 206],
      check: ({ body, framing, fields }) =>
        framing === 'chunked' ||
        fields.some(
          ([name, value]) => /^content-length$/i.test(name) && value === String(body.length),
        )
          ? undefined
          : 'no length',
    }),
  ),
  must(
    'RFC 9110 §15.3.7.2',
    'parts go on',
    get(file, 'Range: bytes=0-9,500-509'),
    kept([200, 206]),
  ),
  must(
    'RFC 9110 §14.2',
    'a hundred ranges over one another cost no more than the file',
    get(
      file,
      ranges(100, () => '0-'),
    ),
    one({ status: [200, 206, 400, 416], check: modest }),
  ),
  must(
    'RFC 9110 §14.2',
    'a thousand ranges over one another cost no more than the file',
    get(
      file,
      ranges(1000, () => '0-'),
    ),
    one({ status: [200, 206, 400, 416], check: modest }),
  ),
  must(
    'RFC 9110 §14.2',
    'a thousand small ranges cost no more than the file',
    get(
      file,
      ranges(900, (index) => `${index}-${index}`),
    ),
    one({ status: [200, 206, 400, 416], check: modest }),
  ),
  must(
    'RFC 9110 §14.2',
    'ranges that grow cost no more than the file',
    get(
      file,
      ranges(500, (index) => `${index}-`),
    ),
    one({ status: [200, 206, 400, 416], check: modest }),
  ),
  must(
    'RFC 9110 §14.2',
    'two ranges over one another are served once or as they are',
    get(file, 'Range: bytes=0-99,50-149'),
    one({
      status: [200, 206, 416],
      check: (answer) => {
        if (answer.status === 206 && findValue(answer, 'content-range') === 'bytes 0-149/1000')
          return undefined;
        return answer.status === 416 ? undefined : multiple([0, 99], [50, 149])(answer);
      },
    }),
  ),
]);
