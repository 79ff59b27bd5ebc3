import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { cutEveryWay } from '../../test/support/cuts.ts';
import { chunk, framingByName, framingNames, FramingError, isFramingName } from './index.ts';
import { datagram, length, line } from './index.ts';
import type { Framing, FramingErrorCode } from './index.ts';

interface Outcome {
  readonly frames: readonly string[];
  readonly error: FramingErrorCode | undefined;
}

/** What comes of the chunks; frames and overheads account for every byte of them. Each is wiped once pushed, so a decoder that kept a view is found out. */
function decode(framing: Framing, chunks: readonly Uint8Array[]): Outcome {
  const frames: string[] = [];
  let accounted = 0;
  let received = 0;
  const decoder = framing.decoder((frame, overhead) => {
    frames.push(Buffer.from(frame).toString('latin1'));
    accounted += frame.length + overhead;
  });
  try {
    for (const bytes of chunks) {
      received += bytes.length;
      const reused = Uint8Array.from(bytes);
      decoder.push(reused);
      reused.fill(0x2a);
      assert.equal(accounted + decoder.pendingBytes, received);
    }
    decoder.end();
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    return { frames, error: error.code };
  }
  assert.equal(decoder.pendingBytes, 0);
  assert.equal(accounted, received);
  return { frames, error: undefined };
}

function hasCode(code: FramingErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof FramingError && error.code === code && error.message !== '';
}

const cuts = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 8 });
/** Bytes in which terminators and small lengths are common. */
const nastyBytes = fc
  .array(fc.oneof(fc.constantFrom(0, 0, 0, 1, 2, 10, 13), fc.nat({ max: 255 })), { maxLength: 60 })
  .map((bytes) => Uint8Array.from(bytes));

for (const name of framingNames) {
  suite(`the ${name} framing`, () => {
    test('refuses a limit that is no whole number from 1 to 4,294,967,295', () => {
      for (const maxFrameBytes of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 32]) {
        assert.throws(() => framingByName(name, { maxFrameBytes }), hasCode('INVALID_FRAME_LIMIT'));
      }
      assert.equal(framingByName(name).maxFrameBytes, 1_048_576);
      assert.equal(framingByName(name, { maxFrameBytes: 2 ** 32 - 1 }).maxFrameBytes, 2 ** 32 - 1);
    });

    test('carries its own name', () => {
      assert.equal(framingByName(name).name, name);
    });

    test('encodes a payload of the limit and refuses one a byte longer', () => {
      const framing = framingByName(name, { maxFrameBytes: 10 });
      framing.encode(Buffer.alloc(10, 'a'));
      assert.throws(() => framing.encode(Buffer.alloc(11, 'a')), {
        code: 'FRAME_TOO_LONG',
        details: { limit: 10, length: 11 },
      });
    });

    test('gives back each payload that it encoded', () => {
      fc.assert(
        fc.property(fc.array(nastyBytes, { maxLength: 6 }), (payloads) => {
          const frames: string[] = [];
          const sent: string[] = [];
          const framing = framingByName(name);
          const decoder = framing.decoder((frame) =>
            frames.push(Buffer.from(frame).toString('latin1')),
          );
          for (const payload of payloads) {
            if (name === 'line' && (payload.includes(10) || payload.at(-1) === 13)) continue;
            if (name === 'chunk' && payload.length === 0) continue;
            sent.push(Buffer.from(payload).toString('latin1'));
            decoder.push(framing.encode(payload));
          }
          decoder.end();
          assert.deepEqual(frames, sent);
        }),
      );
    });

    test('is closed after its end: bytes are refused, another end does nothing', () => {
      const decoder = framingByName(name).decoder(() => {});
      decoder.end();
      decoder.end();
      assert.throws(() => decoder.push(Buffer.from('a\n')), hasCode('DECODER_CLOSED'));
    });

    test('is closed after its sink threw', () => {
      const decoder = framingByName(name).decoder(() => {
        throw new RangeError('no');
      });
      assert.throws(() => decoder.push(Buffer.from('\0\0\0\x01\n')), RangeError);
      assert.throws(() => decoder.push(Buffer.from('a')), hasCode('DECODER_CLOSED'));
      decoder.end();
    });

    test('refuses bytes pushed by its sink', () => {
      const decoder = framingByName(name).decoder(() => decoder.push(Buffer.from('again\n')));
      assert.throws(() => decoder.push(Buffer.from('\0\0\0\x01\n')), hasCode('DECODER_CLOSED'));
    });
  });
}

