import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cutAt, cutEveryWay } from '../../test/support/cuts.ts';
import { line } from './index.ts';
import type { LineOptions } from './index.ts';

function readLines(stream: string, options: LineOptions = {}): string[] {
  const lines: string[] = [];
  const decoder = line(options).decoder((frame) => {
    lines.push(Buffer.from(frame).toString('latin1'));
  });
  decoder.push(Buffer.from(stream, 'latin1'));
  decoder.end();
  return lines;
}

test('a line ends at LF and loses one CR before it', () => {
  assert.deepEqual(readLines('a\nb\r\n\n\r\nc\r\r\n\rd\n'), ['a', 'b', '', '', 'c\r', '\rd']);
});

test('a last line without LF is delivered at the end, less a CR that ends it', () => {
  assert.deepEqual(readLines('a\nb'), ['a', 'b']);
  assert.deepEqual(readLines('a\nb\r'), ['a', 'b']);
  assert.deepEqual(readLines('a\n\r'), ['a', '']);
  assert.deepEqual(readLines('a\n'), ['a']);
  assert.deepEqual(readLines(''), []);
});

test('where a terminator is required, a last line without LF is an error that tells its length', () => {
  assert.deepEqual(readLines('a\n', { requireTerminator: true }), ['a']);
  assert.throws(() => readLines('a\nbcd', { requireTerminator: true }), {
    code: 'FRAME_TRUNCATED',
    details: { length: 3 },
  });
});

test('agrees with a decoder that splits the whole text at once', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '\r', '\n'), maxLength: 40 });
  fc.assert(
    fc.property(text, (stream) => {
      const expected = stream.split('\n').map((each) => each.replace(/\r$/, ''));
      if (stream.endsWith('\n') || stream === '') expected.pop();
      assert.deepEqual(readLines(stream), expected);
    }),
  );
});

test('short lines of ASCII are given as text where it is taken, all others as bytes', () => {
  const unit = fc.constantFrom(
    'a',
    'é',
    '\u00ff',
    '\u0000',
    '\r',
    '\n',
    '\n',
    '{',
    'x'.repeat(1_020),
  );
  const stream = fc.string({ unit, maxLength: 40 }).map((text) => Buffer.from(text, 'latin1'));
  fc.assert(
    fc.property(stream, fc.array(fc.nat(2_000), { maxLength: 4 }), (bytes, places) => {
      const expected: unknown[] = [];
      const found: unknown[] = [];
      const plain = line().decoder((frame, overhead) => {
        expected.push([Buffer.from(frame).toString('latin1'), overhead]);
      });
      const texts = line().decoder(
        (frame, overhead) => void found.push([Buffer.from(frame).toString('latin1'), overhead]),
        (text, start, end, overhead) => {
          assert.ok(end - start <= 1_024);
          assert.match(text, /^[\0-\x7f]*$/);
          found.push([text.slice(start, end), overhead]);
        },
      );
      for (const chunk of cutAt(bytes, places)) {
        plain.push(chunk);
        texts.push(chunk);
        assert.equal(texts.pendingBytes, plain.pendingBytes);
      }
      plain.end();
      texts.end();
      assert.deepEqual(found, expected);
    }),
  );
});

test('lines of ASCII that came whole are given as text', () => {
  const texts: string[] = [];
  const decoder = line().decoder(
    (frame) => assert.fail(`${frame.length} bytes`),
    (text, start, end) => void texts.push(text.slice(start, end)),
  );
  decoder.push(Buffer.from('a\n\nbc\r\nd\n'));
  assert.deepEqual(texts, ['a', '', 'bc', 'd']);
});

test('the limit is the payload alone: a CR LF after as many bytes still fits, under any cut', () => {
  for (const ending of ['\n', '\r\n', '\r', '']) {
    const stream = Buffer.from(`12345678${ending}`);
    for (const chunks of cutEveryWay(stream)) {
      const lines: string[] = [];
      const decoder = line({ maxFrameBytes: 8 }).decoder((frame) =>
        lines.push(Buffer.from(frame).toString()),
      );
      for (const bytes of chunks) decoder.push(bytes);
      decoder.end();
      assert.deepEqual(lines, ['12345678'], JSON.stringify(ending));
    }
  }
});

test('a line over the limit is refused at the first byte that makes it certain', () => {
  for (const [accepted, last] of [
    ['12345678', '9'],
    ['12345678\r', 'x'],
    ['12345678\r', '\r'],
    ['ok\n12345678\r', '\0'],
  ] as const) {
    const decoder = line({ maxFrameBytes: 8 }).decoder(() => {});
    decoder.push(Buffer.from(accepted));
    assert.throws(() => decoder.push(Buffer.from(last)), {
      code: 'FRAME_TOO_LONG',
      details: { limit: 8 },
    });
    assert.equal(decoder.pendingBytes, 0);
  }
});

test('the lines before one that is too long are delivered first', () => {
  const lines: string[] = [];
  const decoder = line({ maxFrameBytes: 2 }).decoder((frame) =>
    lines.push(Buffer.from(frame).toString()),
  );
  assert.throws(() => decoder.push(Buffer.from('a\nb\nlong\nc\n')), { code: 'FRAME_TOO_LONG' });
  assert.deepEqual(lines, ['a', 'b']);
});

test('a payload that would not come back as it was is refused', () => {
  const framing = line();
  assert.throws(() => framing.encode(Buffer.from('a\nb')), {
    code: 'FRAME_UNENCODABLE',
    details: { offset: 1 },
  });
  assert.throws(() => framing.encode(Buffer.from('ab\r')), {
    code: 'FRAME_UNENCODABLE',
    details: { offset: 2 },
  });
  assert.equal(Buffer.from(framing.encode(Buffer.from('a\rb'))).toString(), 'a\rb\n');
  assert.equal(Buffer.from(framing.encode(new Uint8Array(0))).toString(), '\n');
});

test('a line within one chunk is a view of it, and one across chunks is not', () => {
  const frames: Uint8Array[] = [];
  const decoder = line().decoder((frame) => frames.push(frame));
  const bytes = Buffer.from('one\r\ntwo\nthree\n');
  for (const part of cutAt(bytes, [12, 100])) decoder.push(part);
  assert.deepEqual(
    frames.map((frame) => frame.buffer === bytes.buffer),
    [true, true, false],
  );
  assert.equal(frames[0]?.byteOffset, bytes.byteOffset);
});

test('pendingBytes counts what has come of the unfinished line', () => {
  const decoder = line().decoder(() => {});
  decoder.push(Buffer.from('a\nbc\r'));
  assert.equal(decoder.pendingBytes, 3);
  decoder.push(Buffer.from('\n'));
  assert.equal(decoder.pendingBytes, 0);
});
