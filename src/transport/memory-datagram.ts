import { tap } from '../observe/tap.ts';
import { nextConnectionId } from './contract.ts';
import type { Address, CloseReason } from './contract.ts';
import {
  callDatagramClose,
  datagramDefaults,
  datagramTooLong,
  publishBound,
  publishClose,
  publishDatagram,
} from './datagram.ts';
import type { DatagramHandler, DatagramOptions, DatagramSocket } from './datagram.ts';
import { formatEndpoint } from './endpoint.ts';
import type { MemoryEndpoint } from './endpoint.ts';
import { abortedError, toTransportError } from './errors.ts';

const sockets = new Map<string, MemoryDatagramSocket>();
const closed: CloseReason = Object.freeze({ code: 'closed' });

/** A datagram socket within the process: whole, in order, and lost when the queue is full. */
class MemoryDatagramSocket implements DatagramSocket {
  readonly id: number = nextConnectionId();
  readonly transport = 'memory';
  readonly endpoint: MemoryEndpoint;
  readonly local: Address;
  readonly peer: Address | undefined;
  isClosed = false;
  dropped = 0;
  readonly #handler: DatagramHandler;
  readonly #options: DatagramOptions;
  readonly #name: string;
  readonly #stopListening: () => void;
  #queuedBytes = 0;

  constructor(
    endpoint: MemoryEndpoint,
    connected: boolean,
    handler: DatagramHandler,
    options: DatagramOptions,
  ) {
    const named: Address = { host: endpoint.name, port: 0, family: 'memory' };
    this.endpoint = endpoint;
    this.local = connected ? { ...named, host: `${endpoint.name}#${this.id}` } : named;
    this.peer = connected ? named : undefined;
    this.#name = formatEndpoint(endpoint);
    this.#handler = handler;
    this.#options = options;
    const { signal } = options;
    const onAbort = (): void =>
      this.#finish({ code: 'aborted', error: abortedError(this.#name, signal?.reason) });
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#stopListening = () => signal?.removeEventListener('abort', onAbort);
    sockets.set(this.local.host, this);
    publishBound(this);
  }

  send(bytes: Uint8Array, peer: Address | undefined = this.peer): boolean {
    if (this.isClosed) return false;
    const limit = this.#options.maxBytes ?? datagramDefaults.maxBytes;
    if (bytes.length > limit) throw datagramTooLong(this.#name, bytes.length, limit);
    if (peer === undefined) {
      throw new TypeError('send(bytes, peer): a socket that is not connected needs a peer');
    }
    if (this.#queuedBytes > (this.#options.sendQueueLimit ?? datagramDefaults.sendQueueLimit)) {
      this.dropped++;
      return false;
    }
    if (tap.active) publishDatagram(this.id, 'out', bytes, peer);
    this.#queuedBytes += bytes.length;
    setImmediate(() => {
      this.#queuedBytes -= bytes.length;
      const receiver = sockets.get(peer.host);
      if (receiver !== undefined) receiver.#receive(bytes, this.local);
      else if (this.peer !== undefined) this.#report('ECONNREFUSED');
    });
    return true;
  }

  async close(): Promise<void> {
    this.#finish(closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #receive(bytes: Uint8Array, from: Address): void {
    // A connected socket hears its peer alone, as with connect(2) on UDP.
    if (this.isClosed || (this.peer !== undefined && this.peer.host !== from.host)) return;
    if (tap.active) publishDatagram(this.id, 'in', bytes, from);
    try {
      this.#handler.datagram(this, bytes, from);
    } catch (thrown) {
      this.#report(thrown);
    }
  }

  #report(thrown: unknown): void {
    if (this.isClosed) return;
    const failure =
      typeof thrown === 'string' ? Object.assign(new Error(thrown), { code: thrown }) : thrown;
    try {
      this.#handler.error?.(this, toTransportError(failure, this.#name));
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  #finish(reason: CloseReason): void {
    if (this.isClosed) return;
    this.isClosed = true;
    sockets.delete(this.local.host);
    this.#stopListening();
    publishClose(this.id, reason);
    callDatagramClose(this.#handler, this, reason);
  }
}

/** Binds a name that only this process can send to, or connects to one. */
export function openMemoryDatagrams(
  endpoint: MemoryEndpoint,
  handler: DatagramHandler,
  options: DatagramOptions,
  connected: boolean,
): DatagramSocket {
  const name = formatEndpoint(endpoint);
  if (options.signal?.aborted === true) throw abortedError(name, options.signal.reason);
  if (!connected && sockets.has(endpoint.name)) {
    throw toTransportError(Object.assign(new Error(name), { code: 'EADDRINUSE' }), name);
  }
  return new MemoryDatagramSocket(endpoint, connected, handler, options);
}
