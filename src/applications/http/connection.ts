import type { CloseReason, Connection } from '../../transport/index.ts';
import { IncomingBody, emptyBody, tooLarge } from './body.ts';
import type { Timed } from './deadline-clock.ts';
import { HttpError } from './errors.ts';
import { toHttpError } from './error-response.ts';
import { Exchange } from './exchange.ts';
import type { HttpResponse } from './handler.ts';
import type { HeaderField } from './headers.ts';
import { Input } from './input.ts';
import { PreparedResponse } from './prepared-response.ts';
import { IncomingRequest } from './request.ts';
import { readRequestHead } from './request-head.ts';
import type { RequestHead } from './request-head.ts';
import { formatInformation } from './response-head.ts';
import { ResponseSender, isIterable, letGo } from './response-sender.ts';
import type { HttpService } from './service.ts';
import { StallWatch } from './stall-watch.ts';
import { Waiting, timedOut } from './waiting.ts';

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Bytes of requests not yet begun that are kept while one is being answered. */
const maxAheadBytes = 65_536;

/**
 * One connection of HTTP/1.0 or 1.1: reads requests one after the other, has each answered, and sends the
 * answers in the same order (RFC 9112). What comes ahead of its turn waits, within limits.
 */
export class HttpConnection implements Timed {
  readonly #connection: Connection<HttpConnection>;
  readonly #service: HttpService;
  readonly #sender: ResponseSender;
  readonly #input = new Input();
  readonly #stall: StallWatch;
  readonly #waiting: Waiting;
  #exchange: Exchange | undefined;
  #requests = 0;
  #isAdvancing = false;
  #isBlocked = false;
  #isPaused = false;
  #isEnded = false;
  #isClosing = false;
  #endTakenOver: (() => void) | undefined;
  #isDetached = false;

  constructor(connection: Connection<HttpConnection>, service: HttpService) {
    this.#connection = connection;
    this.#service = service;
    this.#sender = new ResponseSender(connection, service.server);
    this.#stall = new StallWatch(connection, service.queues, service.limits.writeTimeout / 4);
    this.#waiting = new Waiting(service.clock, service.limits);
    this.#waiting.forRequest();
  }

  get deadline(): number {
    return this.#waiting.deadline;
  }

