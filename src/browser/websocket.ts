import { nextConnectionId, transportDefaults } from '../transport/contract.ts';
import type { Address, CloseReason } from '../transport/contract.ts';
import { formatUrl } from '../transport/endpoint.ts';
import type { WebEndpoint } from '../transport/endpoint.ts';
import { TransportError, abortedError, messageTooLongError } from '../transport/errors.ts';
import { messageTransportDefaults } from '../transport/message.ts';
import type { MessageConnection, MessageHandler, MessageOptions } from '../transport/message.ts';

/** Close codes that end a conversation in order (RFC 6455, section 7.4.1). */
const orderly: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** Milliseconds between looks at what the browser has yet to send: it does not tell when it has. */
const lookTime = 10;

/** The two ends of a conversation, of which a page knows only the far one. */
export function endsOf({ host, port }: WebEndpoint): { local: Address; remote: Address } {
  const family = host.includes(':') ? 'IPv6' : 'IPv4';
  return { local: { host: '', port: 0, family }, remote: { host, port, family } };
}

/** A {@link MessageConnection} over a browser's WebSocket. */
class PageWebSocket implements MessageConnection {
  readonly id: number = nextConnectionId();
  readonly isExchange = false;
  readonly local: Address;
  readonly remote: Address;
  readonly #socket: WebSocket;
  readonly #name: string;
  readonly #handler: MessageHandler;
  readonly #high: number;
  readonly #low: number;
  readonly #maxBytes: number;
  readonly #kept: unknown[] = [];
  #isPaused = false;
  #isBlocked = false;
  #hasEnded = false;
  #isClosed = false;
  #reason: CloseReason | undefined;

  constructor(
    socket: WebSocket,
    place: WebEndpoint,
    handler: MessageHandler,
    options: MessageOptions,
  ) {
    this.#socket = socket;
    this.#name = formatUrl(place);
    this.#handler = handler;
    this.#high = options.highWaterMark ?? transportDefaults.highWaterMark;
    this.#low = Math.min(options.lowWaterMark ?? transportDefaults.lowWaterMark, this.#high);
    this.#maxBytes = options.maxMessageBytes ?? messageTransportDefaults.maxMessageBytes;
    ({ local: this.local, remote: this.remote } = endsOf(place));
    socket.addEventListener('message', (event: { readonly data: unknown }) => {
      if (this.#isPaused) this.#kept.push(event.data);
      else this.#receive(event.data);
    });
    socket.addEventListener('close', ({ code, reason }) => this.#finish(code, reason));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#socket.bufferedAmount;
  }

  send(message: string | Uint8Array): boolean {
    if (this.#isClosed || this.#hasEnded) return false;
    this.#socket.send(message);
    if (this.#socket.bufferedAmount <= this.#high) return true;
    if (!this.#isBlocked) {
      this.#isBlocked = true;
      setTimeout(this.#look, lookTime);
    }
    return false;
  }

  close(): void {
    if (this.#isClosed || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#socket.close(1000);
  }

  reset(): void {
    if (this.#isClosed) return;
    this.#reason ??= {
      code: 'aborted',
      error: abortedError(this.#name, undefined, 'reset by this side'),
    };
    this.#socket.close();
    // A peer that is gone answers no close, and the browser would wait for it.
    this.#finish(1000, '');
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    while (!this.#isPaused) {
      const next = this.#kept.shift();
      if (next === undefined) return;
      this.#receive(next);
    }
  }

  readonly #look = (): void => {
    if (this.#isClosed) return;
    if (this.#socket.bufferedAmount > this.#low) {
      setTimeout(this.#look, lookTime);
      return;
    }
    this.#isBlocked = false;
    this.#handler.drain?.(this);
  };

  #receive(data: unknown): void {
    if (this.#isClosed || this.#hasEnded) return;
    const isText = typeof data === 'string';
    const bytes = isText ? new TextEncoder().encode(data) : new Uint8Array(data as ArrayBuffer);
    if (bytes.length > this.#maxBytes) {
      this.#fail(messageTooLongError(this.#name, this.#maxBytes));
      return;
    }
    try {
      this.#handler.message(this, bytes, isText);
    } catch (error) {
      this.#fail(closedError(this.#name, error instanceof Error ? error.message : String(error)));
    }
  }

  #fail(error: TransportError): void {
    this.#reason ??= { code: 'failed', error };
    // Of the codes of RFC 6455 a page may send 1000 alone.
    this.#socket.close();
  }

  #finish(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const own = this.#hasEnded ? ({ code: 'closed' } as const) : undefined;
    const ended = orderly.has(code) ? ({ code: 'ended' } as const) : undefined;
    const error = closedError(this.#name, `${code} ${reason}`.trim());
    const lost: CloseReason = { code: code === 1006 ? 'reset' : 'failed', error };
    this.#handler.close?.(this, this.#reason ?? own ?? ended ?? lost);
  }
}

function closedError(endpoint: string, why: string): TransportError {
  return new TransportError('WEBSOCKET_CLOSED', `${endpoint}: the WebSocket closed: ${why}`, {
    details: { endpoint, why },
  });
}

/**
 * Connects by the browser's WebSocket; resolves once it is open.
 *
 * @throws {TransportError} `CONNECTION_REFUSED`, whatever the reason: a page is not told.
 */
export async function connectWebSocket(
  place: WebEndpoint,
  handler: MessageHandler,
  options: MessageOptions = {},
): Promise<MessageConnection> {
  const name = formatUrl(place);
  const { signal, connectTimeout = transportDefaults.connectTimeout } = options;
  if (signal?.aborted === true) throw abortedError(name, signal.reason);
  const socket = new WebSocket(name);
  socket.binaryType = 'arraybuffer';
  const { promise, resolve, reject } = Promise.withResolvers<MessageConnection>();
  const timer = setTimeout(() => {
    const details = { endpoint: name, timeout: connectTimeout };
    const message = `${name}: not connected after ${connectTimeout} ms`;
    reject(new TransportError('CONNECT_TIMEOUT', message, { details }));
  }, connectTimeout);
  const onAbort = (): void => reject(abortedError(name, signal?.reason));
  signal?.addEventListener('abort', onAbort, { once: true });
  socket.addEventListener('error', () => {
    const details = { endpoint: name };
    const message = `${name}: no WebSocket there; the browser's console says more`;
    reject(new TransportError('CONNECTION_REFUSED', message, { details }));
  });
  // What comes with the handshake must find its listener: the connection is made at once.
  socket.addEventListener('open', () =>
    resolve(new PageWebSocket(socket, place, handler, options)),
  );
  try {
    const connection = await promise;
    signal?.addEventListener('abort', () => connection.reset(), { once: true });
    return connection;
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
