import { publishFrame } from '../../framing/index.ts';
import { tap } from '../../observe/index.ts';
import { readTlsOptions } from '../../presentation/index.ts';
import type { Endpoint } from '../../presentation/index.ts';
import { connect, connectDatagrams } from '../../transport/index.ts';
import type {
  CloseReason,
  ConnectOptions,
  Connection,
  DatagramSocket,
} from '../../transport/index.ts';
import type { GuichetError } from '../../errors.ts';
import { diagnoseEcho } from './diagnosis.ts';
import type { EchoDiagnosis } from './diagnosis.ts';

/** What became of one message sent to an echo server. */
export interface EchoResult extends EchoDiagnosis {
  /** What came back. */
  readonly bytes: Uint8Array;
  /** Milliseconds from the first byte sent to the last one received. */
  readonly milliseconds: number;
  /** Why no more came, when less came than was sent: the time-out, the peer's end, a reset. */
  readonly stoppedBy?: 'timeout' | 'end' | 'reset';
}

export interface EchoClientOptions extends ConnectOptions {
  /** Milliseconds without a byte after which the rest of an answer is given up. Default 2,000. */
  readonly timeout?: number;
  /** Milliseconds that bytes too many are waited for after the last answer. Default 200. */
  readonly settle?: number;
}

/** The finite defaults of {@link EchoClientOptions}. */
export const echoClientDefaults = { timeout: 2_000, settle: 200 } as const;

/** Bytes too many that are kept to be shown; more are counted as if they were these. */
const maxExtraBytes = 65_536;

const longestWrite = 65_536;

/** A client of an echo server: it sends, collects the whole answer however it is cut, and compares. */
export interface EchoClient extends AsyncDisposable {
  /** Sends one message and waits for as many bytes. One at a time. */
  exchange(message: Uint8Array): Promise<EchoResult>;
  /**
   * Ends the connection as an echo client does: its end of data, then the server's.
   * @returns bytes that came beyond all that was sent.
   */
  finish(): Promise<Uint8Array>;
}

/** One message on its way there and back. */
class Exchange {
  readonly #message: Uint8Array;
  readonly #timeout: number;
  readonly #chunks: Uint8Array[] = [];
  readonly #done = Promise.withResolvers<EchoResult>();
  readonly #start = performance.now();
  #last = this.#start;
  #received = 0;
  #timer: NodeJS.Timeout;

  constructor(message: Uint8Array, timeout: number) {
    this.#message = message;
    this.#timeout = timeout;
    this.#timer = setTimeout(() => this.stop('timeout'), timeout);
  }

  get result(): Promise<EchoResult> {
    return this.#done.promise;
  }

