import { Buffer } from 'node:buffer';
import { GuardedDecoder } from './decoder.ts';
import { FramingError } from './framing.ts';
import type { Framing, FrameSink, FramingOptions, TextSink } from './framing.ts';
import { checkPayloadLength, resolveMaxFrameBytes } from './limit.ts';
import { PendingBytes } from './pending.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The options of {@link line}. */
export interface LineOptions extends FramingOptions {
  /**
   * Whether a last line that the stream ends without a line feed is an error (`FRAME_TRUNCATED`)
   * rather than a line. Default false: `printf bonjour | nc` and most student programs end so.
   */
  readonly requireTerminator?: boolean;
}

/**
 * One frame a line: it ends at LF or at the end of the stream, and one CR just before that end is
 * dropped, as telnet sends it. Lines are bytes here, in any encoding in which LF is the byte 10.
 *
 * Written as payload and LF. A payload that holds an LF or ends in CR is refused with
 * `FRAME_UNENCODABLE`, since the other side would read two lines, or one without its CR.
 *
 * @throws {FramingError} `INVALID_FRAME_LIMIT`.
 * @example
 * ```ts
 * import { line } from 'guichet/framing';
 * const lines: string[] = [];
 * const decoder = line().decoder((frame) => lines.push(Buffer.from(frame).toString()));
 * decoder.push(Buffer.from('2 + 2\r\n3 '));
 * decoder.push(Buffer.from('* 7\nquit'));
 * decoder.end();
 * if (lines.join('|') !== '2 + 2|3 * 7|quit') throw new Error(lines.join('|'));
 * ```
 */
export function line(options: LineOptions = {}): Framing {
  const maxFrameBytes = resolveMaxFrameBytes(options);
  const requireTerminator = options.requireTerminator ?? false;
  return {
    name: 'line',
    maxFrameBytes,
    decoder: (sink, textSink) => new LineDecoder(sink, textSink, maxFrameBytes, requireTerminator),
    encode: (payload) => encodeLine(payload, maxFrameBytes),
  };
}

function encodeLine(payload: Uint8Array, limit: number): Uint8Array {
  checkPayloadLength(payload, limit);
  const feed = findLineFeed(payload, 0);
  if (feed !== -1) {
    throw new FramingError(
      'FRAME_UNENCODABLE',
      `The payload has a line feed at byte ${feed}: send each line on its own or choose the length framing`,
      { details: { offset: feed } },
    );
  }
  if (payload.at(-1) === carriageReturn) {
    throw new FramingError(
      'FRAME_UNENCODABLE',
      'The payload ends in a carriage return, which the receiver would drop: remove it or choose the length framing',
      { details: { offset: payload.length - 1 } },
    );
  }
  const frame = Buffer.allocUnsafe(payload.length + 1);
  frame.set(payload, 0);
  frame[payload.length] = lineFeed;
  return frame;
}

/** A longer line is handed over as bytes: it costs more to read than to make text of. */
const longestText = 1_024;

class LineDecoder extends GuardedDecoder {
  readonly #sink: FrameSink;
  readonly #textSink: TextSink | undefined;
  readonly #limit: number;
  readonly #requireTerminator: boolean;
  readonly #pending = new PendingBytes();

  constructor(
    sink: FrameSink,
    textSink: TextSink | undefined,
    limit: number,
    requireTerminator: boolean,
  ) {
    super();
    this.#sink = sink;
    this.#textSink = textSink;
    this.#limit = limit;
    this.#requireTerminator = requireTerminator;
  }

  get pendingBytes(): number {
    return this.#pending.length;
  }

  protected override accept(chunk: Uint8Array): void {
    let start = 0;
    let feed = findLineFeed(chunk, 0);
    if (feed !== -1 && this.#pending.length > 0) {
      this.#deliverPending(chunk, feed, 1);
      start = feed + 1;
      feed = findLineFeed(chunk, start);
    }
    const text = feed === -1 || this.#textSink === undefined ? undefined : readAscii(chunk);
    const { buffer, byteOffset } = chunk;
    while (feed !== -1) {
      const end = feed > start && chunk[feed - 1] === carriageReturn ? feed - 1 : feed;
      const length = end - start;
      if (length > this.#limit) this.#refuse();
      if (text !== undefined && length <= longestText) {
        this.#textSink?.(text, start, end, feed + 1 - end);
      } else {
        this.#sink(new Uint8Array(buffer, byteOffset + start, length), feed + 1 - end);
      }
      start = feed + 1;
      feed = text === undefined ? findLineFeed(chunk, start) : text.indexOf('\n', start);
    }
    if (start < chunk.length) this.#hold(chunk, start);
  }

  protected override finish(): void {
    if (this.#pending.length === 0) return;
    if (this.#requireTerminator) {
      const length = this.#pending.length;
      this.#pending.clear();
      throw new FramingError(
        'FRAME_TRUNCATED',
        `The stream ended ${length} bytes into a line: end the last line with a line feed too`,
        { details: { length } },
      );
    }
    this.#deliverPending(new Uint8Array(0), 0, 0);
  }

  /** The line is what is pending and the chunk up to `end`, where `terminator` bytes follow. */
  #deliverPending(chunk: Uint8Array, end: number, terminator: number): void {
    const lastByte = end > 0 ? chunk[end - 1] : this.#pending.lastByte;
    const dropped = lastByte === carriageReturn ? 1 : 0;
    if (this.#pending.length + end - dropped > this.#limit) this.#refuse();
    this.#sink(this.#pending.take(chunk, 0, end, dropped), dropped + terminator);
  }

  /**
   * Keeps the beginning of a line. One byte over the limit is still a line that fits if that byte is
   * a CR and LF comes next.
   */
  #hold(chunk: Uint8Array, start: number): void {
    const length = this.#pending.length + chunk.length - start;
    const dropped = chunk[chunk.length - 1] === carriageReturn ? 1 : 0;
    if (length - dropped > this.#limit) this.#refuse();
    this.#pending.append(chunk, start, chunk.length, this.#limit + 1);
  }

  #refuse(): never {
    this.#pending.clear();
    throw new FramingError(
      'FRAME_TOO_LONG',
      `A line is longer than the limit of ${this.#limit} bytes: send shorter lines or raise maxFrameBytes`,
      { details: { limit: this.#limit } },
    );
  }
}

/** The text of bytes that are all ASCII: of others there are fewer characters, or some that stand for ill-formed ones. */
function readAscii(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  return text.length === bytes.length && !text.includes('\uFFFD') ? text : undefined;
}

/** Buffer's search is `memchr`, an order of magnitude faster than Uint8Array's, and takes either. */
function findLineFeed(bytes: Uint8Array, start: number): number {
  return Buffer.prototype.indexOf.call(bytes, lineFeed, start);
}
