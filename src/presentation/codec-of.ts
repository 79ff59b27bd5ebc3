import { bytes } from './bytes.ts';
import { cbor } from './cbor/index.ts';
import type { Codec } from './codec.ts';
import type { Endpoint } from './endpoint.ts';
import { json } from './json.ts';
import { parseLayout } from './struct/index.ts';
import { text } from './text.ts';

/** The layout of `struct` endpoints that name none: the assignment's IPv4 address. */
export const defaultLayout: string = 'address:ipv4';

const graphs = cbor();

/**
 * The codec that an endpoint names, with its default limits.
 *
 * @throws {LayoutError} when its layout is wrong.
 */
export function codecOf(endpoint: Pick<Endpoint, 'codec' | 'layout'>): Codec<unknown, never> {
  switch (endpoint.codec) {
    case 'bytes':
      return bytes;
    case 'text':
      return text;
    case 'json':
      return json;
    case 'struct':
      return parseLayout(endpoint.layout ?? defaultLayout);
    case 'cbor':
      return graphs;
  }
}
