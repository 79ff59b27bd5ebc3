import type { Address, Connection } from '../../transport/index.ts';
import { HttpError } from './errors.ts';
import type { HttpBody, HttpRequest } from './handler.ts';
import { HeaderList } from './headers.ts';
import type { HeaderField, HttpHeaders } from './headers.ts';
import { pairs } from './http2-body.ts';
import type { HttpLimits } from './limits.ts';
import { parseAuthority, splitList, targetBytes } from './syntax.ts';

/** The head of a request over HTTP/2 (RFC 9113, section 8.3.1), judged. */
export interface Http2Head {
  readonly method: string;
  readonly target: string;
  readonly form: 'origin' | 'asterisk';
  readonly path: string;
  readonly query: string;
  readonly authority: string;
  readonly headers: HttpHeaders;
  /** What Content-Length says; `undefined` without one. */
  readonly length: number | undefined;
  readonly expectsContinue: boolean;
}

/** What the fields named with a colon say. */
interface PseudoFields {
  readonly method: string;
  readonly path: string;
  readonly authority: string | undefined;
}

function refuse(message: string): never {
  throw new HttpError('BAD_REQUEST', message);
}

/** Splits what came into pseudo-header fields and the others, the crumbs of cookies joined. */
function sortFields(raw: readonly string[], limits: HttpLimits) {
  const pseudo = new Map<string, string>();
  const fields: HeaderField[] = [];
  const cookies: string[] = [];
  let bytes = 0;
  for (const [name, value] of pairs(raw)) {
    bytes += name.length + value.length;
    if (name.startsWith(':')) pseudo.set(name, value);
    else if (name === 'cookie') cookies.push(value);
    else fields.push([name, value]);
  }
  // RFC 9113, section 8.2.3: they were cut for the sake of compression only.
  if (cookies.length > 0) fields.push(['cookie', cookies.join('; ')]);
  if (fields.length > limits.maxHeaderCount || bytes > limits.maxHeaderBytes) {
    throw new HttpError('HEADER_FIELDS_TOO_LARGE', 'the fields of the request are too large');
  }
  return { pseudo, fields };
}

function checkTarget(target: string, limits: HttpLimits): void {
  if (target.length > limits.maxTargetBytes) {
    throw new HttpError(
      'URI_TOO_LONG',
      `the request target is longer than ${limits.maxTargetBytes} bytes`,
    );
  }
  for (let index = 0; index < target.length; index++) {
    if (targetBytes[target.charCodeAt(index)] !== 1) refuse('the path holds what no URI has');
  }
}

function findAuthority({ authority }: PseudoFields, headers: HttpHeaders): string {
  const [host, another] = headers.values('host');
  if (another !== undefined) refuse('there is more than one Host');
  const named = authority ?? host;
  const parsed = named === undefined ? undefined : parseAuthority(named);
  if (parsed === undefined) refuse('the request names no valid host');
  if (host !== undefined && host.toLowerCase() !== parsed && parseAuthority(host) !== parsed) {
    refuse('Host and :authority differ');
  }
  return parsed;
}

/**
 * Reads the fields of a request, names and values taking turns. What HTTP/2 itself forbids has been
 * refused by the platform.
 *
 * @throws {HttpError} what is wrong with it.
 */
export function readHttp2Head(raw: readonly string[], limits: HttpLimits): Http2Head {
  const { pseudo, fields } = sortFields(raw, limits);
  const headers = new HeaderList(fields);
  const method = pseudo.get(':method') ?? '';
  if (!/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(method)) refuse('the method is no token');
  if (method === 'CONNECT') throw new HttpError('NOT_IMPLEMENTED', 'this server is no proxy');
  const target = pseudo.get(':path') ?? '';
  checkTarget(target, limits);
  const isAsterisk = target === '*';
  if (isAsterisk ? method !== 'OPTIONS' : !target.startsWith('/')) refuse('the path is no path');
  const authority = pseudo.get(':authority');
  const expectation = headers.get('expect');
  if (expectation !== undefined && splitList(expectation).some((one) => one !== '100-continue')) {
    throw new HttpError('EXPECTATION_FAILED', '100-continue is the only expectation known here');
  }
  const length = headers.get('content-length');
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    refuse('Content-Length is one decimal number');
  }
  const mark = target.indexOf('?');
  return {
    method,
    target,
    form: isAsterisk ? 'asterisk' : 'origin',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    authority: findAuthority({ method, path: target, authority }, headers),
    headers,
    length: length === undefined ? undefined : Number(length),
    expectsContinue: expectation !== undefined,
  };
}

/** A request over HTTP/2. */
export class Http2Request implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly form: 'origin' | 'asterisk';
  readonly path: string;
  readonly query: string;
  readonly scheme: 'http' | 'https';
  readonly authority: string;
  readonly version = '2';
  readonly headers: HttpHeaders;
  readonly body: HttpBody;
  readonly remote: Address;
  readonly local: Address;
  readonly inform: HttpRequest['inform'];
  #controller: AbortController | undefined;
  #isGone = false;

  constructor(
    head: Http2Head,
    body: HttpBody,
    connection: Connection<unknown>,
    inform: HttpRequest['inform'],
  ) {
    this.method = head.method;
    this.target = head.target;
    this.form = head.form;
    this.path = head.path;
    this.query = head.query;
    this.authority = head.authority;
    this.headers = head.headers;
    this.scheme = connection.transport === 'tls' ? 'https' : 'http';
    this.body = body;
    this.remote = connection.remote;
    this.local = connection.local;
    this.inform = inform;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isGone) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Tells whoever listens that nobody waits for the answer any more. */
  abort(): void {
    this.#isGone = true;
    this.#controller?.abort();
  }
}
