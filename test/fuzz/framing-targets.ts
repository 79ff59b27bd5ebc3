import assert from 'node:assert/strict';
import { chunk, FramingError, length, line } from '../../src/framing/index.ts';
import type { Framing } from '../../src/framing/index.ts';
import { maxInputBytes } from './mutate.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** What a decoder must give, worked out from the whole stream at once. */
interface Expectation {
  readonly frames: readonly Uint8Array[];
  readonly error: string | undefined;
}

/** An input is a byte that chooses the limit, one for the options, two for the cuts, and the stream. */
const headLength = 4;
const limits = [1, 2, 7, 8, 64, 255, 256, 1000, 65_536, 1_048_576] as const;

const nothing = new Uint8Array(0);

/** Every chunk is pushed from here, so that a decoder that keeps a view of one reads another. */
const chunkMemory = new Uint8Array(maxInputBytes + 3);

function readHead(bytes: Uint8Array) {
  const [limit = 0, option = 0, high = 0, low = 0] = bytes;
  return {
    maxFrameBytes: limits[limit % limits.length] ?? 1,
    option,
    cuts: new Random(high * 256 + low),
    stream: bytes.subarray(headLength),
  };
}

/** Decodes the stream in chunks of random lengths, each wiped afterwards, and compares. */
function checkDecoder(
  framing: Framing,
  stream: Uint8Array,
  cuts: Random,
  mostPending: number,
  expectation: Expectation,
): void {
  const frames: Uint8Array[] = [];
  const decoder = framing.decoder((frame) => frames.push(frame.slice()));
  const longest = cuts.pick([1, 2, 3, 16, 256, maxInputBytes]);
  let error: string | undefined;
  try {
    for (let start = 0; start < stream.length;) {
      const end = Math.min(stream.length, start + cuts.below(longest + 1));
      const piece = new Uint8Array(chunkMemory.buffer, 3, end - start);
      for (let index = start; index < end; index += 1) piece[index - start] = stream[index] ?? 0;
      decoder.push(piece);
      piece.fill(0x0a);
      const { pendingBytes } = decoder;
      if (pendingBytes > mostPending) assert.fail(`${pendingBytes} bytes pending`);
      start = end;
    }
    decoder.end();
  } catch (thrown) {
    if (!(thrown instanceof FramingError)) throw thrown;
    error = thrown.code;
  }
  assert.equal(error, expectation.error);
  assert.equal(frames.length, expectation.frames.length);
  for (const [index, frame] of expectation.frames.entries()) {
    if (Buffer.compare(frame, frames[index] ?? nothing) !== 0)
      assert.fail(`frame ${index} differs`);
  }
}

function expectLines(stream: Uint8Array, limit: number, requireTerminator: boolean): Expectation {
  const frames: Uint8Array[] = [];
  for (let start = 0; start < stream.length;) {
    const feed = stream.indexOf(10, start);
    const end = feed === -1 ? stream.length : feed;
    const payload = stream.subarray(start, end > start && stream[end - 1] === 13 ? end - 1 : end);
    if (payload.length > limit) return { frames, error: 'FRAME_TOO_LONG' };
    if (feed === -1 && requireTerminator) return { frames, error: 'FRAME_TRUNCATED' };
    frames.push(payload);
    start = end + 1;
  }
  return { frames, error: undefined };
}

function expectLengths(stream: Uint8Array, limit: number): Expectation {
  const frames: Uint8Array[] = [];
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
  for (let start = 0; start < stream.length;) {
    if (stream.length - start < 4) return { frames, error: 'FRAME_TRUNCATED' };
    const declared = view.getUint32(start);
    if (declared > limit) return { frames, error: 'FRAME_TOO_LONG' };
    if (stream.length - start < 4 + declared) return { frames, error: 'FRAME_TRUNCATED' };
    frames.push(stream.subarray(start + 4, start + 4 + declared));
    start += 4 + declared;
  }
  return { frames, error: undefined };
}

function createSeeds(streams: readonly string[]): Uint8Array[] {
  return streams.flatMap((stream, index) => [
    Buffer.from(`\x08\0\0${String.fromCodePoint(index)}${stream}`, 'latin1'),
    Buffer.from(`\x02\x01\x07${String.fromCodePoint(index)}${stream}`, 'latin1'),
  ]);
}

const lineTarget: FuzzTarget = {
  name: 'line',
  seeds: createSeeds([
    'bonjour\r\nquit\n',
    'a\n\n\r\n\rb\r\r\nc',
    `${'x'.repeat(255)}\r\n`,
    '1234567\r',
  ]),
  tokens: ['\n', '\r\n', '\r', '\r\r\n', '1234567'].map((token) => Buffer.from(token)),
  run(bytes) {
    const { maxFrameBytes, option, cuts, stream } = readHead(bytes);
    const requireTerminator = option % 2 === 1;
    checkDecoder(
      line({ maxFrameBytes, requireTerminator }),
      stream,
      cuts,
      maxFrameBytes + 1,
      expectLines(stream, maxFrameBytes, requireTerminator),
    );
  },
};

const lengthTarget: FuzzTarget = {
  name: 'length',
  seeds: createSeeds([
    '\0\0\0\x05salut\0\0\0\0\0\0\0\x01!',
    `\0\0\x01\0${'y'.repeat(256)}\0\0\0\x02ok`,
    '\xff\xff\xff\xff',
    '\0\x10\0\0partial',
  ]),
  tokens: ['\0\0\0\0', '\0\0\0\x01z', '\0\0\0'].map((token) => Buffer.from(token)),
  run(bytes) {
    const { maxFrameBytes, cuts, stream } = readHead(bytes);
    checkDecoder(
      length({ maxFrameBytes }),
      stream,
      cuts,
      maxFrameBytes + 4,
      expectLengths(stream, maxFrameBytes),
    );
  },
};

const chunkTarget: FuzzTarget = {
  name: 'chunk',
  seeds: createSeeds(['bonjour', 'z'.repeat(300)]),
  run(bytes) {
    const { maxFrameBytes, cuts, stream } = readHead(bytes);
    const received: Uint8Array[] = [];
    const decoder = chunk({ maxFrameBytes }).decoder((frame) => {
      assert.ok(frame.length >= 1 && frame.length <= maxFrameBytes);
      received.push(frame);
    });
    for (let start = 0; start < stream.length;) {
      const end = start + cuts.below(300);
      decoder.push(stream.subarray(start, end));
      start = end;
    }
    decoder.end();
    assert.equal(Buffer.compare(Buffer.concat(received), stream), 0);
  },
};

/** The decoders of the framing layer, against what the whole stream says. */
export const framingTargets: readonly FuzzTarget[] = [lineTarget, lengthTarget, chunkTarget];
