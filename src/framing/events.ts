import { tap } from '../observe/tap.ts';
import type { Direction } from '../observe/tap.ts';
import { TransportError, formatAddress } from '../transport/index.ts';
import type { Address } from '../transport/index.ts';
import { FramingError } from './framing.ts';

/**
 * Publishes one frame to the tap; its place is that of the frame, header and all. A frame of a datagram
 * socket names its peer.
 */
export function publishFrame(
  connection: number,
  direction: Direction,
  message: number,
  framing: string,
  offset: number,
  length: number,
  bytes: Uint8Array,
  peer?: Address,
): void {
  tap.publish({
    layer: 'framing',
    kind: 'frame',
    time: tap.now(),
    connection,
    direction,
    message,
    framing,
    offset,
    length,
    bytes,
    ...(peer !== undefined && { remote: formatAddress(peer) }),
  });
}

/** Publishes that what came could not be cut into frames. */
export function publishRefusal(connection: number, error: FramingError, peer?: Address): void {
  if (!tap.active) return;
  tap.publish({
    layer: 'framing',
    kind: 'error',
    time: tap.now(),
    connection,
    direction: 'in',
    code: error.code,
    text: error.message,
    details: error.details,
    ...(peer !== undefined && { remote: formatAddress(peer) }),
  });
}

/**
 * What a handler threw while it was given a frame, as what is thrown on: an error of framing it owes to a
 * frame of its own, and must not be taken for one of the peer's.
 */
export function blameHandler(thrown: unknown, local: Address): unknown {
  if (!(thrown instanceof FramingError)) return thrown;
  const endpoint = formatAddress(local);
  return new TransportError('HANDLER_FAILED', `${endpoint}: the handler threw: ${thrown.message}`, {
    cause: thrown,
    details: { endpoint },
  });
}
