import { constants, performServerHandshake } from 'node:http2';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { CloseReason, Connection } from '../../transport/index.ts';
import { emptyBody } from './body.ts';
import type { Timed } from './deadline-clock.ts';
import { HttpError } from './errors.ts';
import type { HttpResponse } from './handler.ts';
import type { HeaderField } from './headers.ts';
import { Http2Body } from './http2-body.ts';
import { Http2Request, readHttp2Head } from './http2-request.ts';
import type { Http2Head } from './http2-request.ts';
import { sendHttp2, toHttp2Fields } from './http2-response.ts';
import type { SendingHost } from './http2-response.ts';
import { letGo } from './response-sender.ts';
import { QueueWatch } from './stall-watch.ts';
import type { HttpService, HttpSession } from './service.ts';

/** PING and SETTINGS frames of one connection that are answered within so many milliseconds. */
const maxControlFrames = 1_000;
const controlTime = 10_000;

/** What an exchange waits for: each has a time-out of its own. */
type Wait = 'nothing' | 'body' | 'client';

/** One request over HTTP/2, from its head to the end of its answer. */
class Http2Exchange {
  readonly #stream: ServerHttp2Stream;
  readonly #service: HttpService;
  readonly #connection: Connection<unknown>;
  readonly #onEnd: (exchange: Http2Exchange) => void;
  readonly #startedAt: number;
  #request: Http2Request | undefined;
  #body: Http2Body | undefined;
  #isContinued = true;
  /** Whether the handler has done its part, and all of its answer was sent or given up. */
  #isAnswered = false;
  #isClosed = false;
  #isRefused = false;
  #wait: Wait = 'nothing';
  #lastProgress = 0;
  #contentBytes = 0;
  #status = 0;

  constructor(
    stream: ServerHttp2Stream,
    service: HttpService,
    connection: Connection<unknown>,
    onEnd: (exchange: Http2Exchange) => void,
  ) {
    this.#stream = stream;
    this.#service = service;
    this.#connection = connection;
    this.#onEnd = onEnd;
    this.#startedAt = service.onResponse === undefined ? 0 : performance.now();
    // It comes whether the client took the request back or all is done.
    stream.once('close', () => this.#close());
  }

  /** Has the request answered. */
  run(raw: readonly string[]): void {
    let head: Http2Head;
    let answer: HttpResponse | Promise<HttpResponse>;
    try {
      head = readHttp2Head(raw, this.#service.limits);
      answer = this.#service.answer(this.#makeRequest(head));
    } catch (error) {
      this.#answer('GET', this.#service.refuse(error, this.#request));
      return;
    }
    if (answer instanceof Promise) {
      void answer.then((response) => this.#answer(head.method, response));
    } else this.#answer(head.method, answer);
  }

  /** The connection is gone, and the request with it. */
  cancel(): void {
    if (this.#isAnswered) return;
    this.#body?.fail(new HttpError('BAD_REQUEST', 'the client has gone'));
    this.#request?.abort();
  }

  /** @param hasShrunk whether the connection's client has taken something since the last look. */
  look(now: number, hasShrunk: () => boolean): void {
    const { bodyTimeout, writeTimeout } = this.#service.limits;
    const waited = now - this.#lastProgress;
    if (this.#wait === 'body' && waited > bodyTimeout) {
      this.#wait = 'nothing';
      this.#body?.fail(new HttpError('REQUEST_TIMEOUT', 'the content did not come in time'));
    } else if (this.#wait === 'client' && waited > writeTimeout / 4) {
      if (hasShrunk()) this.#lastProgress = now;
      else if (waited > writeTimeout) this.#stream.destroy();
    }
  }

  #makeRequest(head: Http2Head): Http2Request {
    const { maxBodyBytes } = this.#service.limits;
    const stream = this.#stream;
    if (stream.endAfterHeaders) {
      // Its end must have been read for the stream to close.
      stream.resume();
      this.#request = new Http2Request(head, emptyBody, this.#connection, this.#inform);
      return this.#request;
    }
    this.#isContinued = !head.expectsContinue;
    this.#body = new Http2Body(stream, head.length, {
      maxBytes: maxBodyBytes,
      want: () => this.#wantBody(),
      progress: (isDone) => this.#noteProgress(isDone ? 'nothing' : 'body'),
    });
    this.#request = new Http2Request(head, this.#body, this.#connection, this.#inform);
    if (head.length !== undefined && head.length > maxBodyBytes) {
      throw new HttpError('CONTENT_TOO_LARGE', `the content is larger than ${maxBodyBytes} bytes`);
    }
    return this.#request;
  }

  #wantBody(): void {
    if (!this.#isContinued) {
      this.#isContinued = true;
      this.#inform(100, []);
    }
    this.#noteProgress('body');
  }

