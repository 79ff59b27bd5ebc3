import { GuichetError } from '../errors.ts';

/** Why a stream of bytes could not be cut into frames. */
export type FramingErrorCode =
  /** A frame is, or declares itself, longer than the limit. */
  | 'FRAME_TOO_LONG'
  /** The stream ended inside a frame. */
  | 'FRAME_TRUNCATED'
  /** A payload that this framing cannot carry, such as a line feed inside a line. */
  | 'FRAME_UNENCODABLE';

/** What a framing throws; `details` carries `limit` and `length` where they are known. */
export class FramingError extends GuichetError<FramingErrorCode> {}

/** Receives one frame; the bytes may be a view of the chunk that was pushed. */
export type FrameSink = (frame: Uint8Array) => void;

/**
 * Cuts one direction of one connection into frames. Pure: bytes in, frames out, no sockets. Linear in
 * the bytes received however they are cut. After it throws it is of no further use.
 */
export interface FrameDecoder {
  /**
   * Takes the next chunk and hands every frame it completes to the sink, in order. The decoder may
   * keep a view of the chunk until the frame it begins is complete, so the chunk must not be reused.
   * @throws {FramingError} `FRAME_TOO_LONG`, before memory is taken for the frame.
   */
  push(chunk: Uint8Array): void;
  /**
   * The stream is over: hands over the last frame where the framing lets one end there.
   * @throws {FramingError} `FRAME_TRUNCATED` when it does not.
   */
  end(): void;
  /** Bytes received that no frame has yet been made of. */
  readonly pendingBytes: number;
}

/** The options every framing takes. */
export interface FramingOptions {
  /** The longest payload of a frame, in bytes. Default 1,048,576 (1 MiB). */
  readonly maxFrameBytes?: number;
}

/** The default of {@link FramingOptions.maxFrameBytes}: 1 MiB. */
export const defaultMaxFrameBytes: number = 1_048_576;

/** Where one message ends: how to cut a stream into frames, and how to write one. */
export interface Framing {
  /** As it stands in an endpoint's `?framing=`: `chunk`, `line`, `length`, `datagram`. */
  readonly name: string;
  readonly maxFrameBytes: number;
  decoder(sink: FrameSink): FrameDecoder;
  /**
   * The bytes of one frame, header and all.
   * @throws {FramingError} when the payload is too long or cannot be carried.
   */
  encode(payload: Uint8Array): Uint8Array;
}
