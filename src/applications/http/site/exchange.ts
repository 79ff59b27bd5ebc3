import type { HttpRequest } from '../handler.ts';

/** A request and what was answered, as logs and metrics are told of it once it is over. */
export interface LoggedExchange {
  readonly request: HttpRequest;
  readonly status: number;
  /** Bytes of content sent, without its framing. */
  readonly contentBytes: number;
  /** Milliseconds from the request's head to the end of the answer. */
  readonly duration: number;
}
