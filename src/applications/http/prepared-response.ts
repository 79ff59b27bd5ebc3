import type { HttpResponse } from './handler.ts';
import type { HeaderField } from './headers.ts';
import { currentSecond, formatFields, formatHead } from './response-head.ts';

/**
 * A response put into bytes once for all the requests it answers; the Date in it is renewed each second.
 * Made by {@link prepareResponse}.
 */
export class PreparedResponse implements HttpResponse {
  readonly status: number;
  readonly headers: readonly HeaderField[];
  readonly content: Uint8Array;
  readonly contentLength: number;
  readonly #fields: string;
  #server = '';
  #second = -1;
  #headLength = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(status: number, headers: readonly HeaderField[], content: Uint8Array) {
    this.status = status;
    this.headers = headers;
    this.content = content;
    this.contentLength = content.length;
    const length = status === 204 || status === 304 ? '' : `Content-Length: ${content.length}\r\n`;
    this.#fields = formatFields(headers) + length;
  }

  /** The whole response of a connection that goes on; not to be changed. */
  whole(server: string): Buffer {
    const second = currentSecond();
    if (second !== this.#second || server !== this.#server) this.#make(second, server);
    return this.#bytes;
  }

  /** The same without its content, for HEAD. */
  head(server: string): Buffer {
    return this.whole(server).subarray(0, this.#headLength);
  }

  /** What of it has been written may still be under way: a new second means new bytes. */
  #make(second: number, server: string): void {
    const head = formatHead(this.status, server, this.#fields, '');
    const bytes = Buffer.allocUnsafeSlow(head.length + this.content.length);
    bytes.write(head, 0, 'latin1');
    bytes.set(this.content, head.length);
    this.#bytes = bytes;
    this.#headLength = head.length;
    this.#second = second;
    this.#server = server;
  }
}

/**
 * Prepares a response that many requests will get, such as a small file: to answer with it costs hardly
 * more than to write its bytes.
 *
 * @throws {TypeError} for fields that cannot be sent.
 * @example
 * ```ts
 * import { prepareResponse, serveHttp } from 'guichet/http';
 * const hello = prepareResponse({ status: 200, content: 'hello\n' });
 * await using server = await serveHttp('tcp://127.0.0.1:0', () => hello);
 * const answer = await fetch(server.url);
 * if ((await answer.text()) !== 'hello\n') throw new Error('no greeting');
 * ```
 */
export function prepareResponse(response: {
  readonly status: number;
  readonly headers?: readonly HeaderField[];
  readonly content?: string | Uint8Array;
}): HttpResponse & { readonly content: Uint8Array } {
  const { status, headers = [], content = '' } = response;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return new PreparedResponse(status, headers, bytes);
}
