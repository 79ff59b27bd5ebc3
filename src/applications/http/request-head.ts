import { HttpError } from './errors.ts';
import type { HttpErrorCode } from './errors.ts';
import { readFields } from './fields.ts';
import type { HttpLimits } from './limits.ts';
import { ParsedHeaders } from './parsed-headers.ts';
import { parseAuthority, splitList, targetBytes, tokenBytes } from './syntax.ts';

const space = 0x20;

/** The longest method that is still read to its end: longer than any there is. */
const maxMethodBytes = 32;

/** How the content of a message is delimited (RFC 9112, section 6.3): a length, or chunks. */
export type BodyFraming = number | 'chunked';

/** The head of a request, its syntax and its framing judged. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly form: 'origin' | 'absolute' | 'authority' | 'asterisk';
  readonly path: string;
  readonly query: string;
  readonly authority: string;
  readonly version: '1.0' | '1.1';
  readonly headers: ParsedHeaders;
  readonly framing: BodyFraming;
  /** Whether the client wants the connection to go on (RFC 9112, section 9.3). */
  readonly isPersistent: boolean;
  /** Whether the client waits for 100 (Continue) before it sends the content. */
  readonly expectsContinue: boolean;
  /** Bytes that the head took. */
  readonly length: number;
}

function refuse(code: HttpErrorCode, message: string): never {
  throw new HttpError(code, message, { close: true });
}

/** The places of a request line's parts, and where the line after it begins. */
interface RequestLine {
  readonly methodEnd: number;
  readonly targetEnd: number;
  readonly minor: number;
  readonly end: number;
}

/**
 * Reads a request line: `method SP request-target SP HTTP-version CRLF` (RFC 9112, section 3), to the
 * letter, since what is lenient here is what requests are smuggled through.
 *
 * @returns `undefined` while its end has not come.
 */
function readRequestLine(
  bytes: Uint8Array,
  start: number,
  limits: HttpLimits,
): RequestLine | undefined {
  const end = bytes.length;
  let at = start;
  while (at < end && tokenBytes[bytes[at] ?? 0] === 1) at++;
  const methodEnd = at;
  if (methodEnd - start > maxMethodBytes) {
    refuse('NOT_IMPLEMENTED', 'no method has so long a name');
  }
  if (at === end) return undefined;
  if (at === start || bytes[at] !== space) {
    refuse('BAD_REQUEST', 'a request begins with its method and one space');
  }
  const targetStart = ++at;
  while (at < end && targetBytes[bytes[at] ?? 0] === 1) at++;
  if (at - targetStart > limits.maxTargetBytes) {
    refuse('URI_TOO_LONG', `the request target is longer than ${limits.maxTargetBytes} bytes`);
  }
  if (at === end) return undefined;
  if (at === targetStart || bytes[at] !== space) {
    refuse('BAD_REQUEST', 'the request target holds what no URI has, or no version follows it');
  }
  const targetEnd = at++;
  // HTTP/1.1 and CRLF take ten bytes; what has come of them must be right already.
  for (const [index, pattern] of versionPattern.entries()) {
    if (at + index === end) return undefined;
    const byte = bytes[at + index] ?? 0;
    const isRight = pattern === 0 ? byte >= 0x30 && byte <= 0x39 : byte === pattern;
    if (!isRight) refuse('BAD_REQUEST', 'the request line ends with HTTP/1.1, CR and LF');
  }
  const major = (bytes[at + 5] ?? 0) - 0x30;
  const minor = (bytes[at + 7] ?? 0) - 0x30;
  if (major !== 1) refuse('VERSION_NOT_SUPPORTED', 'this server speaks HTTP/1.1 and HTTP/1.0');
  return { methodEnd, targetEnd, minor, end: at + versionPattern.length };
}

/** `HTTP/d.d` CR LF; 0 stands for a digit. */
const versionPattern: readonly number[] = [...Buffer.from('HTTP/\0.\0\r\n', 'latin1')];

/**
 * How the content is delimited (RFC 9112, section 6.3). Whatever two readers could take differently is
 * refused: it is what requests are smuggled with (section 11.2).
 */
function findFraming(headers: ParsedHeaders, version: '1.0' | '1.1'): BodyFraming {
  const length = headers.get('content-length');
  const coding = headers.get('transfer-encoding');
  if (coding === undefined) {
    if (length === undefined) return 0;
    if (!/^\d+$/.test(length)) refuse('BAD_REQUEST', 'Content-Length is one decimal number');
    const bytes = Number(length);
    return Number.isSafeInteger(bytes) ? bytes : Number.MAX_SAFE_INTEGER;
  }
  if (length !== undefined) {
    refuse('BAD_REQUEST', 'Content-Length and Transfer-Encoding exclude one another');
  }
  if (version === '1.0') refuse('BAD_REQUEST', 'HTTP/1.0 has no Transfer-Encoding');
  if (coding.toLowerCase() === 'chunked') return 'chunked';
  const codings = splitList(coding);
  const isChunkedLast = codings.indexOf('chunked') === codings.length - 1 && codings.length > 1;
  const areTokens = codings.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name));
  // Only here is it certain where the content ends, and that no other reader sees it elsewhere.
  if (isChunkedLast && areTokens) {
    refuse('NOT_IMPLEMENTED', 'chunked is the only transfer coding this server knows');
  }
  return refuse('BAD_REQUEST', 'the last transfer coding must be chunked, and applied once');
}

