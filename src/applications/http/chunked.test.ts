import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { array, assert as assertProperty, property, uint8Array } from 'fast-check';
import { cutEveryWay } from '../../../test/support/cuts.ts';
import { ChunkedDecoder } from './chunked.ts';
import { HttpError } from './errors.ts';
import { httpDefaults } from './limits.ts';

interface Decoded {
  readonly content: string;
  readonly rest: string;
  readonly isDone: boolean;
  readonly trailers: readonly (readonly [string, string])[];
}

function decode(pieces: Iterable<Uint8Array>): Decoded {
  const decoder = new ChunkedDecoder(httpDefaults);
  let content = '';
  let rest = '';
  for (const piece of pieces) {
    const bytes = Buffer.from(piece);
    const end = decoder.push(bytes, 0, (part) => (content += part.toString('latin1')));
    rest += bytes.toString('latin1', end);
  }
  return { content, rest, isDone: decoder.isDone, trailers: [...decoder.trailers] };
}

function codeOf(text: string): string {
  try {
    return decode([Buffer.from(text, 'latin1')]).isDone ? 'done' : 'incomplete';
  } catch (error) {
    if (error instanceof HttpError) return error.code;
    throw error;
  }
}

describe('a chunked content', () => {
  const good: readonly (readonly [string, string, number])[] = [
    ['0\r\n\r\n', '', 0],
    ['5\r\nhello\r\n0\r\n\r\n', 'hello', 0],
    ['005\r\nhello\r\n000\r\n\r\n', 'hello', 0],
    ['A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n', '01234567890123456789', 0],
    ['2;a\r\nhi\r\n0;b=c;d="e\\"f"\r\n\r\n', 'hi', 0],
    ['2 ; a = b\r\nhi\r\n0\r\n\r\n', 'hi', 0],
    ['1\r\n\r\r\n1\r\n\n\r\n0\r\n\r\n', '\r\n', 0],
    ['1\r\nx\r\n0\r\nX-Sum: 12\r\nX-More: y\r\n\r\n', 'x', 2],
    ['1\r\nx\r\n0\r\nContent-Length: 12\r\nX-More: y\r\n\r\n', 'x', 1],
  ];
  for (const [text, content, trailers] of good) {
    test(`${JSON.stringify(text)} carries ${JSON.stringify(content)}, however it is cut`, () => {
      const bytes = Buffer.from(`${text}GET /next`, 'latin1');
      for (const pieces of cutEveryWay(bytes)) {
        const decoded = decode(pieces);
        assert.equal(decoded.content, content);
        assert.equal(decoded.rest, 'GET /next');
        assert.equal(decoded.isDone, true);
        assert.equal(decoded.trailers.length, trailers);
      }
    });
  }

  const bad: readonly (readonly [string, string])[] = [
    ['\r\n', 'BAD_REQUEST'],
    ['g\r\n', 'BAD_REQUEST'],
    ['0x5\r\n', 'BAD_REQUEST'],
    ['-1\r\n', 'BAD_REQUEST'],
    ['+1\r\n', 'BAD_REQUEST'],
    [' 5\r\n', 'BAD_REQUEST'],
    ['5 \r\nhello\r\n', 'BAD_REQUEST'],
    ['5\nhello', 'BAD_REQUEST'],
    ['5\rhello', 'BAD_REQUEST'],
    ['5\r\nhelloX', 'BAD_REQUEST'],
    ['5\r\nhello\n', 'BAD_REQUEST'],
    ['5\r\nhello\rX', 'BAD_REQUEST'],
    ['5;\r\n', 'BAD_REQUEST'],
    ['5;=a\r\n', 'BAD_REQUEST'],
    ['5;a="b\r\n', 'BAD_REQUEST'],
    ['5;a=b\n', 'BAD_REQUEST'],
    ['5;a\0\r\n', 'BAD_REQUEST'],
    ['5,a\r\n', 'BAD_REQUEST'],
    ['ffffffffffffffff\r\n', 'BAD_REQUEST'],
    ['10000000000000000\r\n', 'BAD_REQUEST'],
    [`${'0'.repeat(17)}\r\n`, 'BAD_REQUEST'],
    [`5;${'a'.repeat(2_000)}`, 'BAD_REQUEST'],
    [`1;${'a'.repeat(1_000)}\r\nx\r\n`.repeat(20), 'BAD_REQUEST'],
    ['0\r\nX : y\r\n\r\n', 'BAD_REQUEST'],
    ['0\r\n X: y\r\n\r\n', 'BAD_REQUEST'],
    ['0\r\nX: y\n\r\n', 'BAD_REQUEST'],
    [`0\r\nX: ${'y'.repeat(9_000)}\r\n\r\n`, 'HEADER_FIELDS_TOO_LARGE'],
    [`0\r\n${'X: y\r\n'.repeat(129)}\r\n`, 'HEADER_FIELDS_TOO_LARGE'],
  ];
  for (const [text, code] of bad) {
    test(`${JSON.stringify(text).slice(0, 60)} is refused as ${code}`, () => {
      assert.equal(codeOf(text), code);
    });
  }

  test('of any pieces comes out as it went in', () => {
    assertProperty(
      property(array(uint8Array({ minLength: 1, maxLength: 40 })), (chunks) => {
        const text = chunks
          .map(
            (chunk) =>
              `${chunk.length.toString(16)}\r\n${Buffer.from(chunk).toString('latin1')}\r\n`,
          )
          .join('');
        const bytes = Buffer.from(`${text}0\r\n\r\n`, 'latin1');
        const content = Buffer.concat(chunks).toString('latin1');
        for (const pieces of cutEveryWay(bytes)) assert.equal(decode(pieces).content, content);
      }),
    );
  });
});
