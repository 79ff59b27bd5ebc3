import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { WebSocket } from 'ws';
import { tap } from '../observe/tap.ts';
import { developmentAuthority } from './certificates.ts';
import { formatAddress, nextConnectionId, transportDefaults } from './contract.ts';
import type { Address, CloseReason, TlsOptions } from './contract.ts';
import { formatUrl } from './endpoint.ts';
import type { WebEndpoint } from './endpoint.ts';
import {
  TransportError,
  abortedError,
  errnoOf,
  isLoopback,
  messageTooLongError,
  toTransportError,
} from './errors.ts';
import { messageTransportDefaults } from './message.ts';
import type { MessageConnection, MessageHandler, MessageOptions } from './message.ts';

/** Close codes that end a conversation in order (RFC 6455, section 7.4.1). */
const orderly: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** What a close code says, where a peer gives no reason. */
const closeTexts: Readonly<Record<number, string>> = {
  1002: 'a violation of the protocol',
  1003: 'data it cannot take',
  1007: 'text that is not UTF-8',
  1008: 'a breach of its rules',
  1009: 'a message too long',
  1011: 'an error of its own',
  1012: 'it restarts',
  1013: 'try again later',
};

/** Both ends of a WebSocket, as its socket knows them. */
export interface WebSocketEnds {
  readonly local: Address;
  readonly remote: Address;
}

/** A {@link MessageConnection} over a WebSocket (RFC 6455), of either side. */
export class WebSocketConnection implements MessageConnection {
  readonly id: number = nextConnectionId();
  readonly isExchange = false;
  /** Whether a close says that the server goes away (RFC 6455, section 7.4.1), not that all is done. */
  isGoingAway = false;
  readonly local: Address;
  readonly remote: Address;
  readonly #socket: WebSocket;
  readonly #handler: MessageHandler;
  readonly #name: string;
  readonly #high: number;
  readonly #low: number;
  readonly #maxBytes: number;
  #isBlocked = false;
  #isClosed = false;
  #hasEnded = false;
  #reason: CloseReason | undefined;
  #pinging: NodeJS.Timeout | undefined;
  #isAnswered = true;

  /**
   * @param socket open already.
   * @param name how errors name the endpoint.
   */
  constructor(
    socket: WebSocket,
    side: 'server' | 'client',
    name: string,
    ends: WebSocketEnds,
    handler: MessageHandler,
    options: MessageOptions,
  ) {
    this.#socket = socket;
    this.#handler = handler;
    this.#name = name;
    this.local = ends.local;
    this.remote = ends.remote;
    this.#high = options.highWaterMark ?? transportDefaults.highWaterMark;
    this.#low = Math.min(options.lowWaterMark ?? transportDefaults.lowWaterMark, this.#high);
    this.#maxBytes = options.maxMessageBytes ?? messageTransportDefaults.maxMessageBytes;
    if (tap.active) {
      tap.publish({
        layer: 'transport',
        kind: 'open',
        time: tap.now(),
        connection: this.id,
        side,
        transport: 'ws',
        local: formatAddress(this.local),
        remote: formatAddress(this.remote),
      });
    }
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, !isBinary));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', (code, text) => this.#finish(code, text.toString()));
    this.#startPinging(options.pingInterval ?? messageTransportDefaults.pingInterval);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#socket.bufferedAmount;
  }

  send(message: string | Uint8Array): boolean {
    if (this.#isClosed || this.#hasEnded) return false;
    if (tap.active) {
      this.#publish('out', typeof message === 'string' ? Buffer.from(message) : message);
    }
    this.#socket.send(message, this.#onSent);
    if (this.#socket.bufferedAmount <= this.#high) return true;
    this.#isBlocked = true;
    return false;
  }

  close(): void {
    if (this.#isClosed || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#socket.close(this.isGoingAway ? 1001 : 1000);
  }

  reset(): void {
    this.#reason ??= {
      code: 'aborted',
      error: abortedError(this.#name, undefined, 'reset by this side'),
    };
    this.#socket.terminate();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  readonly #onSent = (): void => {
    if (!this.#isBlocked || this.#isClosed || this.#socket.bufferedAmount > this.#low) return;
    this.#isBlocked = false;
    this.#guard(() => this.#handler.drain?.(this));
  };

  #receive(bytes: Buffer, isText: boolean): void {
    this.#isAnswered = true;
    if (this.#hasEnded) return;
    if (tap.active) this.#publish('in', bytes);
    this.#guard(() => this.#handler.message(this, bytes, isText));
  }

  /** Runs a callback of the handler; one that throws costs this connection and no other. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#reason ??= { code: 'failed', error: toTransportError(error, this.#name) };
      this.#socket.close(1011);
    }
  }

  /** What the peer sent is no WebSocket message, or a longer one than is taken: it is told by a code. */
  #fail(error: Error): void {
    const isTooLong = errnoOf(error) === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    this.#reason ??= {
      code: 'failed',
      error: isTooLong
        ? messageTooLongError(this.#name, this.#maxBytes)
        : new TransportError('WEBSOCKET_CLOSED', `${this.#name}: ${error.message}`, {
            cause: error,
            details: { endpoint: this.#name, why: error.message },
          }),
    };
  }

  #finish(code: number, text: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#pinging);
    const reason = this.#reason ?? this.#explain(code, text);
    if (tap.active) {
      tap.publish({
        layer: 'transport',
        kind: 'close',
        time: tap.now(),
        connection: this.id,
        reason: reason.code,
      });
    }
    this.#guard(() => this.#handler.close?.(this, reason));
  }

  #explain(code: number, text: string): CloseReason {
    if (orderly.has(code)) return { code: 'ended' };
    const endpoint = this.#name;
    if (code === 1006) {
      const message = `${endpoint}: the peer reset the connection`;
      const details = { endpoint, errno: 'ECONNRESET' };
      return { code: 'reset', error: new TransportError('CONNECTION_RESET', message, { details }) };
    }
    const why = `${code} ${text || (closeTexts[code] ?? '')}`.trim();
    return {
      code: 'failed',
      error: new TransportError('WEBSOCKET_CLOSED', `${endpoint}: the peer closed it: ${why}`, {
        details: { endpoint, why },
      }),
    };
  }

  /** A peer that is gone without a word answers no ping. */
  #startPinging(interval: number): void {
    this.#socket.on('pong', () => {
      this.#isAnswered = true;
    });
    if (interval === 0) return;
    this.#pinging = setInterval(() => {
      if (!this.#isAnswered) {
        const endpoint = this.#name;
        const message = `${endpoint}: nothing moved for ${interval} ms`;
        const details = { endpoint, idleTimeout: interval };
        const error = new TransportError('IDLE_TIMEOUT', message, { details });
        this.#reason ??= { code: 'idle', error };
        this.#socket.terminate();
        return;
      }
      this.#isAnswered = false;
      this.#socket.ping();
    }, interval);
    this.#pinging.unref();
  }

  #publish(direction: 'in' | 'out', bytes: Uint8Array): void {
    tap.publish({
      layer: 'transport',
      kind: 'bytes',
      time: tap.now(),
      connection: this.id,
      direction,
      offset: 0,
      bytes,
    });
  }
}

