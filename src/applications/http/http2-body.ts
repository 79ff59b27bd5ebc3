import type { ServerHttp2Stream } from 'node:http2';
import { HttpError } from './errors.ts';
import type { HttpBody } from './handler.ts';
import { HeaderList, noHeaders } from './headers.ts';
import type { HttpHeaders } from './headers.ts';

/** What a body asks of the exchange it belongs to. */
export interface Http2BodyFlow {
  /** Bytes of content at most. */
  readonly maxBytes: number;
  /** Somebody waits for content. */
  want(): void;
  /** Some of it has come, or all. */
  progress(isDone: boolean): void;
}

function tooLarge(limit: number): HttpError {
  return new HttpError('CONTENT_TOO_LARGE', `the content is larger than ${limit} bytes`);
}

/** The content of a request over HTTP/2: nothing is read, nor may much come, before somebody asks. */
export class Http2Body implements HttpBody {
  readonly length: number | undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #flow: Http2BodyFlow;
  #trailers: HttpHeaders = noHeaders;
  #isRead = false;
  #hasEnded = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  constructor(stream: ServerHttp2Stream, length: number | undefined, flow: Http2BodyFlow) {
    this.#stream = stream;
    this.#flow = flow;
    this.length = length;
  }

  get trailers(): HttpHeaders {
    return this.#trailers;
  }

  /** Whether all of it has come and been read. */
  get isDone(): boolean {
    return this.#hasEnded;
  }

  /** No more will come: who reads is told why. */
  fail(error: unknown): void {
    if (this.#hasEnded) return;
    this.#error ??= error;
    this.#wakeReader();
  }

  async bytes(limit: number = this.#flow.maxBytes): Promise<Uint8Array> {
    if (this.length !== undefined && this.length > limit) throw tooLarge(limit);
    const pieces: Uint8Array[] = [];
    let total = 0;
    for await (const piece of this) {
      total += piece.length;
      if (total > limit) throw tooLarge(limit);
      pieces.push(piece);
    }
    return Buffer.concat(pieces, total);
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
    if (this.#isRead) throw new TypeError('a content can be read only once');
    this.#isRead = true;
    const stream = this.#stream;
    stream.on('trailers', (_headers: unknown, _flags: number, raw: readonly string[] = []) => {
      this.#trailers = new HeaderList(pairs(raw));
    });
    stream.on('readable', () => this.#wakeReader());
    stream.on('end', () => {
      this.#hasEnded = true;
      this.#wakeReader();
    });
    let total = 0;
    for (;;) {
      const piece = stream.read() as Buffer | null;
      if (piece !== null) {
        total += piece.length;
        this.#flow.progress(false);
        if (total > this.#flow.maxBytes) throw tooLarge(this.#flow.maxBytes);
        yield piece;
      } else if (this.#hasEnded) break;
      else if (this.#error !== undefined) throw this.#error;
      else {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        this.#flow.want();
        await promise;
      }
    }
    this.#flow.progress(true);
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** Field lines from a list in which names and values take turns. */
export function pairs(raw: readonly string[]): [name: string, value: string][] {
  const fields: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    fields.push([raw[index] ?? '', raw[index + 1] ?? '']);
  }
  return fields;
}
