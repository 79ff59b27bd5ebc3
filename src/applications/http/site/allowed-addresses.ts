import { BlockList, isIPv6 } from 'node:net';
import { HttpError } from '../errors.ts';
import type { HttpInterceptor } from '../handler.ts';

/** This machine alone. */
export const loopbackAddresses: readonly string[] = ['127.0.0.0/8', '::1'];

/**
 * Keeps out whoever comes from elsewhere than the addresses and networks (`10.0.0.0/8`) given. Unix sockets
 * and memory, which have no addresses, are this machine.
 *
 * @throws {RangeError} when one of them is no address.
 */
export function allowAddresses(addresses: readonly string[]): HttpInterceptor {
  const allowed = new BlockList();
  for (const address of addresses) {
    const [host = '', prefix] = address.split('/');
    const family = isIPv6(host) ? 'ipv6' : 'ipv4';
    try {
      if (prefix === undefined) allowed.addAddress(host, family);
      else allowed.addSubnet(host, Number(prefix), family);
    } catch (error) {
      throw new RangeError(`"${address}" is neither an address nor a network, as 10.0.0.0/8`, {
        cause: error,
      });
    }
  }
  return (next) => (request) => {
    const { host, family } = request.remote;
    const isInternet = family === 'IPv4' || family === 'IPv6';
    if (
      isInternet &&
      !allowed.check(host.replace(/%.*$/, ''), family === 'IPv4' ? 'ipv4' : 'ipv6')
    ) {
      throw new HttpError('FORBIDDEN', 'not for where you come from');
    }
    return next(request);
  };
}
