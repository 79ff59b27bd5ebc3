import { Agent as PlainAgent, request as requestPlain } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as requestSecure } from 'node:https';
import { TLSSocket } from 'node:tls';
import { tap } from '../observe/tap.ts';
import { formatAddress, nextConnectionId, transportDefaults } from './contract.ts';
import type { Address, CloseReason } from './contract.ts';
import { formatUrl } from './endpoint.ts';
import type { WebEndpoint } from './endpoint.ts';
import { TransportError, abortedError, messageTooLongError, toTransportError } from './errors.ts';
import { messageTransportDefaults } from './message.ts';
import type { Exchange, MessageConnection, MessageHandler, MessageOptions } from './message.ts';
import { endsOf, refusedError, secureOptions } from './websocket.ts';

/** The media types of messages. */
export const textMessageType = 'application/json';
export const binaryMessageType = 'application/cbor';

const messageTypes: ReadonlySet<string> = new Set([textMessageType, binaryMessageType]);

function isMessage({ headers }: IncomingMessage): boolean {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  return type !== undefined && messageTypes.has(type);
}

function isText({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith(textMessageType) === true;
}

/**
 * A {@link MessageConnection} in which each message sent is the content of a POST request and each answer
 * that of its response, over connections that are kept and shared.
 */
class WebExchangeConnection implements MessageConnection {
  readonly id: number = nextConnectionId();
  readonly isExchange = true;
  local: Address;
  remote: Address;
  readonly #endpoint: WebEndpoint;
  readonly #name: string;
  readonly #agent: PlainAgent;
  readonly #handler: MessageHandler;
  readonly #maxBytes: number;
  readonly #timeout: number;
  readonly #high: number;
  readonly #requests = new Set<ClientRequest>();
  #bufferedBytes = 0;
  #isBlocked = false;
  #isClosing = false;
  #isClosed = false;

  constructor(
    endpoint: WebEndpoint,
    agent: PlainAgent,
    handler: MessageHandler,
    options: MessageOptions,
  ) {
    this.#endpoint = endpoint;
    this.#name = formatUrl(endpoint);
    this.#agent = agent;
    this.#handler = handler;
    this.#maxBytes = options.maxMessageBytes ?? messageTransportDefaults.maxMessageBytes;
    this.#timeout = options.exchangeTimeout ?? messageTransportDefaults.exchangeTimeout;
    this.#high = options.highWaterMark ?? transportDefaults.highWaterMark;
    ({ local: this.local, remote: this.remote } = endsOf(undefined, endpoint));
    if (tap.active) {
      const [local, remote] = [formatAddress(this.local), formatAddress(this.remote)];
      const { id: connection } = this;
      const time = tap.now();
      const layer = 'transport';
      tap.publish({
        layer,
        kind: 'open',
        time,
        connection,
        side: 'client',
        transport: endpoint.transport,
        local,
        remote,
      });
    }
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  send(message: string | Uint8Array, exchange: Exchange = {}): boolean {
    if (this.#isClosing || this.#isClosed) return false;
    const bytes = typeof message === 'string' ? Buffer.from(message) : message;
    const type = typeof message === 'string' ? textMessageType : binaryMessageType;
    if (tap.active) this.#publish('out', bytes);
    const { transport, host, port, path } = this.#endpoint;
    const request = (transport === 'https' ? requestSecure : requestPlain)({
      host,
      port,
      path,
      method: 'POST',
      agent: this.#agent,
      headers: { 'content-type': type, 'content-length': bytes.length, accept: type },
      timeout: this.#timeout,
    });
    // An end of data would not tell that the answer is not wanted any more: a reset does.
    const giveUp = (): void => {
      const { socket } = request;
      if (socket === null) request.destroy();
      else if (socket instanceof TLSSocket) socket.destroy();
      else socket.resetAndDestroy();
    };
    exchange.signal?.addEventListener('abort', giveUp, { once: true });
    this.#requests.add(request);
    this.#bufferedBytes += bytes.length;
    request.once('response', (response) => void this.#take(response, exchange));
    request.once('socket', (socket) => {
      ({ local: this.local, remote: this.remote } = endsOf(socket, this.#endpoint));
    });
    request.once('timeout', () => {
      const error = new TransportError(
        'IDLE_TIMEOUT',
        `${this.#name}: nothing moved for ${this.#timeout} ms`,
        {
          details: { endpoint: this.#name, idleTimeout: this.#timeout },
        },
      );
      request.destroy(error);
    });
    request.once('error', (error) => this.#lose(toTransportError(error, this.#name), exchange));
    request.once('close', () => {
      exchange.signal?.removeEventListener('abort', giveUp);
      this.#settle(request, bytes.length);
    });
    request.end(bytes);
    if (this.#bufferedBytes <= this.#high) return true;
    this.#isBlocked = true;
    return false;
  }

  close(): void {
    this.#isClosing = true;
    if (this.#requests.size === 0) this.#finish({ code: 'closed' });
  }

  reset(): void {
    this.#finish({
      code: 'aborted',
      error: abortedError(this.#name, undefined, 'reset by this side'),
    });
  }

  pause(): void {
    // Nothing comes that was not asked for.
  }

  resume(): void {
    // See pause.
  }

  async #take(response: IncomingMessage, exchange: Exchange): Promise<void> {
    const pieces: Buffer[] = [];
    let length = 0;
    try {
      for await (const piece of response as AsyncIterable<Buffer>) {
        length += piece.length;
        if (length > this.#maxBytes) throw messageTooLongError(this.#name, this.#maxBytes);
        pieces.push(piece);
      }
    } catch (error) {
      response.destroy();
      this.#lose(toTransportError(error, this.#name), exchange);
      return;
    }
    if (this.#isClosed) return;
    const { statusCode = 0, statusMessage = '' } = response;
    if (length > 0 && isMessage(response)) {
      const bytes = Buffer.concat(pieces, length);
      if (tap.active) this.#publish('in', bytes);
      try {
        this.#handler.message(this, bytes, isText(response));
      } catch (error) {
        this.#finish({ code: 'failed', error: toTransportError(error, this.#name) });
      }
    }
    // Whoever has had an answer does not hear this any more.
    if (statusCode >= 300)
      this.#lose(refusedError(this.#name, statusCode, statusMessage), exchange);
  }

  #lose(error: TransportError, exchange: Exchange): void {
    if (exchange.signal?.aborted === true || this.#isClosed) return;
    if (exchange.fail === undefined) this.#finish({ code: 'failed', error });
    else exchange.fail(error);
  }

  #settle(request: ClientRequest, bytes: number): void {
    this.#requests.delete(request);
    this.#bufferedBytes -= bytes;
    if (this.#isClosing && this.#requests.size === 0) {
      // The answer of the last one is read a turn later.
      setImmediate(() => this.#finish({ code: 'closed' }));
    } else if (this.#isBlocked && this.#bufferedBytes <= this.#high / 2) {
      this.#isBlocked = false;
      this.#handler.drain?.(this);
    }
  }

  #finish(reason: CloseReason): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const request of this.#requests) request.destroy();
    this.#agent.destroy();
    if (tap.active) {
      const { code } = reason;
      tap.publish({
        layer: 'transport',
        kind: 'close',
        time: tap.now(),
        connection: this.id,
        reason: code,
      });
    }
    this.#handler.close?.(this, reason);
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

/**
 * Prepares to send messages as HTTP requests; nothing is sent yet, and nobody need listen.
 *
 * @throws {TransportError} `ABORTED`.
 */
export async function openExchange(
  endpoint: WebEndpoint,
  handler: MessageHandler,
  options: MessageOptions = {},
): Promise<MessageConnection> {
  if (options.signal?.aborted === true) {
    throw abortedError(formatUrl(endpoint), options.signal.reason);
  }
  const kept = { keepAlive: true, maxSockets: 64, maxFreeSockets: 16 };
  const agent =
    endpoint.transport === 'https'
      ? new SecureAgent({ ...kept, ...((await secureOptions(endpoint, options.tls)) as object) })
      : new PlainAgent(kept);
  const connection = new WebExchangeConnection(endpoint, agent, handler, options);
  options.signal?.addEventListener('abort', () => connection.reset(), { once: true });
  return connection;
}
