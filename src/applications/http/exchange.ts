import type { IncomingBody } from './body.ts';
import type { HttpResponse } from './handler.ts';
import type { IncomingRequest } from './request.ts';
import type { RequestHead } from './request-head.ts';
import type { HttpExchange } from './service.ts';

/** One request being answered. */
export class Exchange {
  readonly request: IncomingRequest;
  readonly head: RequestHead;
  readonly body: IncomingBody | undefined;
  /** By `performance.now()`; 0 when nobody asks. */
  readonly startedAt: number;
  /** Whether the client waits for no leave, or has it. */
  isContinued: boolean;
  /** The answer, while it waits for the content to have come. */
  response: HttpResponse | undefined;
  /** The status of the answer that is being sent; 0 before. */
  status = 0;
  /** Whether the answer could not be sent as it was. */
  isRefused = false;

  constructor(
    request: IncomingRequest,
    head: RequestHead,
    body: IncomingBody | undefined,
    startedAt: number,
  ) {
    this.request = request;
    this.head = head;
    this.body = body;
    this.startedAt = startedAt;
    this.isContinued = !head.expectsContinue;
    this.response = undefined;
  }

  /** Tells whoever asks of its answer, of whose content so many bytes were sent. */
  report(onResponse: ((exchange: HttpExchange) => void) | undefined, contentBytes: number): void {
    if (onResponse === undefined) return;
    const { request, status, startedAt } = this;
    onResponse({ request, status, contentBytes, duration: performance.now() - startedAt });
  }

  /** Whether the client waits for leave to send, and has sent nothing without it. */
  get isHeldBack(): boolean {
    return !this.isContinued && this.body?.received === 0;
  }
}