/** The one Host field (RFC 9112, section 3.2); empty where HTTP/1.0 sends none. */
function findHost(headers: ParsedHeaders, version: '1.0' | '1.1'): string {
  const [host, another] = headers.values('host');
  if (another !== undefined) refuse('BAD_REQUEST', 'there is more than one Host');
  if (host === undefined) {
    return version === '1.0' ? '' : refuse('BAD_REQUEST', 'HTTP/1.1 requires a Host');
  }
  return parseAuthority(host) ?? refuse('BAD_REQUEST', 'Host is a host, and maybe a port');
}

/** What a request target says (RFC 9112, section 3.2). */
interface Place {
  readonly form: RequestHead['form'];
  readonly path: string;
  readonly query: string;
  readonly authority: string;
}

function readPath(form: RequestHead['form'], text: string, authority: string): Place {
  const mark = text.indexOf('?');
  return mark === -1
    ? { form, path: text, query: '', authority }
    : { form, path: text.slice(0, mark), query: text.slice(mark + 1), authority };
}

const absolute = /^https?:\/\/([^/?]*)(.*)$/i;

function readTarget(method: string, target: string, host: string): Place {
  if (method === 'CONNECT') {
    const authority = /:\d+$/.test(target) ? parseAuthority(target) : undefined;
    if (authority === undefined) refuse('BAD_REQUEST', 'CONNECT asks for a host and a port');
    return { form: 'authority', path: '', query: '', authority };
  }
  if (target.startsWith('/')) return readPath('origin', target, host);
  if (target === '*') {
    if (method !== 'OPTIONS') refuse('BAD_REQUEST', 'only OPTIONS asks for *');
    return { form: 'asterisk', path: '*', query: '', authority: host };
  }
  const parts = absolute.exec(target);
  if (parts === null) refuse('BAD_REQUEST', 'the request target is a path or an http URI');
  const [, named = '', rest = ''] = parts;
  // Host is ignored beside it (section 3.2.2).
  const authority = parseAuthority(named);
  if (authority === undefined) refuse('BAD_REQUEST', 'the request target names no valid host');
  if (rest === '' && method === 'OPTIONS') {
    return { form: 'asterisk', path: '*', query: '', authority };
  }
  return readPath('absolute', rest.startsWith('/') ? rest : `/${rest}`, authority);
}

/** Whether the connection goes on after the response (RFC 9112, section 9.3). */
function wantsToPersist(headers: ParsedHeaders, version: '1.0' | '1.1'): boolean {
  const connection = headers.get('connection');
  if (connection === undefined) return version === '1.1';
  const options = splitList(connection);
  if (options.includes('close')) return false;
  return version === '1.1' || options.includes('keep-alive');
}

/** Expect (RFC 9110, section 10.1.1): HTTP/1.0 is not heard, and nobody knows any other expectation. */
function findExpectation(headers: ParsedHeaders, version: '1.0' | '1.1'): boolean {
  const expectation = headers.get('expect');
  if (expectation === undefined || version === '1.0') return false;
  if (splitList(expectation).some((one) => one !== '100-continue')) {
    refuse('EXPECTATION_FAILED', '100-continue is the only expectation this server knows');
  }
  return true;
}

/**
 * Reads the head of a request out of the bytes that have come.
 *
 * @param start where it begins; empty lines before it have been passed over.
 * @returns `undefined` while its end has not come.
 * @throws {HttpError} what is wrong with it as soon as that can be seen; the connection must close.
 */
export function readRequestHead(
  bytes: Buffer,
  start: number,
  limits: HttpLimits,
): RequestHead | undefined {
  const line = readRequestLine(bytes, start, limits);
  if (line === undefined) {
    if (bytes.length - start > limits.maxHeaderBytes) {
      refuse('URI_TOO_LONG', `the request line is longer than ${limits.maxHeaderBytes} bytes`);
    }
    return undefined;
  }
  const places: number[] = [];
  const end = readFields(
    bytes,
    line.end,
    start,
    places,
    limits.maxHeaderBytes,
    limits.maxHeaderCount,
  );
  if (end === -1) return undefined;
  const text = bytes.toString('latin1', start, end);
  const method = text.slice(0, line.methodEnd - start);
  const target = text.slice(line.methodEnd - start + 1, line.targetEnd - start);
  const headers = new ParsedHeaders(text, places);
  // A later minor version promises to be understood as this one (RFC 9110, section 2.5).
  const version = line.minor === 0 ? '1.0' : '1.1';
  const framing = findFraming(headers, version);
  const host = findHost(headers, version);
  const place = readTarget(method, target, host);
  return {
    method,
    target,
    form: place.form,
    path: place.path,
    query: place.query,
    authority: place.authority,
    version,
    headers,
    framing,
    isPersistent: wantsToPersist(headers, version),
    expectsContinue: findExpectation(headers, version),
    length: end - start,
  };
}
