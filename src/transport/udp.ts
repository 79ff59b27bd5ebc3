import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
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
import type { InternetEndpoint } from './endpoint.ts';
import { abortedError, toTransportError } from './errors.ts';
import type { TransportError } from './errors.ts';

const closed: CloseReason = Object.freeze({ code: 'closed' });

type LookupCallback = (error: Error | null, address: string, family: number) => void;

/** Answers at once for what is an address already, which is all that {@link UdpSocket} asks for. */
function lookupAddress(address: string, options: unknown, callback: LookupCallback): void {
  const done = typeof options === 'function' ? (options as LookupCallback) : callback;
  done(null, address, isIP(address));
}

class UdpSocket implements DatagramSocket {
  readonly id: number = nextConnectionId();
  readonly transport = 'udp';
  readonly endpoint: InternetEndpoint;
  readonly local: Address;
  readonly peer: Address | undefined;
  isClosed = false;
  dropped = 0;
  readonly #socket: Socket;
  readonly #handler: DatagramHandler;
  readonly #name: string;
  readonly #sendQueueLimit: number;
  readonly #maxBytes: number;
  readonly #closed = Promise.withResolvers<void>();
  readonly #onSent = (error: Error | null): void => {
    if (error === null || this.isClosed) return;
    this.dropped++;
    this.#report(toTransportError(error, this.#name));
  };

  constructor(
    socket: Socket,
    endpoint: InternetEndpoint,
    peer: Address | undefined,
    handler: DatagramHandler,
    options: DatagramOptions,
  ) {
    const { address, port, family } = socket.address();
    this.#socket = socket;
    this.#handler = handler;
    this.local = { host: address, port, family: family === 'IPv6' ? 'IPv6' : 'IPv4' };
    this.peer = peer;
    this.endpoint = { ...endpoint, port: peer === undefined ? port : endpoint.port };
    this.#name = formatEndpoint(this.endpoint);
    this.#sendQueueLimit = options.sendQueueLimit ?? datagramDefaults.sendQueueLimit;
    this.#maxBytes = options.maxBytes ?? datagramDefaults.maxBytes;
    const { signal } = options;
    const onAbort = (): void =>
      void this.#finish({ code: 'aborted', error: abortedError(this.#name, signal?.reason) });
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('close', () => signal?.removeEventListener('abort', onAbort));
    publishBound(this);
    socket.on('message', (bytes, from) => this.#receive(bytes, from));
    socket.on('error', (error) => this.#report(toTransportError(error, this.#name)));
  }

  send(bytes: Uint8Array, peer?: Address): boolean {
    if (this.isClosed) return false;
    if (bytes.length > this.#maxBytes)
      throw datagramTooLong(this.#name, bytes.length, this.#maxBytes);
    const socket = this.#socket;
    if (socket.getSendQueueSize() > this.#sendQueueLimit) {
      this.dropped++;
      return false;
    }
    if (tap.active) publishDatagram(this.id, 'out', bytes, peer ?? this.peer);
    if (this.peer !== undefined) socket.send(bytes, this.#onSent);
    else if (peer !== undefined) socket.send(bytes, peer.port, peer.host, this.#onSent);
    else throw new TypeError('send(bytes, peer): a socket that is not connected needs a peer');
    return true;
  }

  close(): Promise<void> {
    return this.#finish(closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #receive(bytes: Uint8Array, from: RemoteInfo): void {
    const peer: Address = { host: from.address, port: from.port, family: from.family };
    if (tap.active) publishDatagram(this.id, 'in', bytes, peer);
    try {
      this.#handler.datagram(this, bytes, peer);
    } catch (thrown) {
      this.#report(toTransportError(thrown, this.#name));
    }
  }

  #report(error: TransportError): void {
    if (this.isClosed) return;
    try {
      this.#handler.error?.(this, error);
    } catch (thrown) {
      process.emitWarning(thrown instanceof Error ? thrown : String(thrown));
    }
  }

  #finish(reason: CloseReason): Promise<void> {
    if (this.isClosed) return this.#closed.promise;
    this.isClosed = true;
    this.#socket.close(() => {
      publishClose(this.id, reason);
      callDatagramClose(this.#handler, this, reason);
      this.#closed.resolve();
    });
    return this.#closed.promise;
  }
}

/** Binds a UDP socket, or connects one to its only peer. */
export async function openUdp(
  endpoint: InternetEndpoint,
  handler: DatagramHandler,
  options: DatagramOptions,
  connected: boolean,
): Promise<DatagramSocket> {
  const name = formatEndpoint(endpoint);
  const { signal } = options;
  if (signal?.aborted === true) throw abortedError(name, signal.reason);
  try {
    const { address, family } = await lookup(endpoint.host);
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      reusePort: options.reusePort ?? false,
      ipv6Only: options.ipv6Only ?? false,
      lookup: lookupAddress,
      ...(options.receiveBuffer !== undefined && { recvBufferSize: options.receiveBuffer }),
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (error: Error): void => {
      socket.close();
      reject(error);
    };
    socket.once('error', giveUp);
    if (connected) socket.connect(endpoint.port, address, resolve);
    else socket.bind({ port: endpoint.port, address, exclusive: true }, resolve);
    await promise;
    socket.off('error', giveUp);
    const peer: Address | undefined = connected
      ? { host: address, port: endpoint.port, family: family === 6 ? 'IPv6' : 'IPv4' }
      : undefined;
    return new UdpSocket(socket, endpoint, peer, handler, options);
  } catch (error) {
    throw toTransportError(error, name);
  }
}