for (const framing of [
  line({ maxFrameBytes: 8 }),
  line({ maxFrameBytes: 8, requireTerminator: true }),
  length({ maxFrameBytes: 8 }),
  line(),
  length(),
]) {
  test(`the ${framing.name} framing of limit ${framing.maxFrameBytes} gives the same frames and the same error however the stream is cut`, () => {
    fc.assert(
      fc.property(nastyBytes, cuts, (stream, sizes) => {
        const [whole, ...others] = cutEveryWay(stream, sizes).map((chunks) =>
          decode(framing, chunks),
        );
        for (const other of others) assert.deepEqual(other, whole);
      }),
      { numRuns: 1000 },
    );
  });

  test(`the ${framing.name} framing of limit ${framing.maxFrameBytes} gives back what it wrote however the stream is cut`, () => {
    const payload = fc
      .uint8Array({ maxLength: 8 })
      .filter((bytes) => framing.name !== 'line' || (!bytes.includes(10) && bytes.at(-1) !== 13));
    fc.assert(
      fc.property(fc.array(payload), cuts, (payloads, sizes) => {
        const stream = Buffer.concat(payloads.map((each) => framing.encode(each)));
        const frames = payloads.map((each) => Buffer.from(each).toString('latin1'));
        for (const chunks of cutEveryWay(stream, sizes)) {
          assert.deepEqual(decode(framing, chunks), { frames, error: undefined });
        }
      }),
    );
  });
}

test('chunk gives the same bytes however the stream is cut, in pieces no longer than the limit', () => {
  fc.assert(
    fc.property(nastyBytes, cuts, (stream, sizes) => {
      for (const chunks of cutEveryWay(stream, sizes)) {
        const { frames, error } = decode(chunk({ maxFrameBytes: 4 }), chunks);
        assert.equal(error, undefined);
        assert.equal(frames.join(''), Buffer.from(stream).toString('latin1'));
        assert.ok(frames.every((frame) => frame.length >= 1 && frame.length <= 4));
      }
    }),
  );
});

test('chunk hands over the very chunk that came', () => {
  const bytes = Buffer.from('salut');
  chunk()
    .decoder((frame) => assert.equal(frame, bytes))
    .push(bytes);
});

test('datagram hands over each message as it came, an empty one too', () => {
  const messages = [Buffer.from('salut'), Buffer.alloc(0), Buffer.from('\n\r\n')];
  const received: Uint8Array[] = [];
  const decoder = datagram().decoder((frame) => received.push(frame));
  for (const message of messages) decoder.push(message);
  decoder.end();
  assert.equal(received.length, 3);
  for (const [index, message] of messages.entries()) assert.equal(received[index], message);
});

test('datagram refuses a message over the limit', () => {
  const decoder = datagram({ maxFrameBytes: 3 }).decoder(() => {});
  decoder.push(Buffer.alloc(3));
  assert.throws(() => decoder.push(Buffer.alloc(4)), {
    code: 'FRAME_TOO_LONG',
    details: { limit: 3, length: 4 },
  });
});

test('a framing is found by its name and by no other', () => {
  for (const name of ['Line', '', 'toString', '__proto__']) {
    assert.equal(isFramingName(name), false);
    assert.throws(() => framingByName(name), hasCode('UNKNOWN_FRAMING'));
  }
  assert.deepEqual(framingNames.filter(isFramingName), ['chunk', 'line', 'length', 'datagram']);
});

test('an option for lines reaches the line framing through its name', () => {
  const decoder = framingByName('line', { requireTerminator: true }).decoder(() => {});
  decoder.push(Buffer.from('a'));
  assert.throws(() => decoder.end(), hasCode('FRAME_TRUNCATED'));
});