/** What the platform's TLS is told to connect to a place on a web server. */
export async function secureOptions({ host }: WebEndpoint, tls: TlsOptions | undefined) {
  const { handshakeTimeout: _, ALPNProtocols: __, ...given } = tls ?? {};
  // On this machine alone, the development authority of this user is one more root.
  const authority =
    given.ca === undefined && isLoopback(host) ? await developmentAuthority() : undefined;
  return {
    ...(isIP(host) === 0 && { servername: host }),
    ...(authority !== undefined && { ca: [...rootCertificates, authority] }),
    ...given,
  };
}

/** The two ends of a socket of the platform's. */
export function endsOf(socket: Socket | undefined, { host, port }: WebEndpoint): WebSocketEnds {
  const familyOf = (address: string) =>
    (address.includes(':') ? 'IPv6' : 'IPv4') as Address['family'];
  const {
    localAddress = '',
    localPort = 0,
    remoteAddress = host,
    remotePort = port,
  } = socket ?? {};
  return {
    local: { host: localAddress, port: localPort, family: familyOf(localAddress) },
    remote: { host: remoteAddress, port: remotePort, family: familyOf(remoteAddress) },
  };
}

/**
 * Connects by WebSocket; resolves once it is open.
 *
 * @throws {TransportError} `CONNECTION_REFUSED`, `CONNECT_TIMEOUT`, `TLS_FAILED`…; `WEB_REFUSED` when what
 *   answers there is no WebSocket.
 */
export async function connectWebSocket(
  endpoint: WebEndpoint,
  handler: MessageHandler,
  options: MessageOptions = {},
): Promise<MessageConnection> {
  const name = formatUrl(endpoint);
  const timeout = options.connectTimeout ?? transportDefaults.connectTimeout;
  if (options.signal?.aborted === true) throw abortedError(name, options.signal.reason);
  const secure = endpoint.transport === 'wss' ? await secureOptions(endpoint, options.tls) : {};
  const socket = new WebSocket(name, {
    perMessageDeflate: false,
    maxPayload: options.maxMessageBytes ?? messageTransportDefaults.maxMessageBytes,
    ...(secure as object),
  });
  const { promise, resolve, reject } = Promise.withResolvers<WebSocketEnds>();
  const giveUp = (error: TransportError): void => {
    reject(error);
    socket.terminate();
  };
  const onError = (error: Error): void => giveUp(toTransportError(error, name));
  const onAbort = (): void => giveUp(abortedError(name, options.signal?.reason));
  const onTimeout = (): void => {
    const details = { endpoint: name, timeout };
    const message = `${name}: not connected after ${timeout} ms`;
    giveUp(new TransportError('CONNECT_TIMEOUT', message, { details }));
  };
  const timer = setTimeout(onTimeout, timeout);
  socket.on('error', onError);
  socket.once('unexpected-response', (_request, response) => {
    response.resume();
    giveUp(refusedError(name, response.statusCode ?? 0, response.statusMessage ?? ''));
  });
  // What comes with the handshake must find its listener: the connection is made at once.
  let connection: WebSocketConnection | undefined;
  let ends: WebSocketEnds = endsOf(undefined, endpoint);
  socket.once('upgrade', (response) => {
    ends = endsOf(response.socket, endpoint);
  });
  socket.once('open', () => {
    socket.off('error', onError);
    connection = new WebSocketConnection(socket, 'client', name, ends, handler, options);
    resolve(ends);
  });
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
  if (connection === undefined) throw new TypeError('open without a connection');
  const opened: WebSocketConnection = connection;
  const onLateAbort = (): void => opened.reset();
  options.signal?.addEventListener('abort', onLateAbort, { once: true });
  socket.once('close', () => options.signal?.removeEventListener('abort', onLateAbort));
  return opened;
}

/** A web server answered, but not what it was asked for. */
export function refusedError(endpoint: string, status: number, text: string): TransportError {
  const answer = `${status} ${text}`.trim();
  return new TransportError('WEB_REFUSED', `${endpoint}: answered ${answer}; check the path`, {
    details: { endpoint, answer, status },
  });
}
