import type { HttpHandler } from '../handler.ts';
import { HttpError } from '../errors.ts';

/** A site, and the authorities it is asked for by. */
export interface VirtualHost {
  /**
   * `example.org`, `*.example.org` for every name under it, `[::1]`; without a port they stand for every
   * port. Case counts for nothing.
   */
  readonly names: readonly string[];
  readonly handler: HttpHandler;
}

export interface VirtualHostOptions {
  /** Answers for the authorities that no host names; without it, 421 Misdirected Request. */
  readonly fallback?: HttpHandler;
}

/** The host of an authority, without its port and the dot that may end a name. */
function hostOf(authority: string): string {
  return authority.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

/**
 * Hands each request to the site that its authority names: the exact authority with its port first, then
 * the exact host, then the longest `*.` that the host is under.
 *
 * @throws {RangeError} when two hosts have the same name.
 */
export function virtualHosts(
  hosts: readonly VirtualHost[],
  options: VirtualHostOptions = {},
): HttpHandler {
  const exact = new Map<string, HttpHandler>();
  const under = new Map<string, HttpHandler>();
  for (const { names, handler } of hosts) {
    for (const name of names) {
      const lower = name.toLowerCase().replace(/\.$/, '');
      const [map, key] = lower.startsWith('*.') ? [under, lower.slice(2)] : [exact, lower];
      if (map.has(key)) throw new RangeError(`host "${name}" is named twice`);
      map.set(key, handler);
    }
  }
  const find = (authority: string): HttpHandler | undefined => {
    const host = hostOf(authority);
    const found = exact.get(authority.toLowerCase()) ?? exact.get(host);
    if (found !== undefined) return found;
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      const parent = under.get(host.slice(dot + 1));
      if (parent !== undefined) return parent;
    }
    return undefined;
  };
  return (request) => {
    const handler = find(request.authority) ?? options.fallback;
    if (handler === undefined) {
      throw new HttpError('MISDIRECTED_REQUEST', 'no site of that name is served here');
    }
    return handler(request);
  };
}
