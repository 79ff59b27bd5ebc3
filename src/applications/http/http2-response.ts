import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { HttpContent, HttpResponse, SourceContent } from './handler.ts';
import type { HeaderField } from './headers.ts';
import { PreparedResponse } from './prepared-response.ts';
import { formatFields } from './response-head.ts';
import { letGo } from './response-sender.ts';

/** Fields that HTTP/2 has no use for, or that are added here (RFC 9113, section 8.2.2). */
const left: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Fields as the platform wants them, those that come more than once as lists.
 *
 * @throws {TypeError} for what could not be sent over HTTP/1 either.
 */
export function toHttp2Fields(fields: readonly HeaderField[]): OutgoingHttpHeaders {
  formatFields(fields);
  const found: Record<string, string | string[]> = Object.create(null) as Record<string, never>;
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    if (left.has(lower)) continue;
    const before = found[lower];
    if (before === undefined) found[lower] = value;
    else found[lower] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return found;
}

/** Bytes of a content; `undefined` when only its end will tell. */
function lengthOf(content: HttpContent | undefined): number | undefined {
  if (content === undefined) return 0;
  if (typeof content === 'string') return Buffer.byteLength(content);
  return 'length' in content ? content.length : undefined;
}

function headOf(response: HttpResponse, server: string): OutgoingHttpHeaders {
  const { status, headers = [], content } = response;
  const fields = toHttp2Fields(headers);
  fields[':status'] = status;
  if (server !== '') fields['server'] ??= server.slice('Server: '.length).trimEnd();
  const isSilent = status === 204 || (status === 304 && response.contentLength === undefined);
  const length = isSilent ? undefined : (response.contentLength ?? lengthOf(content));
  if (length !== undefined) fields['content-length'] = length;
  return fields;
}

/** The heads of responses that many requests get, made once; the platform adds the Date. */
const preparedHeads = new WeakMap<
  PreparedResponse,
  { readonly server: string; readonly head: OutgoingHttpHeaders }
>();

function findHead(response: HttpResponse, server: string): OutgoingHttpHeaders {
  if (!(response instanceof PreparedResponse)) return headOf(response, server);
  const before = preparedHeads.get(response);
  if (before?.server === server) return before.head;
  const head = headOf(response, server);
  preparedHeads.set(response, { server, head });
  return head;
}

/** Bytes read from a source at a time: each of a connection's streams may wait with one such piece. */
const pieceBytes = 32_768;

/** What a content that is being sent tells its exchange. */
export interface SendingHost {
  /** Bytes wait for the client to take them. */
  offer(): void;
  /** The client took so many bytes, and none wait. */
  take(bytes: number): void;
}

/** Resolves once the bytes have left; rejects when the stream was closed before. */
async function write(
  stream: ServerHttp2Stream,
  bytes: Uint8Array,
  host: SendingHost,
): Promise<void> {
  host.offer();
  await new Promise<void>((resolve, reject) => {
    const onClose = (): void => reject(new Error('the stream is closed'));
    if (stream.destroyed) {
      onClose();
      return;
    }
    stream.once('close', onClose);
    stream.write(bytes, (error) => {
      stream.off('close', onClose);
      if (error) reject(error);
      else resolve();
    });
  });
  host.take(bytes.length);
}

async function* readSource({ source, start, length }: SourceContent): AsyncGenerator<Uint8Array> {
  // One piece is enough: it is read into anew only once it has left.
  const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, length));
  let sent = 0;
  try {
    while (sent < length) {
      const wanted = piece.subarray(0, Math.min(piece.length, length - sent));
      const count = await source.read(wanted, start + sent);
      if (count === 0) throw new Error('the source is shorter than was said');
      yield wanted.subarray(0, count);
      sent += count;
    }
  } finally {
    source.close();
  }
}

/** Pieces for the platform to take, none larger than what one stream may keep waiting. */
async function* cut(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of content) {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
}

/**
 * Sends a response as fast as the client takes it.
 *
 * @param server the Server field line with its line end, or nothing.
 * @returns `undefined` when the platform has all of it already; else a promise that resolves once it has,
 *   and rejects with what the content throws, or when the stream is closed meanwhile.
 * @throws {TypeError} for what cannot be sent; nothing has been sent then.
 */
export function sendHttp2(
  stream: ServerHttp2Stream,
  method: string,
  response: HttpResponse,
  server: string,
  host: SendingHost,
): Promise<void> | undefined {
  const { content, status } = response;
  const isEmpty = content === undefined || method === 'HEAD' || status === 204 || status === 304;
  const isStream = typeof content === 'object' && Symbol.asyncIterator in content;
  const trailers = isStream && !isEmpty ? response.trailers : undefined;
  try {
    const head = findHead(response, server);
    stream.respond(head, { endStream: isEmpty, waitForTrailers: trailers !== undefined });
  } catch (error) {
    if (content !== undefined) letGo(content);
    throw error;
  }
  if (isEmpty) {
    if (content !== undefined) letGo(content);
    return undefined;
  }
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (bytes.length > pieceBytes) return sendBytes(stream, bytes, host);
    stream.end(bytes);
    host.take(bytes.length);
    return undefined;
  }
  return sendPieces(stream, isStream ? cut(content) : readSource(content), trailers, host);
}

async function sendPieces(
  stream: ServerHttp2Stream,
  pieces: AsyncIterable<Uint8Array>,
  trailers: HttpResponse['trailers'],
  host: SendingHost,
): Promise<void> {
  const trailed = trailers === undefined ? undefined : awaitTrailers(stream, trailers);
  for await (const piece of pieces) await write(stream, piece, host);
  stream.end();
  await trailed;
}

async function sendBytes(
  stream: ServerHttp2Stream,
  bytes: Uint8Array,
  host: SendingHost,
): Promise<void> {
  for (let at = 0; at + pieceBytes < bytes.length; at += pieceBytes) {
    await write(stream, bytes.subarray(at, at + pieceBytes), host);
  }
  const rest = bytes.length % pieceBytes || Math.min(bytes.length, pieceBytes);
  stream.end(bytes.subarray(bytes.length - rest));
  host.take(rest);
}

/** Sends the trailers once the content has left; resolves then, or when the stream closes before. */
function awaitTrailers(
  stream: ServerHttp2Stream,
  trailers: () => readonly HeaderField[],
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.once('wantTrailers', () => {
    try {
      stream.sendTrailers(toHttp2Fields(trailers()));
    } catch {
      // The content has been sent: that it is cut is all the client can still be told.
      stream.destroy();
    }
    resolve();
  });
  stream.once('close', resolve);
  return promise;
}
