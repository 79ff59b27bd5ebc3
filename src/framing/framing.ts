import { GuichetError } from '../errors.ts';

/** Why a stream of bytes could not be cut into frames, or a payload not be made one. */
export type FramingErrorCode =
  /** A frame is, or declares itself, longer than the limit. */
  | 'FRAME_TOO_LONG'
  /** The stream ended inside a frame. */
  | 'FRAME_TRUNCATED'
  /** A payload that this framing cannot carry, such as a line feed inside a line. */
  | 'FRAME_UNENCODABLE'
  /** Bytes were pushed to a decoder that had failed, had ended, or was still busy with others. */
  | 'DECODER_CLOSED'
  /** A `maxFrameBytes` that is not a whole number from 1 to 4,294,967,295. */
  | 'INVALID_FRAME_LIMIT'
  /** A name that no framing has. */
  | 'UNKNOWN_FRAMING';

/** What a framing throws; `details` carries `limit` and `length` (bytes) where they are known. */
export class FramingError extends GuichetError<FramingErrorCode> {}

/**
 * Receives one frame, without header or terminator. The bytes are either a view of the chunk that was
 * pushed, and then live as long as that chunk does, or memory that the decoder has given away.
 * `overhead` is how many bytes of the stream went to the frame's header or terminator.
 */
export type FrameSink = (frame: Uint8Array, overhead: number) => void;

/**
 * Receives one frame of ASCII alone as that part of a text which begins at `start` and ends before `end`;
 * each character was a byte. `overhead` is as {@link FrameSink} has it.
 */
export type TextSink = (text: string, start: number, end: number, overhead: number) => void;

/**
 * Cuts one direction of one connection into frames. Pure: bytes in, frames out, no sockets. Linear in
 * the bytes received however they are cut, and the frames are the same however they are cut (`chunk`
 * alone promises only the same bytes). What it holds of an unfinished frame is its own copy, at most
 * twice the bytes received plus 64.
 *
 * Once it has thrown, be it its own error or the sink's, it is of no further use.
 */
export interface FrameDecoder {
  /**
   * Takes the next chunk and hands every frame it completes to the sink, in order, before it returns.
   * It keeps no reference to the chunk: that may be reused as soon as nobody needs the frames that
   * are views of it. The sink must not push.
   * @throws {FramingError} `FRAME_TOO_LONG` as soon as that is certain and before memory is taken for
   * the frame, with the frames before it delivered; `DECODER_CLOSED` after a failure or `end()`.
   */
  push(chunk: Uint8Array): void;
  /**
   * The stream is over: hands over the last frame where the framing lets one end there. Does nothing
   * after a failure or an earlier `end()`.
   * @throws {FramingError} `FRAME_TRUNCATED` when the stream ended inside a frame.
   */
  end(): void;
  /** Bytes received, headers included, that no frame has yet been made of. */
  readonly pendingBytes: number;
}

/** The options every framing takes. */
export interface FramingOptions {
  /** The longest payload of a frame, in bytes, from 1 to 4,294,967,295. Default 1,048,576 (1 MiB). */
  readonly maxFrameBytes?: number;
}

/** The default of {@link FramingOptions.maxFrameBytes}: 1 MiB. */
export const defaultMaxFrameBytes: number = 1_048_576;

/** Where one message ends: how to cut a stream into frames, and how to write one. */
export interface Framing {
  /** As it stands in an endpoint's `?framing=`: `chunk`, `line`, `length`, `datagram`. */
  readonly name: string;
  readonly maxFrameBytes: number;
  /**
   * @param textSink may be given short frames of ASCII in place of `sink`: many are made text together, at
   *   a fifth of what one by one would cost.
   */
  decoder(sink: FrameSink, textSink?: TextSink): FrameDecoder;
  /**
   * The bytes of one frame, header and all; the payload itself where the framing adds nothing to it.
   * @throws {FramingError} `FRAME_TOO_LONG` when the payload is over the limit, `FRAME_UNENCODABLE`
   * when this framing cannot carry it.
   */
  encode(payload: Uint8Array): Uint8Array;
}
