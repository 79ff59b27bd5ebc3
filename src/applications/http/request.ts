import type { Address, Connection } from '../../transport/index.ts';
import type { HttpBody, HttpRequest } from './handler.ts';
import type { HeaderField, HttpHeaders } from './headers.ts';
import type { RequestHead } from './request-head.ts';

/** A request over HTTP/1: its head, and what its connection adds. */
export class IncomingRequest implements HttpRequest {
  readonly body: HttpBody;
  readonly #head: RequestHead;
  readonly #connection: Connection<unknown>;
  readonly #inform: (status: number, fields: readonly HeaderField[]) => void;
  #controller: AbortController | undefined;

  constructor(
    head: RequestHead,
    body: HttpBody,
    connection: Connection<unknown>,
    inform: (status: number, fields: readonly HeaderField[]) => void,
  ) {
    this.body = body;
    this.#head = head;
    this.#connection = connection;
    this.#inform = inform;
  }

  get method(): string {
    return this.#head.method;
  }

  get target(): string {
    return this.#head.target;
  }

  get form(): HttpRequest['form'] {
    return this.#head.form;
  }

  get path(): string {
    return this.#head.path;
  }

  get query(): string {
    return this.#head.query;
  }

  get scheme(): 'http' | 'https' {
    return this.#connection.transport === 'tls' ? 'https' : 'http';
  }

  /** Whether it asks for an https resource without TLS (RFC 9110, section 7.4). */
  get isMisdirected(): boolean {
    const { form, target } = this.#head;
    return form === 'absolute' && this.scheme === 'http' && /^https:/i.test(target);
  }

  get authority(): string {
    return this.#head.authority;
  }

  get version(): '1.0' | '1.1' {
    return this.#head.version;
  }

  get headers(): HttpHeaders {
    return this.#head.headers;
  }

  get remote(): Address {
    return this.#connection.remote;
  }

  get local(): Address {
    return this.#connection.local;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  inform(status: number, fields: readonly HeaderField[]): void {
    this.#inform(status, fields);
  }

  /** Tells whoever listens that nobody waits for the answer any more. */
  abort(reason: unknown): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}
