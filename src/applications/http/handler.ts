import type { Duplex } from 'node:stream';
import type { Address } from '../../transport/index.ts';
import type { HeaderField, HttpHeaders } from './headers.ts';

/** A request's content, to be read once; what a handler leaves unread is discarded. */
export interface HttpBody extends AsyncIterable<Uint8Array> {
  /** Bytes announced by Content-Length; `undefined` when the content is chunked. 0 without content. */
  readonly length: number | undefined;
  /**
   * The whole content.
   *
   * @param limit bytes; more is refused as CONTENT_TOO_LARGE. By default the server's `maxBodyBytes`.
   * @throws {HttpError} when it is too large, malformed, too slow, or the client leaves.
   */
  bytes(limit?: number): Promise<Uint8Array>;
  /** The whole content as UTF-8 text; what is not UTF-8 is refused as BAD_REQUEST. */
  text(limit?: number): Promise<string>;
  /** Fields sent after a chunked content (RFC 9112, section 7.1.2); empty until it has all been read. */
  readonly trailers: HttpHeaders;
}

/** One request, already judged: its syntax, its framing and its limits are right. */
export interface HttpRequest {
  /** As sent: methods are case-sensitive (RFC 9110, section 9.1). */
  readonly method: string;
  /** The request target as sent. */
  readonly target: string;
  /** Which form the target had (RFC 9112, section 3.2). */
  readonly form: 'origin' | 'absolute' | 'authority' | 'asterisk';
  /** The path as sent, percent-encoded, beginning with `/`; `*` for the asterisk form. */
  readonly path: string;
  /** What follows the first `?`; empty when there is none. */
  readonly query: string;
  readonly scheme: 'http' | 'https';
  /** Host and port that the client asks for, in lower case; empty when HTTP/1.0 names none. */
  readonly authority: string;
  readonly version: '1.0' | '1.1' | '2';
  readonly headers: HttpHeaders;
  readonly body: HttpBody;
  readonly remote: Address;
  readonly local: Address;
  /** Aborted when the client leaves before the answer has been sent. Made when first asked for. */
  readonly signal: AbortSignal;
  /** Sends an informational response before the final one (RFC 9110, section 15.2): 103 Early Hints. */
  inform(status: number, fields: readonly HeaderField[]): void;
}

/** Something whose bytes can be read at any position, such as an open file. Closed by the server. */
export interface ByteSource {
  /** Reads at most `buffer.length` bytes from `position`; resolves to how many came, 0 at the end. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Called once, when the response was sent or given up. */
  close(): void;
}

/** Part of a {@link ByteSource}: sent piece by piece, as fast as the client takes it. */
export interface SourceContent {
  readonly source: ByteSource;
  readonly start: number;
  /** Bytes; should the source give fewer, the connection is cut, so that the client can tell. */
  readonly length: number;
}

/**
 * What a response carries. Text and bytes have a known length; an iterable is sent chunked, or up to
 * the end of the connection to a client of HTTP/1.0, and what it throws cuts the connection.
 */
export type HttpContent = string | Uint8Array | SourceContent | AsyncIterable<Uint8Array>;

/**
 * The answer to a request. The server adds Date, Content-Length or Transfer-Encoding, and Connection;
 * to HEAD it sends the same head without the content; with 204 and 304 it sends no content.
 */
export interface HttpResponse {
  readonly status: number;
  /** Sent in this order. Values must hold no control characters: the server refuses to send them. */
  readonly headers?: readonly HeaderField[];
  readonly content?: HttpContent;
  /** Content-Length of a response whose content is not at hand, such as the one to HEAD. */
  readonly contentLength?: number;
  /** Sent after a chunked content; called once the content has ended. */
  readonly trailers?: () => readonly HeaderField[];
  /** Closes the connection after this response. */
  readonly close?: boolean;
  /**
   * Takes the connection over instead of answering (RFC 9110, section 7.8): the platform's stream and
   * the bytes that came after the request. `status` and the rest are ignored: who takes over answers.
   * The stream is paused. What is returned is called when the server closes, to end it in order.
   */
  readonly takeOver?: (stream: Duplex, rest: Uint8Array) => (() => void) | void;
}

/**
 * Answers requests, at once or later. What it throws becomes its {@link HttpError}'s response, or a 500
 * that tells the client nothing.
 */
export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** Stands around a handler: given the next one, it returns its own. */
export type HttpInterceptor = (next: HttpHandler) => HttpHandler;
