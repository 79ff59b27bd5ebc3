import { Duplex } from 'node:stream';
import type {
  ConnectOptions,
  Connection,
  ListenOptions,
  Listener,
  StreamHandler,
} from './contract.ts';
import { transportDefaults } from './contract.ts';
import { formatEndpoint } from './endpoint.ts';
import type { MemoryEndpoint } from './endpoint.ts';
import { TransportError, abortedError, toTransportError } from './errors.ts';
import { ConnectionGroup } from './connection-group.ts';
import { SocketConnection } from './socket-connection.ts';

const failure = (code: string): Error => Object.assign(new Error(`${code} in memory`), { code });

type Done = (error?: Error | null) => void;

/**
 * One side of a stream within the process, with the manners of a TCP socket: nothing is delivered inside
 * the call that sent it, a side that does not read fills the other's buffer, and either can be reset.
 */
class MemorySocket extends Duplex {
  #peer: MemorySocket | undefined;
  /** Goes on with the other side's write, once this one reads again. */
  #goOn: Done | undefined;

  static pair(highWaterMark: number): readonly [MemorySocket, MemorySocket] {
    const near = new MemorySocket({ allowHalfOpen: true, highWaterMark });
    const far = new MemorySocket({ allowHalfOpen: true, highWaterMark });
    near.#peer = far;
    far.#peer = near;
    return [near, far];
  }

  override _read(this: MemorySocket): void {
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: Done): void {
    this.#deliver([chunk], done);
  }

  override _writev(chunks: { readonly chunk: Uint8Array }[], done: Done): void {
    const bytes = chunks.map(({ chunk }) => chunk);
    this.#deliver(bytes, done);
  }

  override _final(done: Done): void {
    setImmediate(() => {
      // As sockets have it: the end is told at once when nothing before it waits to be read.
      this.#peer?.push(null);
      this.#peer?.read(0);
      done();
    });
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#goOn?.(failure('EPIPE'));
    this.#goOn = undefined;
    done(error);
  }

  /** Drops both sides; the other one learns of it as it would from a network. */
  resetAndDestroy(): void {
    const peer = this.#peer;
    this.destroy();
    setImmediate(() => peer?.destroy(failure('ECONNRESET')));
  }

  #deliver(chunks: readonly Uint8Array[], done: Done): void {
    const peer = this.#peer;
    if (peer !== undefined) setImmediate(() => peer.#take(chunks, done));
  }

  #take(chunks: readonly Uint8Array[], done: Done): void {
    if (this.destroyed) {
      done(failure('EPIPE'));
      return;
    }
    let isTaken = true;
    for (const chunk of chunks) if (chunk.length > 0) isTaken = this.push(chunk);
    if (isTaken) done();
    else this.#goOn = done;
  }
}

const listeners = new Map<string, MemoryListener<unknown>>();

class MemoryListener<State> implements Listener {
  readonly endpoint: MemoryEndpoint;
  refused = 0;
  readonly #handler: StreamHandler<State>;
  readonly #options: ListenOptions;
  readonly #group: ConnectionGroup;
  #stopListening: (() => void) | undefined;

  constructor(endpoint: MemoryEndpoint, handler: StreamHandler<State>, options: ListenOptions) {
    this.endpoint = endpoint;
    this.#handler = handler;
    this.#options = options;
    this.#group = new ConnectionGroup('server', 'memory', formatEndpoint(endpoint), options);
  }

  /** Closes at once when the signal aborts. */
  abortWith(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const onAbort = (): void => this.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#stopListening = () => signal.removeEventListener('abort', onAbort);
  }

  get connections(): number {
    return this.#group.connections.size;
  }

  /** Takes one side of a new connection, unless there are too many. */
  accept(socket: MemorySocket): boolean {
    if (this.connections >= (this.#options.maxConnections ?? transportDefaults.maxConnections)) {
      this.refused++;
      return false;
    }
    new SocketConnection(socket, this.#handler, this.#group).start();
    return true;
  }

  close(drainTimeout: number = transportDefaults.drainTimeout): Promise<void> {
    if (listeners.get(this.endpoint.name) === this) listeners.delete(this.endpoint.name);
    this.#stopListening?.();
    return this.#group.drain(drainTimeout, Promise.resolve());
  }

  /** Closes, and resets every connection. */
  abort(cause: unknown): void {
    this.#group.abort('aborted', cause);
    void this.close(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Listens on a name that only this process can connect to. */
export async function listenMemory<State>(
  endpoint: MemoryEndpoint,
  handler: StreamHandler<State>,
  options: ListenOptions = {},
): Promise<Listener> {
  const name = formatEndpoint(endpoint);
  if (options.signal?.aborted === true) throw abortedError(name, options.signal.reason);
  if (listeners.has(endpoint.name)) {
    throw toTransportError(Object.assign(new Error(name), { code: 'EADDRINUSE' }), name);
  }
  const listener = new MemoryListener(endpoint, handler, options);
  listeners.set(endpoint.name, listener);
  listener.abortWith(options.signal);
  return listener;
}

/** Connects to a name that something in this process listens on. */
export async function connectMemory<State>(
  endpoint: MemoryEndpoint,
  handler: StreamHandler<State>,
  options: ConnectOptions = {},
): Promise<Connection<State>> {
  const name = formatEndpoint(endpoint);
  const { signal } = options;
  if (signal?.aborted === true) throw abortedError(name, signal.reason);
  const listener = listeners.get(endpoint.name);
  if (listener === undefined) {
    throw toTransportError(Object.assign(new Error(name), { code: 'ECONNREFUSED' }), name);
  }
  const highWaterMark = options.highWaterMark ?? transportDefaults.highWaterMark;
  const [near, far] = MemorySocket.pair(highWaterMark);
  if (!listener.accept(far)) {
    throw new TransportError('CONNECTION_RESET', `${name}: too many connections`, {
      details: { endpoint: name },
    });
  }
  const group = new ConnectionGroup('client', 'memory', name, options);
  const connection = new SocketConnection(near, handler, group);
  group.abortWith(signal);
  connection.start();
  return connection;
}