  #noteProgress(wait: Wait): void {
    this.#wait = wait;
    this.#lastProgress = this.#service.clock.now;
  }

  readonly #inform = (status: number, fields: readonly HeaderField[]): void => {
    if (this.#stream.headersSent || this.#stream.destroyed) return;
    this.#stream.additionalHeaders({ ...toHttp2Fields(fields), ':status': status });
  };

  #answer(method: string, response: HttpResponse): void {
    const stream = this.#stream;
    if (stream.destroyed || response.takeOver !== undefined) {
      if (response.content !== undefined) letGo(response.content);
      // Over HTTP/2 nobody can have asked for another protocol (RFC 9113, section 8.6).
      if (!stream.destroyed) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      this.#finish();
      return;
    }
    try {
      const sending = sendHttp2(stream, method, response, this.#service.server, this.#host);
      this.#status = response.status;
      if (sending === undefined) this.#finish();
      else
        sending.then(
          () => this.#finish(),
          () => this.#giveUp(),
        );
    } catch (error) {
      // The response to a mistake may be one itself, where somebody renders errors.
      if (this.#isRefused) {
        this.#giveUp();
        return;
      }
      this.#isRefused = true;
      this.#answer(method, this.#service.refuse(error, this.#request));
    }
  }

  readonly #host: SendingHost = {
    offer: () => this.#noteProgress('client'),
    take: (bytes) => {
      this.#contentBytes += bytes;
      this.#noteProgress('nothing');
    },
  };

  /** Half an answer has been sent: that it is cut is all the client can still be told. */
  #giveUp(): void {
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    this.#finish();
  }

  /** Once the answer has left, what was not read of the request is no longer wanted. */
  #finish(): void {
    this.#isAnswered = true;
    this.#noteProgress('client');
    const stream = this.#stream;
    if (this.#body?.isDone === false && !stream.destroyed) {
      const refuseRest = (): void => stream.close(constants.NGHTTP2_NO_ERROR);
      if (stream.writableFinished) refuseRest();
      else stream.once('finish', refuseRest);
    }
    if (this.#isClosed) this.#end();
  }

  #close(): void {
    this.#isClosed = true;
    if (this.#isAnswered) this.#end();
    else this.cancel();
  }

  #end(): void {
    const { onResponse } = this.#service;
    if (onResponse !== undefined && this.#request !== undefined && this.#status !== 0) {
      const duration = performance.now() - this.#startedAt;
      const [status, contentBytes] = [this.#status, this.#contentBytes];
      onResponse({ request: this.#request, status, contentBytes, duration });
    }
    this.#onEnd(this);
  }
}

/**
 * One connection of HTTP/2 (RFC 9113): the platform's implementation on our stream, its requests answered
 * by the same handler as those of HTTP/1.
 */
export class Http2Connection implements HttpSession, Timed {
  deadline: number;
  readonly #service: HttpService;
  readonly #connection: Connection<unknown>;
  readonly #session: ServerHttp2Session;
  readonly #exchanges = new Set<Http2Exchange>();
  readonly #queue: QueueWatch;
  #requests = 0;
  #controlFrames = 0;
  #countedSince = 0;
  #isClosing = false;

  constructor(connection: Connection<unknown>, service: HttpService) {
    this.#connection = connection;
    this.#service = service;
    this.#queue = new QueueWatch(connection, service.queues);
    const { limits, http2, clock } = service;
    this.deadline = clock.now + limits.keepAliveTimeout;
    const options = {
      maxSettings: http2.maxSettings,
      maxSessionMemory: Math.max(1, http2.maxSessionBytes / 1_000_000),
      // What exceeds this is refused by the platform; a little less is told what was wrong.
      maxHeaderListPairs: limits.maxHeaderCount + 16,
      streamResetBurst: http2.maxResetBurst,
      streamResetRate: http2.maxResetRate,
      settings: {
        maxConcurrentStreams: http2.maxStreams,
        maxHeaderListSize: limits.maxHeaderBytes + limits.maxHeaderCount * 32,
        enablePush: false,
      },
    };
    const platform = connection.detach();
    this.#session = performServerHandshake(platform, options);
    // HTTP/2 knows no half of a connection: who has ended takes no answer any more either.
    platform.once('end', () => this.#session.destroy());
    this.#session.on('stream', (stream, _headers, _flags, raw: readonly string[]) =>
      this.#begin(stream, raw),
    );
    this.#session.on('ping', this.#countFrame).on('remoteSettings', this.#countFrame);
    // A peer that breaks the protocol has cost itself its connection; that is all there is to it.
    this.#session.on('error', () => undefined);
  }

  /** The platform reads from the stream itself. */
  receive(): void {
    throw new TypeError('this connection was taken over');
  }

  drain(): void {
    throw new TypeError('this connection was taken over');
  }

  receiveEnd(): void {
    throw new TypeError('this connection was taken over');
  }

  /** The server closes: tells the client (GOAWAY), answers what was asked, then ends. */
  shutDown(): void {
    this.#close();
  }

  finish(_reason: CloseReason): void {
    this.#isClosing = true;
    this.#service.clock.delete(this);
    for (const exchange of this.#exchanges) exchange.cancel();
    if (!this.#session.destroyed) this.#session.destroy();
  }

  expire(): void {
    // The second time, the client has not taken even the farewell.
    if (this.#isClosing) this.#session.destroy();
    else this.#close();
  }

  look(now: number): void {
    let isTaking: boolean | undefined;
    // Asked once for all exchanges, and for none that goes on by itself.
    const hasShrunk = (): boolean => (isTaking ??= this.#queue.hasShrunk());
    for (const exchange of this.#exchanges) exchange.look(now, hasShrunk);
  }

  /** Frames that cost the client nothing and want an answer each (CVE-2019-9512, CVE-2019-9515). */
  readonly #countFrame = (): void => {
    const { now } = this.#service.clock;
    if (now - this.#countedSince > controlTime) {
      this.#countedSince = now;
      this.#controlFrames = 0;
    }
    this.#controlFrames += 1;
    if (this.#controlFrames > maxControlFrames && !this.#session.destroyed) {
      this.#session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
    }
  };

  #begin(stream: ServerHttp2Stream, raw: readonly string[]): void {
    const { limits, http2 } = this.#service;
    stream.on('error', () => undefined);
    // Requests taken back still cost what their handlers do (CVE-2023-44487).
    if (this.#exchanges.size >= 2 * http2.maxStreams) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    this.#requests += 1;
    if (this.#requests >= limits.maxRequests) this.#close();
    const exchange = new Http2Exchange(stream, this.#service, this.#connection, this.#end);
    this.#exchanges.add(exchange);
    this.deadline = Number.POSITIVE_INFINITY;
    exchange.run(raw);
  }

  readonly #end = (exchange: Http2Exchange): void => {
    this.#exchanges.delete(exchange);
    if (this.#exchanges.size > 0) return;
    const { clock, limits } = this.#service;
    if (!this.#isClosing) this.deadline = clock.now + limits.keepAliveTimeout;
  };

  #close(): void {
    this.#isClosing = true;
    this.deadline = this.#service.clock.now + this.#service.limits.writeTimeout;
    if (!this.#session.closed && !this.#session.destroyed) this.#session.close();
  }
}
