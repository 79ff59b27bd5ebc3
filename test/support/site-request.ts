import type { HttpBody, HttpRequest, HttpResponse } from '../../src/applications/http/handler.ts';
import { HeaderList, noHeaders } from '../../src/applications/http/headers.ts';

/** A request without content. */
const emptyBody: HttpBody = {
  length: 0,
  bytes: () => Promise.resolve(new Uint8Array(0)),
  text: () => Promise.resolve(''),
  trailers: noHeaders,
  async *[Symbol.asyncIterator]() {},
};

export interface RequestParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly authority?: string;
  readonly scheme?: 'http' | 'https';
  readonly from?: string;
}

/** A request as the server would hand it over, without a server. */
export function makeRequest(target: string, parts: RequestParts = {}): HttpRequest {
  const question = target.indexOf('?');
  const host = parts.from ?? '127.0.0.1';
  const family = host.includes(':') ? 'IPv6' : 'IPv4';
  return {
    method: parts.method ?? 'GET',
    target,
    form: 'origin',
    path: question === -1 ? target : target.slice(0, question),
    query: question === -1 ? '' : target.slice(question + 1),
    scheme: parts.scheme ?? 'http',
    authority: parts.authority ?? 'example.org',
    version: '1.1',
    headers: new HeaderList(Object.entries(parts.headers ?? {})),
    body: emptyBody,
    remote: { host, port: 50_000, family },
    local: { host: '127.0.0.1', port: 8_080, family: 'IPv4' },
    signal: new AbortController().signal,
    inform: () => undefined,
  };
}

/** The fields of a response by name, in lower case. */
export function fieldsOf({ headers = [] }: HttpResponse): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}

/** The content of a response, which is text or bytes. */
export function textOf({ content = '' }: HttpResponse): string {
  if (typeof content === 'string') return content;
  if (content instanceof Uint8Array) return Buffer.from(content).toString();
  throw new TypeError('this content is read from somewhere');
}
