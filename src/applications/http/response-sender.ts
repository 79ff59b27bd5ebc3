import type { Connection } from '../../transport/index.ts';
import type { HttpContent, HttpResponse, SourceContent } from './handler.ts';
import { givePiece, inTurn, takePiece } from './pieces.ts';
import type { PreparedResponse } from './prepared-response.ts';
import type { RequestHead } from './request-head.ts';
import { formatFields, formatHead } from './response-head.ts';

/** Content up to so many bytes travels in one write with its head. */
const maxJoinedBytes = 16_384;

/** What a response has to know of its request. */
type Asked = Pick<RequestHead, 'method' | 'version'>;

/** Told once how many bytes of content were sent, and whether that was all of it. */
export type OnSent = (contentBytes: number, isWhole: boolean) => void;

/** What a response needs to say about its content (RFC 9112, section 6). */
interface Shape {
  /** Field lines with their line ends. */
  readonly lines: string;
  readonly isChunked: boolean;
  readonly isSent: boolean;
  readonly mustClose: boolean;
}

/** Puts responses on one connection, one at a time, as fast as the client takes them. */
export class ResponseSender {
  /** Whether a response is under way. */
  isSending = false;
  /** Bytes of its content that were written so far. */
  contentBytes = 0;
  /** Whether the last response ends with the connection, having no other way to say its length. */
  mustClose = false;
  readonly #connection: Connection<unknown>;
  readonly #server: string;
  #isAbandoned = false;
  #wake: (() => void) | undefined;

  /** @param server the Server field line with its line end, or nothing. */
  constructor(connection: Connection<unknown>, server: string) {
    this.#connection = connection;
    this.#server = server;
  }