  /** Takes bytes as they came. */
  receive(bytes: Uint8Array): void {
    if (this.#isClosing) return;
    const hasLineEnd = this.#input.append(bytes);
    // What has no line end in it cannot complete a head.
    const isLine = this.#exchange === undefined && this.#waiting.for === 'head' && !hasLineEnd;
    if (isLine && this.#input.length <= this.#service.limits.maxTargetBytes) return;
    this.#advance();
  }

  /** The client will send no more: what it asked for is still answered. */
  receiveEnd(): void {
    this.#isEnded = true;
    if (this.#exchange?.body?.isDone === false) this.#cutBody();
    this.#advance();
  }

  /** More can be written. */
  drain(): void {
    this.#sender.drain();
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    this.#advance();
  }

  /** The server closes: the request under way is the last. */
  shutDown(): void {
    if (this.#isDetached) {
      this.#endTakenOver?.();
      return;
    }
    this.#requests = this.#service.limits.maxRequests;
    if (this.#exchange === undefined && this.#waiting.for === 'request') this.#close();
  }

  finish(reason: CloseReason): void {
    this.#isClosing = true;
    this.#service.clock.delete(this);
    const exchange = this.#exchange;
    this.#exchange = undefined;
    const { isSending, contentBytes } = this.#sender;
    this.#sender.abandon();
    if (exchange === undefined || this.#isDetached) return;
    // An answer that the client did not wait for the end of is told of all the same.
    if (isSending) exchange.report(this.#service.onResponse, contentBytes);
    const gone = new HttpError('BAD_REQUEST', 'the client has gone', { cause: reason.error });
    exchange.body?.fail(gone);
    exchange.request.abort(gone);
  }

  expire(): void {
    const wait = this.#waiting.for;
    this.#waiting.deadline = Number.POSITIVE_INFINITY;
    // A slow client may still be busy with the last answer; whether it is stalled is seen elsewhere.
    if (wait === 'request' && this.#connection.bufferedBytes > 0) this.#waiting.forRequest();
    else if (wait === 'request') this.#close();
    else if (wait === 'head') this.#refuse(timedOut('the head did not come in time'));
    else if (wait === 'body') this.#failBody(timedOut('the content did not come in time'));
  }

  look(now: number): void {
    if (this.#stall.look(now) > this.#service.limits.writeTimeout) this.#connection.reset();
  }

  /** Reads on as far as what came and what is under way allow. */
  #advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      while (this.#step());
    } catch (error) {
      this.#refuse(toHttpError(error));
    } finally {
      this.#isAdvancing = false;
    }
  }

  /** Takes one step; false when there is nothing to do before something comes. */
  #step(): boolean {
    if (this.#isClosing || this.#isDetached) return false;
    const exchange = this.#exchange;
    if (exchange !== undefined) return this.#feed(exchange);
    if (this.#isBlocked) return this.#holdAhead();
    const head = this.#readHead();
    if (head === undefined) {
      if (this.#isEnded) this.#endInput();
      return false;
    }
    this.#begin(head);
    return true;
  }

  /** The next request's head, if all of it has come. */
  #readHead(): RequestHead | undefined {
    const { bytes } = this.#input;
    if (bytes === undefined) return undefined;
    // Empty lines before a request are passed over (RFC 9112, section 2.2).
    let { at } = this.#input;
    while (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) at += 2;
    if (at > this.#input.at) this.#input.readTo(at);
    if (at === bytes.length) return undefined;
    const isHalfEmpty = bytes[at] === carriageReturn && at + 1 === bytes.length;
    const { limits } = this.#service;
    const head = isHalfEmpty ? undefined : readRequestHead(bytes, at, limits);
    if (head === undefined) this.#waiting.forHead();
    else if (typeof head.framing === 'number' && head.framing > limits.maxBodyBytes) {
      throw tooLarge(limits.maxBodyBytes);
    } else this.#input.readTo(at + head.length);
    return head;
  }

  #begin(head: RequestHead): void {
    this.#requests++;
    this.#waiting.forNothing();
    const body = head.framing === 0 ? undefined : this.#expectBody(head);
    const request = new IncomingRequest(head, body ?? emptyBody, this.#connection, this.#inform);
    const startedAt = this.#service.onResponse === undefined ? 0 : performance.now();
    const exchange = new Exchange(request, head, body, startedAt);
    this.#exchange = exchange;
    const answer = request.isMisdirected
      ? this.#service.refuse(new HttpError('MISDIRECTED_REQUEST', 'https asks for TLS'), request)
      : this.#service.answer(request);
    if (answer instanceof Promise) {
      // Only a page of the error's own can still fail: it costs this connection, as elsewhere.
      const failed = (): void => this.#connection.reset();
      void answer.then((response) => this.#answer(exchange, response)).catch(failed);
    } else this.#answer(exchange, answer);
  }

  #expectBody({ framing }: RequestHead): IncomingBody {
    return new IncomingBody(framing, this.#service.limits, {
      want: () => this.#wantBody(),
      hold: () => this.#pause(),
    });
  }

  /** Somebody waits for content that has not come. */
  #wantBody(): void {
    const exchange = this.#exchange;
    if (exchange === undefined || this.#isClosing) return;
    if (exchange.isHeldBack) this.#connection.write(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'));
    exchange.isContinued = true;
    if (exchange.body?.isOver === false) {
      this.#waiting.forBody();
    }
    this.#resume();
  }

  /** Gives the exchange under way what has come of its content. */
  #feed(exchange: Exchange): boolean {
    const { body } = exchange;
    if (body === undefined || body.isOver) return this.#holdAhead();
    const { bytes, at } = this.#input;
    if (bytes === undefined) {
      if (this.#isEnded) this.#cutBody();
      return false;
    }
    try {
      this.#input.readTo(body.push(bytes, at));
    } catch (error) {
      this.#input.clear();
      this.#failBody(error);
      return false;
    }
    if (!body.isDone) {
      // The client may have ended while requests before this one were answered.
      if (this.#isEnded) this.#cutBody();
      else if (this.#waiting.for === 'body') {
        this.#waiting.forBody();
      }
      return false;
    }
    this.#waiting.forNothing();
    const { response } = exchange;
    if (response !== undefined) this.#send(exchange, response);
    return true;
  }

  /** Keeps what comes ahead of its turn within bounds. */
  #holdAhead(): false {
    if (this.#input.length > maxAheadBytes) this.#pause();
    return false;
  }

  #cutBody(): void {
    this.#failBody(new HttpError('BAD_REQUEST', 'the content ends too soon', { close: true }));
  }

  /** The content cannot be read to its end; whoever reads it is told, else the client at once. */
  #failBody(error: unknown): void {
    this.#waiting.forNothing();
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    exchange.body?.fail(error);
    if (this.#sender.isSending) {
      this.#connection.reset();
    } else if (exchange.response !== undefined) {
      // Too much to discard is no fault of the request's: it is still answered.
      const isWhole = error instanceof HttpError && error.code === 'CONTENT_TOO_LARGE';
      if (isWhole) this.#send(exchange, { ...exchange.response, close: true });
      else this.#send(exchange, this.#service.refuse(error, exchange.request));
    } else if (exchange.body?.isRead !== true) {
      this.#send(exchange, this.#service.refuse(error, exchange.request));
    }
  }

  /** Sends the handler's answer, once the framing of the whole request has been judged. */
  #answer(exchange: Exchange, response: HttpResponse): void {
    if (this.#exchange !== exchange || this.#isClosing) {
      letGo(response.content);
      return;
    }
    const { body } = exchange;
    if (body === undefined || body.isOver) {
      this.#send(exchange, response);
      return;
    }
    // What is made as it is sent may be made of the content.
    const isStreaming = isIterable(response.content);
    const isTooLong = body.announced > this.#service.limits.maxDiscardedBytes;
    // Whose content has begun to come waits for no leave.
    const isWaiting = exchange.isHeldBack && this.#input.length === 0;
    if (isStreaming) this.#send(exchange, response);
    else if (isWaiting || isTooLong) this.#send(exchange, { ...response, close: true });
    else {
      exchange.response = response;
      body.discard();
      this.#advance();
    }
  }

  #send(exchange: Exchange, response: HttpResponse): void {
    if (this.#exchange !== exchange) return;
    exchange.response = undefined;
    exchange.status = response.status;
    if (response.takeOver !== undefined) {
      this.#handOver(response.takeOver);
      return;
    }
    const isLast =
      !exchange.head.isPersistent ||
      response.close === true ||
      this.#requests >= this.#service.limits.maxRequests ||
      (this.#isEnded && this.#input.length === 0);
    if (!isLast && response instanceof PreparedResponse && exchange.head.version === '1.1') {
      const sent = this.#sender.sendPrepared(exchange.head, response);
      this.#finishExchange(exchange, sent, false);
      return;
    }
    let hasEnded = false;
    const onEnd = (contentBytes: number, isWhole: boolean): void => {
      hasEnded = true;
      if (!isWhole) this.#connection.reset();
      const mustClose =
        isLast || !isWhole || this.#sender.mustClose || exchange.body?.isDone === false;
      this.#finishExchange(exchange, contentBytes, mustClose);
    };
    try {
      this.#sender.send(exchange.head, response, isLast, onEnd);
    } catch (error) {
      if (hasEnded || exchange.isRefused) throw error;
      exchange.isRefused = true;
      letGo(response.content);
      this.#send(exchange, this.#service.refuse(error, exchange.request));
    }
  }

  #finishExchange(exchange: Exchange, contentBytes: number, isLast: boolean): void {
    if (this.#exchange !== exchange) return;
    this.#exchange = undefined;
    exchange.report(this.#service.onResponse, contentBytes);
    // The server may have begun to close, or the limit been reached, while the answer was under way.
    if (isLast || this.#requests >= this.#service.limits.maxRequests) {
      this.#close();
      return;
    }
    this.#waiting.forRequest();
    if (this.#connection.isBlocked) this.#isBlocked = true;
    this.#resume();
    this.#advance();
  }

  /** A request that cannot be read: answered, and nothing after it is looked at. */
  #refuse(error: HttpError): void {
    if (this.#isClosing) return;
    const exchange = this.#exchange;
    if (exchange !== undefined) {
      this.#send(exchange, this.#service.refuse(error, exchange.request));
      return;
    }
    // Whatever else is wrong with it, HEAD is answered without content (RFC 9110, section 9.3.2).
    const method = this.#input.rest().toString('latin1', 0, 5) === 'HEAD ' ? 'HEAD' : '';
    this.#input.clear();
    const response = this.#service.refuse(error, undefined);
    this.#sender.send({ method, version: '1.1' }, response, true, () => this.#close());
  }

  readonly #inform = (status: number, fields: readonly HeaderField[]): void => {
    const head = this.#exchange?.head;
    if (head?.version !== '1.1' || this.#sender.isSending || this.#isClosing) return;
    this.#connection.write(Buffer.from(formatInformation(status, fields), 'latin1'));
  };

  #handOver(takeOver: NonNullable<HttpResponse['takeOver']>): void {
    this.#isDetached = true;
    this.#exchange = undefined;
    this.#service.clock.delete(this);
    const rest = this.#input.rest();
    this.#input.clear();
    const end = takeOver(this.#connection.detach(), rest);
    if (typeof end === 'function') this.#endTakenOver = end;
  }

  /** The client ended; between requests that is how a connection ends. */
  #endInput(): void {
    if (this.#input.length === 0) this.#close();
    else this.#refuse(new HttpError('BAD_REQUEST', 'the request ends too soon', { close: true }));
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#connection.pause();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#connection.resume();
  }

  #close(): void {
    this.#isClosing = true;
    this.#input.clear();
    this.#waiting.forNothing();
    this.#connection.close();
  }
}
