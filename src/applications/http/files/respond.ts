import { HttpError } from '../errors.ts';
import type { ByteSource, HttpContent, HttpRequest, HttpResponse } from '../handler.ts';
import { allowsRange, judgeConditions } from './conditions.ts';
import { replaceFields } from './header-rules.ts';
import { multipartOf } from './multipart.ts';
import { parseRange } from './ranges.ts';
import { notModified } from './representation.ts';
import type { Representation } from './representation.ts';

/** The bytes of a representation; exactly one of these is called, once. */
export interface Body {
  /** The response that carries all of it. */
  whole(): HttpResponse;
  /** Some of it. */
  part(start: number, length: number): HttpContent;
  /** For several parts of it. */
  source(): ByteSource;
  /** None of it. */
  leave(): void;
}

/** Bytes in memory as something to read from. */
class BytesSource implements ByteSource {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    const piece = this.#bytes.subarray(position, position + buffer.length);
    buffer.set(piece);
    return piece.length;
  }

  close(): void {
    // Memory is given back by nobody holding it.
  }
}

/** The answer to a condition that settles it without any content, or `undefined`. */
export function settleConditions(
  request: HttpRequest,
  representation: Representation,
): HttpResponse | undefined {
  const verdict = judgeConditions(request.headers, representation);
  if (verdict === 'failed') {
    throw new HttpError('PRECONDITION_FAILED', 'it is no longer what the request says it must be');
  }
  return verdict === 'unchanged' ? notModified(representation) : undefined;
}

/** Answers with a representation, or with the ranges of it that were asked for. */
function respondInRanges(
  request: HttpRequest,
  representation: Representation,
  body: Body,
  maxRanges: number,
): HttpResponse {
  const { size, contentType, fields } = representation;
  // Range means something for GET alone (RFC 9110, section 14.2).
  const range = request.method === 'GET' ? request.headers.get('range') : undefined;
  if (range === undefined || size === undefined) return body.whole();
  if (!allowsRange(request.headers, representation)) return body.whole();
  const ranges = parseRange(range, size, maxRanges);
  if (ranges === 'none') return body.whole();
  if (ranges === 'unsatisfiable') {
    body.leave();
    throw new HttpError('RANGE_NOT_SATISFIABLE', `there are ${size} bytes`, {
      headers: [['Content-Range', `bytes */${size}`]],
    });
  }
  const [first, ...others] = ranges;
  if (first === undefined) return body.whole();
  if (others.length === 0) {
    return {
      status: 206,
      headers: [...fields, ['Content-Range', `bytes ${first.first}-${first.last}/${size}`]],
      content: body.part(first.first, first.last - first.first + 1),
    };
  }
  const multipart = multipartOf(body.source(), ranges, size, contentType);
  return {
    status: 206,
    headers: replaceFields(fields, [['Content-Type', multipart.contentType]]),
    content: multipart.content,
  };
}

/**
 * Answers GET or HEAD with a representation as its conditions and Range ask (RFC 9110, section 13.2.2).
 *
 * @throws {HttpError} PRECONDITION_FAILED and RANGE_NOT_SATISFIABLE; `body` has been left then.
 */
export function respondWith(
  request: HttpRequest,
  representation: Representation,
  body: Body,
  maxRanges: number,
): HttpResponse {
  let settled: HttpResponse | undefined;
  try {
    settled = settleConditions(request, representation);
  } catch (error) {
    body.leave();
    throw error;
  }
  if (settled === undefined) return respondInRanges(request, representation, body, maxRanges);
  body.leave();
  return settled;
}

/** A body in memory, and the response that carries all of it. */
export function bodyOf(bytes: Uint8Array, whole: HttpResponse): Body {
  return {
    whole: () => whole,
    part: (start, length) => bytes.subarray(start, start + length),
    source: () => new BytesSource(bytes),
    leave: () => undefined,
  };
}
