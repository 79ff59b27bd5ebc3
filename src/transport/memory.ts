import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
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

/** A stream within the process that can be reset like a TCP socket. */
class MemorySocket {
  readonly socket: Duplex;
  readonly #peer: Duplex;

  constructor(socket: Duplex, peer: Duplex) {
    this.socket = socket;
    this.#peer = peer;
  }

  /** Drops both sides; the other one learns of it as it would from a network. */
  resetAndDestroy(): void {
    this.#peer.destroy(Object.assign(new Error('reset in memory'), { code: 'ECONNRESET' }));
    this.socket.destroy();
  }
}

const listeners = new Map<string, MemoryListener<unknown>>();

class MemoryListener<State> implements Listener {
  readonly endpoint: MemoryEndpoint;
  refused = 0;
  readonly #handler: StreamHandler<State>;
  readonly #options: ListenOptions;
  readonly #group: ConnectionGroup;

  constructor(endpoint: MemoryEndpoint, handler: StreamHandler<State>, options: ListenOptions) {
    this.endpoint = endpoint;
    this.#handler = handler;
    this.#options = options;
    this.#group = new ConnectionGroup('server', 'memory', formatEndpoint(endpoint), options);
  }

  get connections(): number {
    return this.#group.connections.size;
  }

  /** Takes one side of a new connection, unless there are too many. */
  accept(socket: Duplex, peer: Duplex): boolean {
    if (this.connections >= (this.#options.maxConnections ?? transportDefaults.maxConnections)) {
      this.refused++;
      return false;
    }
    const carrier = new MemorySocket(socket, peer);
    new SocketConnection(socket, carrier, this.#handler, this.#group).start();
    return true;
  }

  close(drainTimeout: number = transportDefaults.drainTimeout): Promise<void> {
    if (listeners.get(this.endpoint.name) === this) listeners.delete(this.endpoint.name);
    return this.#group.drain(drainTimeout, Promise.resolve());
  }

  abort(): void {
    void this.close(0);
    this.#group.abort('aborted');
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
  options.signal?.addEventListener('abort', () => listener.abort(), { once: true });
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
  const [near, far] = duplexPair({ allowHalfOpen: true, highWaterMark });
  if (!listener.accept(far, near)) {
    throw new TransportError('CONNECTION_RESET', `${name}: too many connections`, {
      details: { endpoint: name },
    });
  }
  const group = new ConnectionGroup('client', 'memory', name, options);
  const connection = new SocketConnection(near, new MemorySocket(near, far), handler, group);
  group.abortWith(signal);
  connection.start();
  return connection;
}
