import { EndpointError } from '../transport/endpoint.ts';

/**
 * In the place of the `struct` codec, which calls do not speak and pages need not load.
 * @throws {EndpointError} always.
 */
export function parseLayout(layout: string): never {
  throw new EndpointError('UNKNOWN_CODEC', 'there is no struct in a browser; take json or cbor', {
    details: { endpoint: layout, codec: 'struct', known: 'bytes, text, json, cbor' },
  });
}
