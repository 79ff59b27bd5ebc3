import { HeaderList } from '../../src/applications/http/headers.ts';
import type { HeaderField } from '../../src/applications/http/headers.ts';
import { noHeaders } from '../../src/applications/http/headers.ts';
import type {
  HttpBody,
  HttpContent,
  HttpRequest,
  HttpResponse,
} from '../../src/applications/http/handler.ts';

const emptyBody: HttpBody = {
  length: 0,
  bytes: async () => new Uint8Array(),
  text: async () => '',
  trailers: noHeaders,
  async *[Symbol.asyncIterator]() {},
};

/** A request as the server gives it to a handler, without a server. */
export function makeRequest(
  target: string,
  fields: Readonly<Record<string, string>> = {},
  method: string = 'GET',
): HttpRequest {
  const mark = target.indexOf('?');
  const list = Object.entries(fields).map(([name, value]): HeaderField => [
    name.toLowerCase(),
    value,
  ]);
  return {
    method,
    target,
    form: target === '*' ? 'asterisk' : 'origin',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    scheme: 'http',
    authority: 'localhost',
    version: '1.1',
    headers: new HeaderList([['host', 'localhost'], ...list]),
    body: emptyBody,
    remote: { family: 'IPv4', host: '127.0.0.1', port: 50_000 },
    local: { family: 'IPv4', host: '127.0.0.1', port: 8080 },
    signal: new AbortController().signal,
    inform: () => undefined,
  };
}

/** The value of a response's field; `undefined` when there is none. */
export function fieldOf(response: HttpResponse, name: string): string | undefined {
  return response.headers?.find(([own]) => own.toLowerCase() === name.toLowerCase())?.[1];
}

/** All that a content carries, read in small pieces; a source is closed as the server would. */
export async function readContent(content: HttpContent | undefined): Promise<Buffer> {
  if (content === undefined) return Buffer.alloc(0);
  if (typeof content === 'string') return Buffer.from(content);
  if (content instanceof Uint8Array) return Buffer.from(content);
  const pieces: Uint8Array[] = [];
  if (Symbol.asyncIterator in content) {
    for await (const piece of content) pieces.push(piece);
    return Buffer.concat(pieces);
  }
  const { source, start, length } = content;
  try {
    let position = start;
    while (position < start + length) {
      const piece = new Uint8Array(Math.min(65_521, start + length - position));
      const count = await source.read(piece, position);
      if (count === 0) throw new Error('the source ended too soon');
      pieces.push(piece.subarray(0, count));
      position += count;
    }
  } finally {
    source.close();
  }
  return Buffer.concat(pieces);
}
