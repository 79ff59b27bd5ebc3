import { Buffer } from 'node:buffer';
import { GuardedDecoder } from './decoder.ts';
import { FramingError } from './framing.ts';
import type { Framing, FrameSink, FramingOptions } from './framing.ts';
import { checkPayloadLength, resolveMaxFrameBytes } from './limit.ts';
import { PendingBytes } from './pending.ts';

const headerLength = 4;

/**
 * Every frame is its payload's length, as 4 bytes with the most significant first, then the payload:
 * what `struct.pack('>I', len(payload)) + payload` writes in Python. Any bytes can be carried.
 *
 * A length over the limit is refused when its header has been read; memory is taken as the payload
 * arrives, never on the header's word.
 *
 * @throws {FramingError} `INVALID_FRAME_LIMIT`.
 * @example
 * ```ts
 * import { length } from 'guichet/framing';
 * const framing = length();
 * const frame = framing.encode(Buffer.from('salut'));
 * if (Buffer.from(frame).toString('hex') !== '0000000573616c7574') throw new Error('header');
 *
 * const payloads: string[] = [];
 * const decoder = framing.decoder((payload) => payloads.push(Buffer.from(payload).toString()));
 * decoder.push(frame.subarray(0, 6));
 * decoder.push(frame.subarray(6));
 * decoder.end();
 * if (payloads.join('|') !== 'salut') throw new Error(payloads.join('|'));
 * ```
 */
export function length(options: FramingOptions = {}): Framing {
  const maxFrameBytes = resolveMaxFrameBytes(options);
  return {
    name: 'length',
    maxFrameBytes,
    decoder: (sink) => new LengthDecoder(sink, maxFrameBytes),
    encode(payload) {
      checkPayloadLength(payload, maxFrameBytes);
      const frame = Buffer.allocUnsafe(headerLength + payload.length);
      frame.writeUInt32BE(payload.length, 0);
      frame.set(payload, headerLength);
      return frame;
    },
  };
}

class LengthDecoder extends GuardedDecoder {
  readonly #sink: FrameSink;
  readonly #limit: number;
  readonly #payload = new PendingBytes();
  /** Bytes of the unfinished frame's header that have been read, and the number they make so far. */
  #headerBytes = 0;
  #declared = 0;

  constructor(sink: FrameSink, limit: number) {
    super();
    this.#sink = sink;
    this.#limit = limit;
  }

  get pendingBytes(): number {
    return this.#headerBytes + this.#payload.length;
  }

  protected override accept(chunk: Uint8Array): void {
    let start = this.#headerBytes === 0 ? 0 : this.#continueFrame(chunk);
    const { buffer, byteOffset } = chunk;
    while (chunk.length - start >= headerLength) {
      const declared = readLength(chunk, start);
      if (declared > this.#limit) this.#refuse(declared);
      const end = start + headerLength + declared;
      if (end > chunk.length) break;
      this.#sink(new Uint8Array(buffer, byteOffset + start + headerLength, declared), headerLength);
      start = end;
    }
    if (start < chunk.length) {
      start = this.#readHeader(chunk, start);
      this.#payload.append(chunk, start, chunk.length, this.#declared);
    }
  }

  protected override finish(): void {
    if (this.#headerBytes === 0) return;
    const received = this.#payload.length;
    this.#payload.clear();
    throw this.#headerBytes < headerLength
      ? new FramingError(
          'FRAME_TRUNCATED',
          `The stream ended ${this.#headerBytes} bytes into a header of ${headerLength}: send each frame whole`,
        )
      : new FramingError(
          'FRAME_TRUNCATED',
          `The stream ended after ${received} bytes of a frame of ${this.#declared}: send each frame whole`,
          { details: { length: this.#declared, received } },
        );
  }

  /** Goes on with the frame that earlier chunks began; the result is where the next frame starts. */
  #continueFrame(chunk: Uint8Array): number {
    const start = this.#readHeader(chunk, 0);
    if (this.#headerBytes < headerLength) return start;
    const end = start + this.#declared - this.#payload.length;
    if (end > chunk.length) {
      this.#payload.append(chunk, start, chunk.length, this.#declared);
      return chunk.length;
    }
    const payload =
      this.#payload.length === 0
        ? new Uint8Array(chunk.buffer, chunk.byteOffset + start, this.#declared)
        : this.#payload.take(chunk, start, end);
    this.#headerBytes = 0;
    this.#declared = 0;
    this.#sink(payload, headerLength);
    return end;
  }

  /** Reads what is there of a header, if it is not complete; the result is where the payload starts. */
  #readHeader(chunk: Uint8Array, start: number): number {
    let offset = start;
    while (this.#headerBytes < headerLength && offset < chunk.length) {
      this.#declared = this.#declared * 256 + (chunk[offset] ?? 0);
      this.#headerBytes += 1;
      offset += 1;
    }
    if (this.#headerBytes === headerLength && this.#declared > this.#limit) {
      this.#refuse(this.#declared);
    }
    return offset;
  }

  #refuse(declared: number): never {
    this.#headerBytes = 0;
    this.#payload.clear();
    throw new FramingError(
      'FRAME_TOO_LONG',
      `A frame declares ${declared} bytes and the limit is ${this.#limit}: send less or raise maxFrameBytes`,
      { details: { limit: this.#limit, length: declared } },
    );
  }
}

/** A big-endian unsigned 32-bit number, without the DataView that would cost an object a chunk. */
function readLength(bytes: Uint8Array, start: number): number {
  const high = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0);
  const low = ((bytes[start + 2] ?? 0) << 8) | (bytes[start + 3] ?? 0);
  return high * 0x1_0000 + low;
}