  receive(bytes: Uint8Array): void {
    this.#last = performance.now();
    if (this.#received - this.#message.length < maxExtraBytes) {
      this.#chunks.push(bytes);
      this.#received += bytes.length;
    }
    if (this.#received >= this.#message.length) this.stop();
    else this.#timer.refresh();
  }

  /** Progress in sending is progress too: a long message is not given up while it is read. */
  touch(): void {
    this.#timer.refresh();
  }

  stop(stoppedBy?: 'timeout' | 'end' | 'reset'): void {
    clearTimeout(this.#timer);
    const bytes = Buffer.concat(this.#chunks);
    this.#done.resolve({
      ...diagnoseEcho(this.#message, bytes),
      bytes,
      milliseconds: this.#last - this.#start,
      ...(stoppedBy !== undefined && { stoppedBy }),
    });
  }

  fail(error: GuichetError): void {
    clearTimeout(this.#timer);
    this.#done.reject(error);
  }

  get timeout(): number {
    return this.#timeout;
  }
}

/** What stream and datagram clients share: whose turn it is, and what came when it was nobody's. */
class Turns {
  readonly timeout: number;
  readonly settle: number;
  exchange: Exchange | undefined;
  readonly #stray: Uint8Array[] = [];
  #strayBytes = 0;

  constructor(options: EchoClientOptions) {
    this.timeout = options.timeout ?? echoClientDefaults.timeout;
    this.settle = options.settle ?? echoClientDefaults.settle;
  }

  begin(message: Uint8Array): Exchange {
    this.exchange = new Exchange(message, this.timeout);
    return this.exchange;
  }

  receive(bytes: Uint8Array): void {
    if (this.exchange !== undefined) {
      this.exchange.receive(bytes);
    } else if (this.#strayBytes < maxExtraBytes) {
      this.#stray.push(bytes);
      this.#strayBytes += bytes.length;
    }
  }

  get stray(): Uint8Array {
    return Buffer.concat(this.#stray);
  }
}

/** On the tap, what is sent and what came back are one message each way. */
function publish(
  id: number,
  direction: 'in' | 'out',
  message: number,
  framing: string,
  offset: number,
  bytes: Uint8Array,
): void {
  const value = (): void =>
    tap.publish({
      layer: 'presentation',
      kind: 'value',
      time: tap.now(),
      connection: id,
      direction,
      message,
      codec: 'bytes',
      value: bytes,
    });
  if (direction === 'out') value();
  publishFrame(id, direction, message, framing, offset, bytes.length, bytes);
  if (direction === 'in') value();
}

class StreamEchoClient implements EchoClient {
  readonly #connection: Connection;
  readonly #turns: Turns;
  readonly #closed: Promise<CloseReason>;
  #drained: PromiseWithResolvers<void> | undefined;
  #reason: CloseReason | undefined;

  private constructor(connection: Connection, turns: Turns, closed: Promise<CloseReason>) {
    this.#connection = connection;
    this.#turns = turns;
    this.#closed = closed;
  }

  static async connect(endpoint: Endpoint, options: EchoClientOptions): Promise<StreamEchoClient> {
    const turns = new Turns(options);
    const { promise: closed, resolve: close } = Promise.withResolvers<CloseReason>();
    const made: { client?: StreamEchoClient } = {};
    const tls = await readTlsOptions(endpoint.tls);
    const connection = await connect(
      endpoint.transport,
      {
        data: (_connection, bytes) => turns.receive(bytes),
        drain: () => made.client?.settleDrain(),
        end: () => turns.exchange?.stop('end'),
        close(_connection, reason) {
          made.client?.receiveClose(reason);
          close(reason);
        },
      },
      { ...options, tls: { ...tls, ...options.tls } },
    );
    made.client = new StreamEchoClient(connection, turns, closed);
    return made.client;
  }

  settleDrain(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  receiveClose(reason: CloseReason): void {
    this.#reason = reason;
    this.settleDrain();
    this.#turns.exchange?.stop(reason.code === 'ended' ? 'end' : 'reset');
  }

  async exchange(message: Uint8Array): Promise<EchoResult> {
    const connection = this.#connection;
    if (this.#reason?.error !== undefined) throw this.#reason.error;
    const link = tap.active ? tap.nextMessage() : 0;
    const offsets = { out: connection.bytesWritten, in: connection.bytesRead };
    if (link > 0) publish(connection.id, 'out', link, 'chunk', offsets.out, message);
    const exchange = this.#turns.begin(message);
    for (let start = 0; start < message.length && !connection.isClosed; start += longestWrite) {
      if (connection.write(message.subarray(start, start + longestWrite))) continue;
      this.#drained = Promise.withResolvers();
      // Whoever stopped the exchange meanwhile (a time-out, a close) has nobody to write for.
      await Promise.race([this.#drained.promise, exchange.result]);
      exchange.touch();
    }
    if (message.length === 0) exchange.stop();
    const result = await exchange.result;
    this.#turns.exchange = undefined;
    if (link > 0) publish(connection.id, 'in', link, 'chunk', offsets.in, result.bytes);
    return result;
  }

  async finish(): Promise<Uint8Array> {
    this.#connection.end();
    await within(this.#turns.settle, this.#closed);
    this.#connection.reset();
    await this.#closed;
    return this.#turns.stray;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.reset();
    await this.#closed;
  }
}

class DatagramEchoClient implements EchoClient {
  readonly #socket: DatagramSocket;
  readonly #turns: Turns;

  private constructor(socket: DatagramSocket, turns: Turns) {
    this.#socket = socket;
    this.#turns = turns;
  }

  static async connect(
    endpoint: Endpoint,
    options: EchoClientOptions,
  ): Promise<DatagramEchoClient> {
    const turns = new Turns(options);
    const socket = await connectDatagrams(
      endpoint.transport,
      {
        // One datagram is the whole answer: what is missing from it does not follow.
        datagram(_socket, bytes) {
          turns.receive(bytes);
          turns.exchange?.stop('end');
        },
        error: (_socket, error) => turns.exchange?.fail(error),
      },
      options.signal === undefined ? {} : { signal: options.signal },
    );
    return new DatagramEchoClient(socket, turns);
  }

  async exchange(message: Uint8Array): Promise<EchoResult> {
    const link = tap.active ? tap.nextMessage() : 0;
    if (link > 0) publish(this.#socket.id, 'out', link, 'datagram', 0, message);
    const exchange = this.#turns.begin(message);
    try {
      this.#socket.send(message);
      const result = await exchange.result;
      if (link > 0) publish(this.#socket.id, 'in', link, 'datagram', 0, result.bytes);
      return result;
    } finally {
      exchange.stop();
      this.#turns.exchange = undefined;
    }
  }

  async finish(): Promise<Uint8Array> {
    await this.#socket.close();
    return this.#turns.stray;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket.close();
  }
}

async function within(milliseconds: number, event: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([event, promise]);
  clearTimeout(timer);
}

/**
 * Connects to an echo server.
 *
 * @throws {TransportError} as `connect` and `connectDatagrams` do.
 * @example
 * ```ts
 * import { connectEcho, echoStreams } from 'guichet/applications';
 * import { parseEndpoint } from 'guichet/presentation';
 * import { formatEndpoint, listen } from 'guichet/transport';
 * await using listener = await listen('tcp://127.0.0.1:0', echoStreams);
 * await using client = await connectEcho(parseEndpoint(`bytes+${formatEndpoint(listener.endpoint)}`));
 * const result = await client.exchange(new TextEncoder().encode('bonjour'));
 * if (!result.isIdentical) throw new Error(`first difference at ${result.firstDifference}`);
 * ```
 */
export async function connectEcho(
  endpoint: Endpoint,
  options: EchoClientOptions = {},
): Promise<EchoClient> {
  return endpoint.framing === 'datagram'
    ? DatagramEchoClient.connect(endpoint, options)
    : StreamEchoClient.connect(endpoint, options);
}
