import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { bytes, CodecError, text } from 'guichet/presentation';

const python = '/usr/bin/python3';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function offsetOf(frame: Uint8Array): unknown {
  try {
    text.decode(frame);
    return -1;
  } catch (error) {
    assert.ok(error instanceof CodecError);
    assert.equal(error.code, 'MALFORMED');
    return error.details['offset'];
  }
}

describe('text', () => {
  it('gives back every well-formed string, byte order marks and U+FFFD included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        assert.equal(text.decode(text.encode(value)), value);
      }),
    );
    for (const value of ['', '\uFEFFa', '\uFFFD', 'a\uFFFDb', '\0', '😀', '\u{10FFFF}']) {
      assert.equal(text.decode(text.encode(value)), value);
    }
  });

  it('accepts exactly what the strict decoder of the platform accepts', () => {
    const nearUtf8 = fc
      .array(
        fc.constantFrom(0x41, 0x7f, 0x80, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5),
      )
      .map((numbers) => Uint8Array.from(numbers));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), nearUtf8), (frame) => {
        let expected: string | undefined;
        try {
          expected = utf8.decode(frame);
        } catch (error) {
          assert.ok(error instanceof TypeError);
        }
        if (expected === undefined) assert.notEqual(offsetOf(frame), -1);
        else assert.equal(text.decode(frame), expected);
      }),
      { numRuns: 500 },
    );
  });

  it('names the first byte of the first ill-formed sequence', () => {
    const cases: [frame: number[], offset: number][] = [
      [[0x80], 0],
      [[0x61, 0xc3, 0x28], 1],
      [[0x61, 0xc3], 1],
      [[0xe2, 0x82, 0xac, 0xe2, 0x82], 3],
      [[0xed, 0xa0, 0x80], 0],
      [[0xc0, 0xaf], 0],
      [[0xf4, 0x90, 0x80, 0x80], 0],
      [[0xef, 0xbf, 0xbd, 0xff], 3],
    ];
    for (const [frame, offset] of cases) assert.equal(offsetOf(Uint8Array.from(frame)), offset);
  });

  it('agrees with Python on where a sequence is ill-formed', () => {
    const frames = fc
      .sample(fc.uint8Array({ maxLength: 12 }), { numRuns: 300, seed: 1 })
      .map((frame) => Buffer.from(frame).toString('hex'));
    const program = `
import sys
for line in sys.stdin.read().split('\\n')[:-1]:
    try:
        bytes.fromhex(line).decode('utf-8')
        print(-1)
    except UnicodeDecodeError as error:
        print(error.start)
`;
    const { stdout } = spawnSync(python, ['-c', program], {
      input: frames.map((frame) => `${frame}\n`).join(''),
      encoding: 'utf8',
    });
    const offsets = frames.map((frame) => String(offsetOf(Buffer.from(frame, 'hex'))));
    assert.deepEqual(stdout.trimEnd().split('\n'), offsets);
  });

  it('decodes a view of a larger memory, whatever its class', () => {
    const whole = Uint8Array.from([0xff, 0x63, 0xc3, 0xa9, 0xff]);
    assert.equal(text.decode(whole.subarray(1, 4)), 'cé');
    assert.equal(text.decode(Buffer.from(whole.buffer, 1, 3)), 'cé');
  });

  it('refuses half a surrogate pair, and what is no string', () => {
    for (const [value, index] of [['a\uD800', 1] as const, ['😀\uDC00', 2] as const]) {
      assert.throws(() => text.encode(value), {
        code: 'UNENCODABLE',
        details: { path: '', index },
      });
    }
    const untyped: { encode(value: unknown): Uint8Array } = text;
    assert.throws(() => untyped.encode(12), { code: 'UNENCODABLE' });
  });
});

describe('bytes', () => {
  it('hands back the array it was given, both ways', () => {
    const frame = Uint8Array.from([0, 255]);
    assert.equal(bytes.encode(frame), frame);
    assert.equal(bytes.decode(frame), frame);
  });

  it('refuses what is no Uint8Array', () => {
    const untyped: { encode(value: unknown): Uint8Array } = bytes;
    for (const value of ['a', [1], undefined, new ArrayBuffer(1)]) {
      assert.throws(() => untyped.encode(value), { name: 'CodecError', code: 'UNENCODABLE' });
    }
  });
});
