import { networkInterfaces } from 'node:os';
import { printable } from '../../observe/index.ts';
import type { Address } from '../../transport/index.ts';

/** A link-local address carries its zone by name; Python shows the zone's number. */
function scopeOf(host: string): number {
  const zone = host.split('%')[1];
  if (zone === undefined) return 0;
  const addresses = networkInterfaces()[zone] ?? [];
  for (const address of addresses) {
    if (address.family === 'IPv6' && address.scopeid !== 0) return address.scopeid;
  }
  return /^\d+$/.test(zone) ? Number(zone) : 0;
}

/**
 * An address as Python's `socket` module shows it: `('127.0.0.1', 53131)`, for IPv6 with flow label and
 * zone, `('::1', 53131, 0, 0)`, and a string for what has no port.
 */
export function formatPythonAddress(address: Address): string {
  const host = `'${address.host}'`;
  switch (address.family) {
    case 'IPv4':
      return `(${host}, ${address.port})`;
    case 'IPv6':
      return `(${host}, ${address.port}, 0, ${scopeOf(address.host)})`;
    default:
      return host;
  }
}

/** What the message server prints while nobody has said anything yet. */
export const waiting: string = 'Waiting...\n';

/** What it prints before it stops. */
export const quitting: string = 'Quitting\n';

/** What it prints of one message: safe for a terminal whatever the message holds. */
export function reportMessage(message: Uint8Array, from: Address): string {
  return `Received ${printable(message)}\n  from ${formatPythonAddress(from)}\n`;
}

const quit = Buffer.from('quit');

/** Whether a message asks the server to stop: it starts with `quit`. */
export function asksToQuit(message: Uint8Array): boolean {
  return quit.equals(message.subarray(0, quit.length));
}
