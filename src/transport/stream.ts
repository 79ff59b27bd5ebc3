import type { CloseReason, ConnectOptions, Connection, StreamHandler } from './contract.ts';
import type { TransportEndpoint } from './endpoint.ts';
import { TransportError, abortedError } from './errors.ts';
import type { GuichetError } from '../errors.ts';
import { connect } from './listen.ts';

/**
 * A connection with promises in place of callbacks: for clients, tests and prompts. Reading is pulled:
 * while nobody reads, the peer is held back.
 */
export class ByteStream implements AsyncDisposable, AsyncIterable<Uint8Array> {
  readonly connection: Connection<ByteStream>;
  /** Resolves, never rejects, when the connection is over. */
  readonly closed: Promise<CloseReason>;
  readonly #closed = Promise.withResolvers<CloseReason>();
  readonly #chunks: Uint8Array[] = [];
  #reader: PromiseWithResolvers<Uint8Array | undefined> | undefined;
  #writers: PromiseWithResolvers<void>[] = [];
  #ended = false;
  #reason: CloseReason | undefined;

  /** Wraps a connection whose handler is {@link byteStreamHandler}; see {@link openStream}. */
  constructor(connection: Connection<ByteStream>) {
    this.connection = connection;
    this.closed = this.#closed.promise;
  }

  /**
   * The next chunk, cut anyhow; `undefined` at the peer's end of data. A read that its signal gives up
   * loses nothing: what comes is for the next one.
   * @throws {GuichetError} the reason, when the connection closed in another way.
   */
  async read(options: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array | undefined> {
    const { signal } = options;
    if (signal?.aborted === true) throw abortedError('read', signal.reason);
    const chunk = this.#chunks.shift();
    if (this.#chunks.length === 0) this.connection.resume();
    if (chunk !== undefined) return chunk;
    if (this.#ended) return undefined;
    if (this.#reason !== undefined) throw closedError(this.#reason);
    if (this.#reader !== undefined) throw new TypeError('already reading: await the earlier read');
    const reader = Promise.withResolvers<Uint8Array | undefined>();
    this.#reader = reader;
    if (signal === undefined) return reader.promise;
    const onAbort = (): void => {
      if (this.#reader === reader) this.#reader = undefined;
      reader.reject(abortedError('read', signal.reason));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return reader.promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** All that comes until the peer's end of data, at most `maxBytes` (default 1 MiB). */
  async readAll(maxBytes: number = 1_048_576): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let total = 0;
    for await (const chunk of this) {
      total += chunk.length;
      if (total > maxBytes) {
        this.connection.reset();
        throw new TransportError('ABORTED', `the peer sent more than ${maxBytes} bytes`, {
          details: { maxBytes },
        });
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /**
   * Sends bytes; resolves when more may be sent.
   * @throws {TransportError} when the connection is over.
   */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#reason !== undefined) throw closedError(this.#reason);
    if (this.connection.write(bytes)) return;
    const writer = Promise.withResolvers<void>();
    this.#writers.push(writer);
    return writer.promise;
  }

  /** Ends this direction; the other one stays open. */
  end(): void {
    this.connection.end();
  }

  reset(): void {
    this.connection.reset();
  }

  /** Ends this direction, discards what still comes and resolves when the connection is over. */
  async close(): Promise<CloseReason> {
    this.connection.close();
    return this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) yield chunk;
  }

  /** What the handler feeds; not for callers. @internal */
  receive(chunk: Uint8Array): void {
    if (this.#reader === undefined) {
      this.#chunks.push(chunk);
      this.connection.pause();
      return;
    }
    const reader = this.#reader;
    this.#reader = undefined;
    reader.resolve(chunk);
  }

  /** @internal */
  receiveEnd(): void {
    this.#ended = true;
    this.#reader?.resolve(undefined);
    this.#reader = undefined;
  }

  /** @internal */
  settle(): void {
    for (const writer of this.#writers.splice(0)) writer.resolve();
  }

  /** @internal */
  finish(reason: CloseReason): void {
    this.#reason = reason;
    this.#closed.resolve(reason);
    // An orderly end comes after all that was written.
    if (reason.code === 'ended') this.settle();
    if (this.#reader === undefined && this.#writers.length === 0) return;
    const error = closedError(reason);
    this.#reader?.reject(error);
    this.#reader = undefined;
    for (const writer of this.#writers.splice(0)) writer.reject(error);
  }
}

function closedError(reason: CloseReason): GuichetError {
  return reason.error ?? new TransportError('CONNECTION_CLOSED', 'the connection is closed');
}

/**
 * A handler that turns each connection into a {@link ByteStream} and hands it to a function: a server
 * written as one `async` function for each client. When it rejects, its connection is reset; when it
 * resolves, closed.
 *
 * @example
 * ```ts
 * import { byteStreamHandler, listen, openStream } from 'guichet/transport';
 * await using listener = await listen('tcp://127.0.0.1:0', byteStreamHandler(async (stream) => {
 *   const request = await stream.readAll();
 *   await stream.write(request.toReversed());
 * }));
 * await using stream = await openStream(listener.endpoint);
 * await stream.write(new Uint8Array([1, 2, 3]));
 * stream.end();
 * if ((await stream.readAll()).join() !== '3,2,1') throw new Error('not reversed');
 * ```
 */
export function byteStreamHandler(
  serve?: (stream: ByteStream) => Promise<void>,
): StreamHandler<ByteStream> {
  return {
    open(connection) {
      // The state of the connection is the stream about to be made: the one place where the two meet.
      const stream = new ByteStream(connection as Connection<ByteStream>);
      if (serve !== undefined) {
        serve(stream).then(
          () => connection.close(),
          () => connection.reset(),
        );
      }
      return stream;
    },
    data: (connection, bytes) => connection.state.receive(bytes),
    drain: (connection) => connection.state.settle(),
    end: (connection) => connection.state.receiveEnd(),
    close: (connection, reason) => connection.state.finish(reason),
    ...(serve !== undefined && { shutdown: () => undefined }),
  };
}

/** Connects and gives the connection as a {@link ByteStream}. See {@link connect} for what it throws. */
export async function openStream(
  endpoint: string | TransportEndpoint,
  options: ConnectOptions = {},
): Promise<ByteStream> {
  const connection = await connect(endpoint, byteStreamHandler(), options);
  return connection.state;
}
