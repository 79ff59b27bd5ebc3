import { ChunkedDecoder } from './chunked.ts';
import { HttpError } from './errors.ts';
import type { HttpBody } from './handler.ts';
import { noHeaders } from './headers.ts';
import type { HttpHeaders } from './headers.ts';
import type { HttpLimits } from './limits.ts';
import type { BodyFraming } from './request-head.ts';

/** The content of a request that has none. */
export const emptyBody: HttpBody = {
  length: 0,
  trailers: noHeaders,
  bytes: () => Promise.resolve(new Uint8Array(0)),
  text: () => Promise.resolve(''),
  async *[Symbol.asyncIterator]() {
    // There is nothing to give.
  },
};

/** What a body asks of the connection it comes over. */
export interface BodyFlow {
  /** Somebody waits for content: let it come, and say so to a client that waits for 100 (Continue). */
  want(): void;
  /** Enough waits to be read. */
  hold(): void;
}

/** Bytes kept for a reader that is slower than the client. */
const maxQueuedBytes = 65_536;

/** The content of one request, as it arrives: the connection pushes bytes, a handler reads them. */
export class IncomingBody implements HttpBody {
  readonly length: number | undefined;
  readonly #flow: BodyFlow;
  readonly #limits: HttpLimits;
  readonly #decoder: ChunkedDecoder | undefined;
  #remaining: number;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #received = 0;
  #mode: 'unread' | 'read' | 'discarded' = 'unread';
  #isDone = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  constructor(framing: BodyFraming, limits: HttpLimits, flow: BodyFlow) {
    this.#flow = flow;
    this.#limits = limits;
    this.#decoder = framing === 'chunked' ? new ChunkedDecoder(limits) : undefined;
    this.#remaining = framing === 'chunked' ? 0 : framing;
    this.length = framing === 'chunked' ? undefined : framing;
  }

  get trailers(): HttpHeaders {
    return this.#decoder?.trailers ?? noHeaders;
  }

  /** Whether all of it has come. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether no more will come: it ended, or cannot be read to its end. */
  get isOver(): boolean {
    return this.#isDone || this.#error !== undefined;
  }

  /** Whether a handler has begun to read it. */
  get isRead(): boolean {
    return this.#mode === 'read';
  }

  /** Bytes of content that have come so far. */
  get received(): number {
    return this.#received;
  }

  /** Bytes that are still to come, as far as the client has said. */
  get announced(): number {
    return this.#decoder === undefined ? this.#remaining : 0;
  }

  /**
   * Takes what came.
   *
   * @returns where in `bytes` the content ended; `bytes.length` while it has not.
   * @throws {HttpError} when it is malformed or too large; readers have been told.
   */
  push(bytes: Buffer, start: number): number {
    try {
      return this.#decoder === undefined
        ? this.#pushCounted(bytes, start)
        : this.#pushChunked(this.#decoder, bytes, start);
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  /** No more will come: who reads is told why. */
  fail(error: unknown): void {
    if (this.#isDone) return;
    this.#error ??= error;
    this.#wakeReader();
  }

  /** Lets what comes go unread from now on. */
  discard(): void {
    this.#mode = 'discarded';
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#flow.want();
  }

  async bytes(limit: number = this.#limits.maxBodyBytes): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let total = 0;
    if (this.announced > limit) throw tooLarge(limit);
    for await (const piece of this) {
      total += piece.length;
      if (total > limit) throw tooLarge(limit);
      pieces.push(piece);
    }
    return pieces.length === 1 && pieces[0] !== undefined
      ? pieces[0]
      : Buffer.concat(pieces, total);
  }

  async text(limit?: number): Promise<string> {
    const bytes = await this.bytes(limit);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new HttpError('BAD_REQUEST', 'the content is not UTF-8', { cause });
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#mode !== 'unread') throw new TypeError('a content can be read only once');
    this.#mode = 'read';
    for (;;) {
      const piece = this.#queue.shift();
      if (piece !== undefined) {
        this.#queuedBytes -= piece.length;
        yield piece;
      } else if (this.#error !== undefined) throw this.#error;
      else if (this.#isDone) return;
      else {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        this.#flow.want();
        await promise;
      }
    }
  }

  #pushCounted(bytes: Buffer, start: number): number {
    const end = Math.min(bytes.length, start + this.#remaining);
    this.#remaining -= end - start;
    if (end > start) this.#take(bytes.subarray(start, end));
    if (this.#remaining === 0) this.#finish();
    return end;
  }

  #pushChunked(decoder: ChunkedDecoder, bytes: Buffer, start: number): number {
    const end = decoder.push(bytes, start, (piece) => this.#take(piece));
    if (decoder.isDone) this.#finish();
    return end;
  }

  #take(piece: Buffer): void {
    this.#received += piece.length;
    const limit =
      this.#mode === 'discarded' ? this.#limits.maxDiscardedBytes : this.#limits.maxBodyBytes;
    if (this.#received > limit) throw tooLarge(limit);
    if (this.#mode === 'discarded') return;
    this.#queue.push(piece);
    this.#queuedBytes += piece.length;
    this.#wakeReader();
    if (this.#queuedBytes > maxQueuedBytes) this.#flow.hold();
  }

  #finish(): void {
    this.#isDone = true;
    this.#wakeReader();
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** The refusal of more content than a limit allows. */
export function tooLarge(limit: number): HttpError {
  return new HttpError('CONTENT_TOO_LARGE', `the content is larger than ${limit} bytes`, {
    close: true,
  });
}
