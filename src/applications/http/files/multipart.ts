import { randomBytes } from 'node:crypto';
import type { ByteSource, SourceContent } from '../handler.ts';
import type { ByteRange } from './ranges.ts';

/** A stretch of the content: bytes made here, or a range of the file. */
interface Stretch {
  /** Where it begins in the content. */
  readonly start: number;
  readonly length: number;
  readonly bytes?: Uint8Array;
  /** Where it begins in the file. */
  readonly first?: number;
}

/** Several ranges of a source as one content, part heads in between, read at any position. */
class MultipartSource implements ByteSource {
  readonly #source: ByteSource;
  readonly #stretches: readonly Stretch[];

  constructor(source: ByteSource, stretches: readonly Stretch[]) {
    this.#source = source;
    this.#stretches = stretches;
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    const stretch = this.#stretches.find(
      ({ start, length }) => position >= start && position < start + length,
    );
    if (stretch === undefined) return 0;
    const offset = position - stretch.start;
    const length = Math.min(buffer.length, stretch.length - offset);
    if (stretch.bytes !== undefined) {
      buffer.set(stretch.bytes.subarray(offset, offset + length));
      return length;
    }
    return this.#source.read(buffer.subarray(0, length), (stretch.first ?? 0) + offset);
  }

  close(): void {
    this.#source.close();
  }
}

/** A content of `multipart/byteranges`, and the type that tells its boundary. */
export interface Multipart {
  readonly contentType: string;
  readonly content: SourceContent;
}

/**
 * Several ranges as `multipart/byteranges` (RFC 9110, section 14.6), of a length known beforehand.
 *
 * @param size bytes of the whole representation.
 * @param contentType of the representation.
 */
export function multipartOf(
  source: ByteSource,
  ranges: readonly ByteRange[],
  size: number,
  contentType: string,
): Multipart {
  // 128 random bits: no content can have been made to hold it.
  const boundary = randomBytes(16).toString('hex');
  const stretches: Stretch[] = [];
  let end = 0;
  const add = (length: number, rest: Pick<Stretch, 'bytes' | 'first'>): void => {
    stretches.push({ start: end, length, ...rest });
    end += length;
  };
  const addText = (text: string): void => {
    const bytes = Buffer.from(text, 'latin1');
    add(bytes.length, { bytes });
  };
  for (const [index, { first, last }] of ranges.entries()) {
    addText(
      `${index === 0 ? '' : '\r\n'}--${boundary}\r\n` +
        `Content-Type: ${contentType}\r\n` +
        `Content-Range: bytes ${first}-${last}/${size}\r\n\r\n`,
    );
    add(last - first + 1, { first });
  }
  addText(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/byteranges; boundary=${boundary}`,
    content: { source: new MultipartSource(source, stretches), start: 0, length: end },
  };
}
