import { nextConnectionId } from '../transport/contract.ts';
import type { Address, CloseReason } from '../transport/contract.ts';
import { formatUrl } from '../transport/endpoint.ts';
import type { WebEndpoint } from '../transport/endpoint.ts';
import { TransportError, abortedError, messageTooLongError } from '../transport/errors.ts';
import { messageTransportDefaults } from '../transport/message.ts';
import type {
  Exchange,
  MessageConnection,
  MessageHandler,
  MessageOptions,
} from '../transport/message.ts';
import { endsOf } from './websocket.ts';

const textType = 'application/json';
const binaryType = 'application/cbor';

/** A {@link MessageConnection} in which each message sent is a POST by the browser's `fetch`. */
class PageExchange implements MessageConnection {
  readonly id: number = nextConnectionId();
  readonly isExchange = true;
  readonly local: Address;
  readonly remote: Address;
  readonly bufferedBytes = 0;
  readonly #url: string;
  readonly #handler: MessageHandler;
  readonly #maxBytes: number;
  readonly #timeout: number;
  readonly #controller = new AbortController();
  #underWay = 0;
  #isClosing = false;
  #isClosed = false;

  constructor(place: WebEndpoint, handler: MessageHandler, options: MessageOptions) {
    this.#url = formatUrl(place);
    this.#handler = handler;
    this.#maxBytes = options.maxMessageBytes ?? messageTransportDefaults.maxMessageBytes;
    this.#timeout = options.exchangeTimeout ?? messageTransportDefaults.exchangeTimeout;
    ({ local: this.local, remote: this.remote } = endsOf(place));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  send(message: string | Uint8Array, exchange: Exchange = {}): boolean {
    if (this.#isClosing || this.#isClosed) return false;
    this.#underWay++;
    void this.#post(message, exchange).finally(() => {
      this.#underWay--;
      this.#closeIfIdle();
    });
    return true;
  }

  close(): void {
    this.#isClosing = true;
    this.#closeIfIdle();
  }

  reset(): void {
    this.#finish({
      code: 'aborted',
      error: abortedError(this.#url, undefined, 'reset by this side'),
    });
  }

  pause(): void {
    // Nothing comes that was not asked for.
  }

  resume(): void {
    // See pause.
  }

  async #post(message: string | Uint8Array, exchange: Exchange): Promise<void> {
    const type = typeof message === 'string' ? textType : binaryType;
    const signals = [this.#controller.signal, AbortSignal.timeout(this.#timeout)];
    if (exchange.signal !== undefined) signals.push(exchange.signal);
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': type, accept: type },
        // Memory that is shared cannot be sent, and none of ours is.
        body: message as string | Uint8Array<ArrayBuffer>,
        signal: AbortSignal.any(signals),
      });
      const bytes = await readAll(response, this.#maxBytes, this.#url);
      if (this.#isClosed) return;
      const media = response.headers.get('content-type') ?? '';
      const isText = media.startsWith(textType);
      if (bytes.length > 0 && (isText || media.startsWith(binaryType))) {
        this.#handler.message(this, bytes, isText);
      }
      // Whoever has had an answer does not hear this any more.
      if (!response.ok) this.#lose(refused(this.#url, response), exchange);
    } catch (error) {
      this.#lose(toError(error, this.#url), exchange);
    }
  }

  #lose(error: TransportError, exchange: Exchange): void {
    if (exchange.signal?.aborted === true || this.#isClosed) return;
    if (exchange.fail === undefined) this.#finish({ code: 'failed', error });
    else exchange.fail(error);
  }

  #closeIfIdle(): void {
    if (this.#isClosing && this.#underWay === 0) this.#finish({ code: 'closed' });
  }

  #finish(reason: CloseReason): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#controller.abort();
    this.#handler.close?.(this, reason);
  }
}

async function readAll(response: Response, limit: number, url: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
    length += next.value.length;
    if (length > limit) {
      await reader?.cancel();
      throw messageTooLongError(url, limit);
    }
    pieces.push(next.value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function refused(endpoint: string, { status, statusText }: Response): TransportError {
  const answer = `${status} ${statusText}`.trim();
  return new TransportError('WEB_REFUSED', `${endpoint}: answered ${answer}; check the path`, {
    details: { endpoint, answer, status },
  });
}

/** Why `fetch` failed, of which a page is told next to nothing. */
function toError(thrown: unknown, endpoint: string): TransportError {
  if (thrown instanceof TransportError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const isLate = thrown instanceof DOMException && thrown.name === 'TimeoutError';
  return new TransportError(
    isLate ? 'IDLE_TIMEOUT' : 'CONNECTION_REFUSED',
    `${endpoint}: ${text}; the browser's console says more`,
    { cause: thrown, details: { endpoint, text } },
  );
}

/** Prepares to send messages as requests; nothing is sent yet, and nobody need listen. */
export function openExchange(
  place: WebEndpoint,
  handler: MessageHandler,
  options: MessageOptions = {},
): MessageConnection {
  const { signal } = options;
  if (signal?.aborted === true) throw abortedError(formatUrl(place), signal.reason);
  const connection = new PageExchange(place, handler, options);
  signal?.addEventListener('abort', () => connection.reset(), { once: true });
  return connection;
}
