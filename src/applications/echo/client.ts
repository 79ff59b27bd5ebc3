import { publishFrame } from '../../framing/index.ts';
import { tap } from '../../observe/index.ts';
import { readTlsOptions } from '../../presentation/index.ts';
import type { Endpoint } from '../../presentation/index.ts';
import { connect, connectDatagrams, formatAddress } from '../../transport/index.ts';
import type {
  Address,
  CloseReason,
  ConnectOptions,
  Connection,
  DatagramSocket,
} from '../../transport/index.ts';
import { Turns } from './exchange.ts';
import type { EchoResult } from './exchange.ts';

export type { EchoResult, EchoStop } from './exchange.ts';

export interface EchoClientOptions extends ConnectOptions {
  /** Milliseconds without a byte after which the rest of an answer is given up. Default 2,000. */
  readonly timeout?: number;
  /** Milliseconds that bytes too many are waited for after the last answer. Default 200. */
  readonly settle?: number;
}

/** The finite defaults of {@link EchoClientOptions}. */
export const echoClientDefaults = { timeout: 2_000, settle: 200 } as const;

const longestWrite = 65_536;

/** A client of an echo server: it sends, collects the whole answer however it is cut, and compares. */
export interface EchoClient extends AsyncDisposable {
  /**
   * Sends one message and waits for as many bytes. One at a time.
   * @throws {TransportError} when nothing can be sent: the connection was lost, nobody listens there.
   */
  exchange(message: Uint8Array): Promise<EchoResult>;
  /**
   * Ends the connection as an echo client does: its end of data, then the server's.
   * @returns bytes that came beyond all that was sent.
   */
  finish(): Promise<Uint8Array>;
}

/** On the tap, what is sent and what came back are one message each way. */
function publish(
  id: number,
  direction: 'in' | 'out',
  message: number,
  framing: string,
  offset: number,
  bytes: Uint8Array,
  peer?: Address,
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
      ...(peer !== undefined && { remote: formatAddress(peer) }),
    });
  if (direction === 'out') value();
  publishFrame(id, direction, message, framing, offset, bytes.length, bytes, peer);
  if (direction === 'in') value();
}

class StreamEchoClient implements EchoClient {
  readonly #connection: Connection;
  readonly #turns: Turns;
  readonly #settle: number;
  readonly #closed = Promise.withResolvers<void>();
  #drained: PromiseWithResolvers<void> | undefined;
  #hasEnded = false;
  #isFinished = false;
  #reason: CloseReason | undefined;

  private constructor(connection: Connection, turns: Turns, settle: number) {
    this.#connection = connection;
    this.#turns = turns;
    this.#settle = settle;
  }

  static async connect(endpoint: Endpoint, options: EchoClientOptions): Promise<StreamEchoClient> {
    const turns = new Turns(options.timeout ?? echoClientDefaults.timeout);
    const made: { client?: StreamEchoClient } = {};
    const tls = await readTlsOptions(endpoint.tls);
    const connection = await connect(
      endpoint.transport,
      {
        data: (_connection, bytes) => turns.receive(bytes),
        drain: () => made.client?.settleDrain(),
        end: () => made.client?.receiveEnd(),
        close: (_connection, reason) => made.client?.receiveClose(reason),
      },
      { ...options, tls: { ...tls, ...options.tls } },
    );
    // Callbacks come from the event loop, which has not turned since the connection was open.
    const settle = options.settle ?? echoClientDefaults.settle;
    made.client = new StreamEchoClient(connection, turns, settle);
    return made.client;
  }

  settleDrain(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  receiveEnd(): void {
    this.#hasEnded = true;
    this.#turns.exchange?.stop('end');
  }

  receiveClose(reason: CloseReason): void {
    this.#reason = reason;
    this.settleDrain();
    this.#turns.exchange?.stop(reason.code === 'ended' ? 'end' : 'reset');
    this.#closed.resolve();
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
      if (exchange.isOver) break;
      exchange.touch();
    }
    if (message.length === 0) exchange.stop();
    else if (this.#hasEnded || connection.isClosed) exchange.stop('end');
    const result = await exchange.result;
    if (link > 0) publish(connection.id, 'in', link, 'chunk', offsets.in, result.bytes);
    return result;
  }

  async finish(): Promise<Uint8Array> {
    this.#isFinished = true;
    this.#connection.end();
    await within(this.#settle, this.#closed.promise);
    const { stray } = this.#turns;
    // A server that has not yet noticed our end of data may still do so in its own time.
    this.#connection.close();
    return stray;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isFinished) return;
    this.#connection.reset();
    await this.#closed.promise;
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
    const turns = new Turns(options.timeout ?? echoClientDefaults.timeout);
    const socket = await connectDatagrams(
      endpoint.transport,
      {
        // One datagram is the whole answer: what is missing from it does not follow.
        datagram(_socket, bytes) {
          const { exchange } = turns;
          turns.receive(bytes);
          exchange?.stop('end');
        },
        error: (_socket, error) => turns.exchange?.fail(error),
      },
      options.signal === undefined ? {} : { signal: options.signal },
    );
    return new DatagramEchoClient(socket, turns);
  }

  async exchange(message: Uint8Array): Promise<EchoResult> {
    const socket = this.#socket;
    const link = tap.active ? tap.nextMessage() : 0;
    if (link > 0) publish(socket.id, 'out', link, 'datagram', 0, message, socket.peer);
    const exchange = this.#turns.begin(message);
    try {
      socket.send(message);
      const result = await exchange.result;
      const cameBack = link > 0 && result.stoppedBy !== 'timeout';
      if (cameBack) publish(socket.id, 'in', link, 'datagram', 0, result.bytes, socket.peer);
      return result;
    } finally {
      exchange.stop();
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
