import { findPathHolder, findPortHolder, splitEndpoint } from '../transport/index.ts';
import type { PortHolder } from '../transport/index.ts';

/** Who holds the place of an endpoint on this machine, where the system tells. */
export async function findHolder(endpoint: string): Promise<PortHolder | undefined> {
  const { transport: place } = splitEndpoint(endpoint);
  switch (place.transport) {
    case 'memory':
      return undefined;
    case 'unix':
      return findPathHolder(place.path);
    case 'udp':
      return findPortHolder('udp', place.port);
    case 'tcp':
    case 'tls':
    case 'ws':
    case 'wss':
    case 'http':
    case 'https':
      return findPortHolder('tcp', place.port);
  }
}
