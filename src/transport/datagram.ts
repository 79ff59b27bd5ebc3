import { tap } from '../observe/tap.ts';
import { formatAddress } from './contract.ts';
import type { Address, CloseReason } from './contract.ts';
import type { TransportEndpoint } from './endpoint.ts';
import { TransportError } from './errors.ts';

/** The longest payload of a UDP datagram over IPv4: 65,535 less 20 for IP and 8 for UDP (RFC 768). */
export const maxDatagramBytes: number = 65_507;

/** A socket that sends and receives datagrams: each whole or not at all, in any order. */
export interface DatagramSocket extends AsyncDisposable {
  /** Unique in the process, over all transports. */
  readonly id: number;
  readonly transport: 'udp' | 'memory';
  /** Where it is bound, with the port the system chose. */
  readonly endpoint: TransportEndpoint;
  readonly local: Address;
  /** The one peer of a socket made by {@link connectDatagrams}. */
  readonly peer: Address | undefined;
  readonly isClosed: boolean;
  /** Datagrams that could not be sent, because too much was waiting or the network refused them. */
  readonly dropped: number;
  /**
   * Sends one datagram, to the peer given or to the one connected to. Nobody learns whether it arrived.
   * @returns false when it was dropped at once, more than `sendQueueLimit` being on its way out.
   * @throws {TransportError} `DATAGRAM_TOO_LONG`.
   */
  send(bytes: Uint8Array, peer?: Address): boolean;
  /** Sends what is waiting, then closes. */
  close(): Promise<void>;
}

/** What happens to a datagram socket. A callback that throws costs that datagram alone. */
export interface DatagramHandler {
  /** One datagram came; the array may be kept. */
  datagram(socket: DatagramSocket, bytes: Uint8Array, peer: Address): void;
  /**
   * Something failed, and the socket goes on: a connected peer's host says that nobody listens there, a
   * datagram was refused by the network, the handler threw.
   */
  error?(socket: DatagramSocket, error: TransportError): void;
  close?(socket: DatagramSocket, reason: CloseReason): void;
}

export interface DatagramOptions {
  /** Closes the socket when aborted. */
  readonly signal?: AbortSignal;
  /** Bytes waiting to be sent above which datagrams are dropped. Default 1,048,576. */
  readonly sendQueueLimit?: number;
  /** The longest payload sent, in bytes. Default 65,507. */
  readonly maxBytes?: number;
  /** Bytes the system keeps for datagrams not yet read; by default the system's own choice. */
  readonly receiveBuffer?: number;
  /** Lets several processes bind one port, the system spreading datagrams. Default false. */
  readonly reusePort?: boolean;
  /** On `::`, leave IPv4 alone. Default false. */
  readonly ipv6Only?: boolean;
}

/** The finite defaults of {@link DatagramOptions}. */
export const datagramDefaults = { sendQueueLimit: 1_048_576, maxBytes: maxDatagramBytes } as const;

/** The error of a payload that no datagram can carry. */
export function datagramTooLong(endpoint: string, length: number, limit: number): TransportError {
  return new TransportError(
    'DATAGRAM_TOO_LONG',
    `${endpoint}: ${length} bytes do not fit in a datagram of at most ${limit}; use tcp for more`,
    { details: { endpoint, length, limit } },
  );
}

/** Tells the tap of one datagram. */
export function publishDatagram(
  connection: number,
  direction: 'in' | 'out',
  bytes: Uint8Array,
  peer: Address | undefined,
): void {
  tap.publish({
    layer: 'transport',
    kind: 'bytes',
    time: tap.now(),
    connection,
    direction,
    offset: 0,
    bytes,
    ...(peer !== undefined && { remote: formatAddress(peer) }),
  });
}

/** Tells the tap that a socket is bound. */
export function publishBound(socket: DatagramSocket): void {
  if (!tap.active) return;
  const { id, transport, local, peer } = socket;
  tap.publish({
    layer: 'transport',
    kind: 'open',
    time: tap.now(),
    connection: id,
    side: peer === undefined ? 'server' : 'client',
    transport,
    local: formatAddress(local),
    remote: peer === undefined ? '' : formatAddress(peer),
  });
}

/** Tells the tap that a socket is closed. */
export function publishClose(connection: number, reason: CloseReason): void {
  if (!tap.active) return;
  tap.publish({
    layer: 'transport',
    kind: 'close',
    time: tap.now(),
    connection,
    reason: reason.code,
  });
}

/** Calls the handler's `close`; see `callClose` of streams for why its error becomes a warning. */
export function callDatagramClose(
  handler: DatagramHandler,
  socket: DatagramSocket,
  reason: CloseReason,
): void {
  try {
    handler.close?.(socket, reason);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
