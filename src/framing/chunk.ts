import { GuardedDecoder } from './decoder.ts';
import type { Framing, FrameSink, FramingOptions } from './framing.ts';
import { checkPayloadLength, resolveMaxFrameBytes } from './limit.ts';

/**
 * No framing: every chunk that arrives is handed over as it came, which is what a bare TCP socket
 * gives. Where one chunk ends says nothing about where the sender's message ended, so a chunk longer
 * than the limit is no error: it is handed over in pieces.
 *
 * @throws {FramingError} `INVALID_FRAME_LIMIT`.
 * @example
 * ```ts
 * import { chunk } from 'guichet/framing';
 * const frames: string[] = [];
 * const decoder = chunk().decoder((frame) => frames.push(Buffer.from(frame).toString()));
 * decoder.push(Buffer.from('Bonjour')); // two messages sent, one chunk received
 * decoder.push(Buffer.from('Comment va ?Bi'));
 * decoder.end();
 * if (frames.join('|') !== 'Bonjour|Comment va ?Bi') throw new Error(frames.join('|'));
 * ```
 */
export function chunk(options: FramingOptions = {}): Framing {
  const maxFrameBytes = resolveMaxFrameBytes(options);
  return {
    name: 'chunk',
    maxFrameBytes,
    decoder: (sink) => new ChunkDecoder(sink, maxFrameBytes),
    encode(payload) {
      checkPayloadLength(payload, maxFrameBytes);
      return payload;
    },
  };
}

class ChunkDecoder extends GuardedDecoder {
  readonly pendingBytes = 0;
  readonly #sink: FrameSink;
  readonly #limit: number;

  constructor(sink: FrameSink, limit: number) {
    super();
    this.#sink = sink;
    this.#limit = limit;
  }

  protected override accept(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (bytes.length <= this.#limit) {
      this.#sink(bytes, 0);
      return;
    }
    for (let start = 0; start < bytes.length; start += this.#limit) {
      this.#sink(bytes.subarray(start, start + this.#limit), 0);
    }
  }

  protected override finish(): void {
    // Nothing is ever held back.
  }
}
