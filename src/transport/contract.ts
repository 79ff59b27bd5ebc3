import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { TransportEndpoint } from './endpoint.ts';
import type { GuichetError } from '../errors.ts';
import type { ServerCertificates } from './server-certificates.ts';

/** One end of a connection. What a transport has no use for is absent or empty. */
export interface Address {
  /** An IP address, IPv6 with its zone if it has one; the path of a Unix socket; a memory name. */
  readonly host: string;
  /** 0 where the transport has no ports. */
  readonly port: number;
  readonly family: 'IPv4' | 'IPv6' | 'unix' | 'memory';
}

/**
 * How a connection ended.
 * - `ended`: in order, both sides having sent their end of data;
 * - `closed`: by this side, without waiting for the peer's end of data any longer;
 * - `reset`: by the peer, or the path to it, without order: what came before may be incomplete;
 * - `idle`: by this side, nothing having moved for the idle time-out;
 * - `aborted`: by this side at once: `reset()`, an `AbortSignal`, the deadline of a drain;
 * - `failed`: by an error, of the network or of the handler.
 */
export type CloseCode = 'ended' | 'closed' | 'reset' | 'idle' | 'aborted' | 'failed';

/** Why a connection closed; `error` is there for every code but `ended` and `closed`. */
export interface CloseReason {
  readonly code: CloseCode;
  /** The transport's own error, or what a layer above threw while it handled this connection. */
  readonly error?: GuichetError;
}

/**
 * One side of an open byte stream. All methods may be called at any time, in or out of a callback;
 * after the close they do nothing.
 */
export interface Connection<State = undefined> {
  /** Unique in the process, over all transports. */
  readonly id: number;
  readonly transport: 'tcp' | 'tls' | 'unix' | 'memory';
  readonly local: Address;
  readonly remote: Address;
  /** What TLS agreed to speak (RFC 7301), such as `h2`; `undefined` when nothing was agreed on. */
  readonly applicationProtocol: string | undefined;
  /** The server name that the client asked for in TLS (RFC 6066, section 3), if it did. */
  readonly serverName: string | undefined;
  /** What the handler's `open` returned. */
  readonly state: State;
  /** Bytes received so far. */
  readonly bytesRead: number;
  /** Bytes accepted by {@link Connection.write} so far. */
  readonly bytesWritten: number;
  /** Bytes accepted by {@link Connection.write} that the platform has not yet taken. */
  readonly bufferedBytes: number;
  /**
   * The same, counted down while the system takes one large write piece by piece, where the platform
   * tells: a slow reader's progress. Looking costs more than {@link Connection.bufferedBytes}.
   */
  readonly unsentBytes: number;
  /** Whether {@link Connection.write} returned false and `drain` has not come yet. */
  readonly isBlocked: boolean;
  readonly isClosed: boolean;
  /**
   * Queues bytes to be sent, all of them, in order; the array must not be changed afterwards.
   * @returns false when more is buffered than the high-water mark: stop writing, `drain` will follow
   *   once it has fallen to the low-water mark. Bytes written meanwhile are still sent.
   * @throws {TransportError} `WRITE_AFTER_END`.
   */
  write(bytes: Uint8Array): boolean;
  /** Ends this direction, once everything written has been sent; the other one stays open. */
  end(): void;
  /**
   * Ends this direction and discards what still comes in, until the peer ends its own or the linger
   * time-out passes: the way for a server to close first without losing its last answer to a reset
   * (RFC 9112, section 9.6).
   */
  close(): void;
  /** Drops the connection at once: a reset where the transport has one. */
  reset(): void;
  /** Stops `data` and `end` callbacks, and so in time the peer; a few chunks may be kept. */
  pause(): void;
  resume(): void;
  /** Gives back the last bytes of what came, to get them again after {@link Connection.resume}. */
  unread(bytes: Uint8Array): void;
  /**
   * Hands the platform's stream, paused, to whoever speaks another protocol on it (WebSocket, HTTP/2).
   * The handler gets no more `data`, `end` and `drain`, but still `shutdown`, after which it must see to
   * it that the stream ends, and `close`; the idle time-out no longer applies. What the stream's new
   * owner sends and receives is neither counted nor seen by the tap.
   */
  detach(): Duplex;
}

/**
 * What happens to connections: one object for all connections of a listener, the state of each in
 * {@link Connection.state}. `open` is called once and first, `close` once and last. A callback that
 * throws costs its connection, which closes as `failed`.
 */