  /**
   * Sends a response.
   *
   * @param isLast whether the connection closes after it.
   * @param onSent called once, at once or later; not when the connection closes before.
   * @throws {TypeError} for fields that cannot be sent; nothing has been sent then.
   */
  send(request: Asked, response: HttpResponse, isLast: boolean, onSent: OnSent): void {
    const { status, headers, content } = response;
    const shape = shapeOf(request, response);
    this.mustClose = shape.mustClose;
    const isClosing = isLast || shape.mustClose;
    const isOld = request.version === '1.0';
    const connection = isClosing
      ? 'Connection: close\r\n'
      : isOld
        ? 'Connection: keep-alive\r\n'
        : '';
    const fields = headers === undefined ? '' : formatFields(headers);
    const head = formatHead(status, this.#server, fields, shape.lines + connection);
    if (content === undefined || !shape.isSent) {
      this.#connection.write(Buffer.from(head, 'latin1'));
      letGo(content);
      onSent(0, true);
    } else if (typeof content === 'string') {
      this.#sendBytes(head, Buffer.from(content), onSent);
    } else if (content instanceof Uint8Array) {
      this.#sendBytes(head, content, onSent);
    } else {
      this.#connection.write(Buffer.from(head, 'latin1'));
      this.isSending = true;
      this.contentBytes = 0;
      const sending =
        Symbol.asyncIterator in content
          ? this.#sendIterable(content, shape.isChunked, response.trailers)
          : this.#sendSource(content);
      void sending.then(({ sent, isWhole }) => {
        this.isSending = false;
        if (!this.#isAbandoned) onSent(sent, isWhole);
      });
    }
  }

  /** Sends what has been put into bytes already; returns how many of them are content. */
  sendPrepared({ method }: Asked, response: PreparedResponse): number {
    const isHead = method === 'HEAD';
    this.#connection.write(isHead ? response.head(this.#server) : response.whole(this.#server));
    return isHead ? 0 : response.content.length;
  }

  /** More can be written. */
  drain(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** The connection has closed: what is under way stops, and lets go of what it holds. */
  abandon(): void {
    this.#isAbandoned = true;
    this.drain();
  }

  #sendBytes(head: string, content: Uint8Array, onSent: OnSent): void {
    if (content.length <= maxJoinedBytes) {
      const bytes = Buffer.allocUnsafe(head.length + content.length);
      bytes.write(head, 'latin1');
      bytes.set(content, head.length);
      this.#connection.write(bytes);
    } else {
      this.#connection.write(Buffer.from(head, 'latin1'));
      this.#connection.write(content);
    }
    onSent(content.length, true);
  }

  async #sendSource({ source, start, length }: SourceContent) {
    let sent = 0;
    let piece: Buffer | undefined;
    try {
      while (sent < length && !this.#isAbandoned) {
        piece ??= takePiece();
        const wanted = piece.subarray(0, Math.min(piece.length, length - sent));
        const count = await inTurn(() => source.read(wanted, start + sent));
        if (count === 0 || this.#isAbandoned) break;
        sent += count;
        this.contentBytes = sent;
        this.#connection.write(count === piece.length ? piece : piece.subarray(0, count));
        if (this.#connection.isBlocked) await this.#waitForDrain();
        // What has not yet been taken must not be written over, and no drain tells of little.
        if (!this.#hasCopied()) piece = undefined;
      }
    } catch {
      // Half a response has been sent: that it is cut is all the client can still be told.
      return { sent, isWhole: false };
    } finally {
      source.close();
      if (piece !== undefined && this.#hasCopied()) givePiece(piece);
    }
    return { sent, isWhole: sent === length };
  }

  async #sendIterable(
    content: AsyncIterable<Uint8Array>,
    isChunked: boolean,
    trailers: HttpResponse['trailers'],
  ) {
    let sent = 0;
    try {
      for await (const piece of content) {
        if (this.#isAbandoned) break;
        if (piece.length === 0) continue;
        sent += piece.length;
        this.contentBytes = sent;
        this.#connection.write(isChunked ? formatChunk(piece) : piece);
        if (this.#connection.isBlocked) await this.#waitForDrain();
      }
      if (isChunked && !this.#isAbandoned) {
        const fields = trailers === undefined ? '' : formatFields(trailers());
        this.#connection.write(Buffer.from(`0\r\n${fields}\r\n`, 'latin1'));
      }
    } catch {
      // As above: what the content threw cuts it.
      return { sent, isWhole: false };
    }
    return { sent, isWhole: true };
  }

  /** Whether the system has its own copy of all that was written; within a process nobody makes one. */
  #hasCopied(): boolean {
    return this.#connection.bufferedBytes === 0 && this.#connection.transport !== 'memory';
  }

  #waitForDrain(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    return promise;
  }
}

function shapeOf(request: Asked, response: HttpResponse): Shape {
  const { status, content } = response;
  const isSent = request.method !== 'HEAD' && status !== 204 && status !== 304;
  const length = response.contentLength ?? lengthOf(content);
  if (status === 204) return { lines: '', isChunked: false, isSent, mustClose: false };
  if (length !== undefined) {
    // 304 stands for the content it does not send, whose length it need not say (RFC 9110, 15.4.5).
    const isSilent = status === 304 && response.contentLength === undefined;
    const lines = isSilent ? '' : `Content-Length: ${length}\r\n`;
    return { lines, isChunked: false, isSent, mustClose: false };
  }
  if (request.version === '1.0') {
    return { lines: '', isChunked: false, isSent, mustClose: isSent };
  }
  return { lines: 'Transfer-Encoding: chunked\r\n', isChunked: true, isSent, mustClose: false };
}

/** Bytes of a content; `undefined` when only its end will tell. */
function lengthOf(content: HttpContent | undefined): number | undefined {
  if (content === undefined) return 0;
  if (typeof content === 'string') return Buffer.byteLength(content);
  return 'length' in content ? content.length : undefined;
}

/** One chunk (RFC 9112, section 7.1). */
function formatChunk(piece: Uint8Array): Buffer {
  const size = Buffer.from(`${piece.length.toString(16)}\r\n`, 'latin1');
  const end = Buffer.from('\r\n', 'latin1');
  return Buffer.concat([size, piece, end]);
}

/** Whether a content is made as it is sent. */
export function isIterable(content: HttpContent | undefined): content is AsyncIterable<Uint8Array> {
  return typeof content === 'object' && Symbol.asyncIterator in content;
}

/** Lets go of what a content that is not sent holds. */
export function letGo(content: HttpContent | undefined): void {
  if (content === undefined || typeof content === 'string' || content instanceof Uint8Array) return;
  if (isIterable(content)) void content[Symbol.asyncIterator]().return?.();
  else content.source.close();
}
