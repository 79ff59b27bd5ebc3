import { GuardedDecoder } from './decoder.ts';
import { FramingError } from './framing.ts';
import type { Framing, FrameSink, FramingOptions } from './framing.ts';
import { checkPayloadLength, resolveMaxFrameBytes } from './limit.ts';

/**
 * The message is the frame, an empty one included: for transports that keep messages apart
 * themselves, UDP and WebSocket. Each push is one message.
 *
 * @throws {FramingError} `INVALID_FRAME_LIMIT`.
 * @example
 * ```ts
 * import { datagram } from 'guichet/framing';
 * const lengths: number[] = [];
 * const decoder = datagram({ maxFrameBytes: 512 }).decoder((frame) => lengths.push(frame.length));
 * decoder.push(Uint8Array.of(192, 168, 0, 1));
 * decoder.push(new Uint8Array(0));
 * decoder.end();
 * if (lengths.join() !== '4,0') throw new Error(lengths.join());
 * ```
 */
export function datagram(options: FramingOptions = {}): Framing {
  const maxFrameBytes = resolveMaxFrameBytes(options);
  return {
    name: 'datagram',
    maxFrameBytes,
    decoder: (sink) => new DatagramDecoder(sink, maxFrameBytes),
    encode(payload) {
      checkPayloadLength(payload, maxFrameBytes);
      return payload;
    },
  };
}

class DatagramDecoder extends GuardedDecoder {
  readonly pendingBytes = 0;
  readonly #sink: FrameSink;
  readonly #limit: number;

  constructor(sink: FrameSink, limit: number) {
    super();
    this.#sink = sink;
    this.#limit = limit;
  }

  protected override accept(message: Uint8Array): void {
    if (message.length > this.#limit) {
      throw new FramingError(
        'FRAME_TOO_LONG',
        `A message of ${message.length} bytes arrived and the limit is ${this.#limit}: send less or raise maxFrameBytes`,
        { details: { limit: this.#limit, length: message.length } },
      );
    }
    this.#sink(message, 0);
  }

  protected override finish(): void {
    // Every message was whole when it came.
  }
}
