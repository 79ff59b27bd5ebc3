import assert from 'node:assert/strict';
import { formatEndpointNotation, parseEndpoint } from '../../src/presentation/index.ts';
import { EndpointError } from '../../src/transport/index.ts';
import type { FuzzTarget } from './target.ts';

function readNotation(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  // Bytes that are no UTF-8 stand for lone surrogates, which a JavaScript string can hold.
  return text.replaceAll('\ufffd', '\ud800');
}

/** `parseEndpoint`: what it takes has a notation that says the same. */
export const endpointTarget: FuzzTarget = {
  name: 'endpoint',
  seeds: [
    'json+tcp://127.0.0.1:7000',
    'bytes+udp://[::1]:6668',
    'cbor+tls://example.org:7001?ca=%2Ftmp%2Fca.pem&servername=example.org&verify=no',
    'json+unix:/run/guichet.sock?framing=length',
    'text+unix:///tmp/%23a%3Fb%25.sock',
    'text+memory://na%20me%2F?framing=datagram',
    'struct+tcp://[fe80::1%25eth0]:1?layout=address:ipv4,port:u16',
    'cbor+tls://h:1?cert=c&key=k',
  ].map((notation) => Buffer.from(notation)),
  tokens: '// : ? & = # % %25 %2F %00 %5D %3A [ ] [::] @ . .. / + \xff \n  '
    .concat('json+ cbor +tcp udp: tls: unix: memory: framing= line layout= verify=yes ca= 65536')
    .split(' ')
    .map((token) => Buffer.from(token === '' ? ' ' : token, 'latin1')),
  run(bytes) {
    const notation = readNotation(bytes);
    let endpoint;
    try {
      endpoint = parseEndpoint(notation);
    } catch (error) {
      if (!(error instanceof EndpointError)) throw error;
      return;
    }
    const formatted = formatEndpointNotation(endpoint);
    assert.deepEqual(parseEndpoint(formatted), endpoint, formatted);
  },
};