export interface StreamHandler<State = undefined> {
  /** The connection is open; the result becomes its state. */
  open?(connection: Connection<unknown>): State;
  /** Bytes came, cut anyhow; the handler may keep the array. */
  data(connection: Connection<State>, bytes: Uint8Array): void;
  /** After a `write` that returned false: write on. */
  drain?(connection: Connection<State>): void;
  /** The peer sent its end of data, in order. Without this callback, `connection.end()`. */
  end?(connection: Connection<State>): void;
  /** The listener is closing: answer what was asked, then end. Without it, `connection.close()`. */
  shutdown?(connection: Connection<State>): void;
  close?(connection: Connection<State>, reason: CloseReason): void;
}

/** What both ends of a stream can be told. */
export interface StreamOptions {
  /** Resets the connections, and closes the listener, when aborted. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte moving either way until the close; 0 never. Default 600,000. */
  readonly idleTimeout?: number;
  /** Bytes buffered above which `write` returns false. Default 65,536. */
  readonly highWaterMark?: number;
  /** Bytes buffered down to which `drain` waits. Default 16,384. */
  readonly lowWaterMark?: number;
  /** Milliseconds that `close()` waits for the peer's end of data. Default 2,000. */
  readonly lingerTimeout?: number;
  /** Certificates and keys, for the `tls` transport. */
  readonly tls?: TlsOptions;
}

/** What the `tls` transport needs to know. */
export interface TlsOptions extends Pick<
  SecureContextOptions,
  'ca' | 'cert' | 'key' | 'minVersion'
> {
  /** For a server, in place of `cert` and `key`: several certificates, which may be replaced. */
  readonly certificates?: ServerCertificates;
  /** The name the server must prove; by default the endpoint's host. */
  readonly servername?: string;
  /** false accepts any certificate: only ever for a peer one is testing. Default true. */
  readonly rejectUnauthorized?: boolean;
  /** Application protocols, preferred first (RFC 7301). */
  readonly ALPNProtocols?: readonly string[];
  /** Milliseconds for the handshake. Default 10,000. */
  readonly handshakeTimeout?: number;
}

export interface ListenOptions extends StreamOptions {
  /** Connections at a time; one more is refused. Default 16,384. */
  readonly maxConnections?: number;
  /** Connections the system completes before they are accepted. Default 511. */
  readonly backlog?: number;
  /** Lets several processes listen on one port, the system spreading connections. Default false. */
  readonly reusePort?: boolean;
  /** On `::`, leave IPv4 alone. Default false. */
  readonly ipv6Only?: boolean;
}

export interface ConnectOptions extends StreamOptions {
  /** Milliseconds to be connected, and for TLS to have shaken hands. Default 10,000. */
  readonly connectTimeout?: number;
}

/** Someone who listens. Disposing of it closes it with the default drain time. */
export interface Listener extends AsyncDisposable {
  /** Where it listens, with the port the system chose. */
  readonly endpoint: TransportEndpoint;
  /** Connections open now. */
  readonly connections: number;
  /** Connections refused because there were too many. */
  readonly refused: number;
  /**
   * Accepts nobody any more, lets every connection finish (see {@link StreamHandler.shutdown}), resets
   * those that have not after `drainTimeout` milliseconds (default 5,000), and resolves when all are
   * closed. A second call with a shorter time-out hastens the first.
   */
  close(drainTimeout?: number): Promise<void>;
}

/** The finite defaults of {@link StreamOptions}, {@link ListenOptions} and {@link ConnectOptions}. */
export const transportDefaults = {
  idleTimeout: 600_000,
  highWaterMark: 65_536,
  lowWaterMark: 16_384,
  lingerTimeout: 2_000,
  maxConnections: 16_384,
  backlog: 511,
  connectTimeout: 10_000,
  handshakeTimeout: 10_000,
  drainTimeout: 5_000,
} as const;

let lastConnection = 0;

/** A number for a connection or a datagram socket, unique in the process. */
export function nextConnectionId(): number {
  return ++lastConnection;
}

/** As people write it: `127.0.0.1:7000`, `[::1]:7000`, a path, a name. */
export function formatAddress(address: Address): string {
  if (address.family === 'unix') return address.host || 'unix';
  if (address.family === 'memory') return address.host;
  return address.family === 'IPv6'
    ? `[${address.host}]:${address.port}`
    : `${address.host}:${address.port}`;
}

/**
 * Calls the handler's `close`. Nothing is left to drop when it throws, so the error becomes a process
 * warning: it is a mistake of the program, and no peer may end the process through it.
 */
export function callClose<State>(
  handler: StreamHandler<State>,
  connection: Connection<State>,
  reason: CloseReason,
): void {
  try {
    handler.close?.(connection, reason);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
