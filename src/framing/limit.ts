import { defaultMaxFrameBytes, FramingError } from './framing.ts';
import type { FramingOptions } from './framing.ts';

/** What a 4-byte length can declare; the other framings share the bound, so that all take the same options. */
const greatestLimit = 0xffff_ffff;

/** The limit that the options ask for, in bytes. Throws `INVALID_FRAME_LIMIT`. */
export function resolveMaxFrameBytes(options: FramingOptions): number {
  const limit = options.maxFrameBytes ?? defaultMaxFrameBytes;
  if (!Number.isInteger(limit) || limit < 1 || limit > greatestLimit) {
    throw new FramingError(
      'INVALID_FRAME_LIMIT',
      `maxFrameBytes is ${limit}: give a whole number of bytes from 1 to ${greatestLimit}`,
      { details: { limit } },
    );
  }
  return limit;
}

/** Throws `FRAME_TOO_LONG` for a payload that is over the limit and was about to be encoded. */
export function checkPayloadLength(payload: Uint8Array, limit: number): void {
  if (payload.length > limit) {
    throw new FramingError(
      'FRAME_TOO_LONG',
      `The payload has ${payload.length} bytes and the limit is ${limit}: send less or raise maxFrameBytes`,
      { details: { limit, length: payload.length } },
    );
  }
}
