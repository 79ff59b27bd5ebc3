import type { DeadlineClock } from './deadline-clock.ts';
import type { HttpRequest, HttpResponse, HttpHandler } from './handler.ts';
import type { CloseReason, SendQueues } from '../../transport/index.ts';
import type { Http2Limits } from './http2-limits.ts';
import type { HttpLimits } from './limits.ts';

/** One request and its answer, as a log or a counter wants to know of them. */
export interface HttpExchange {
  readonly request: HttpRequest;
  readonly status: number;
  /** Bytes of content sent. */
  readonly contentBytes: number;
  /** Milliseconds from the end of the request's head to the last byte handed to the system. */
  readonly duration: number;
}

/** What all connections of a server have in common. */
export interface HttpService {
  readonly limits: HttpLimits;
  readonly http2: Http2Limits;
  readonly clock: DeadlineClock;
  /** What the system holds for clients that read slowly. */
  readonly queues: SendQueues;
  /** The Server field line with its line end, or nothing. */
  readonly server: string;
  /** The handler's answer, or the one to what it throws: this never throws, nor rejects. */
  readonly answer: HttpHandler;
  /** The response to a request that cannot be answered otherwise; `undefined` if it could not be read. */
  refuse(thrown: unknown, request: HttpRequest | undefined): HttpResponse;
  readonly onResponse: ((exchange: HttpExchange) => void) | undefined;
}

/** What speaks HTTP over one connection, whichever version. */
export interface HttpSession {
  receive(bytes: Uint8Array): void;
  drain(): void;
  receiveEnd(): void;
  shutDown(): void;
  finish(reason: CloseReason): void;
}
