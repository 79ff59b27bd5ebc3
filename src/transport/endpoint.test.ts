import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEndpoint, splitEndpoint } from './index.ts';

test('the notation of an endpoint is read back to the same endpoint, whatever its characters', () => {
  for (const notation of [
    'tcp://127.0.0.1:7000',
    'tls://[::1]:0',
    'udp://[fe80::1%25eth0]:6668',
    'tcp://100%25:1',
    'memory://a%2Fb%20c',
    'unix:/run/guichet.sock',
    'unix:guichet.sock',
    'unix:////run/guichet.sock',
    'unix://6666/guichet.sock',
    'unix:/tmp/a%3Fb%25%23',
  ]) {
    const { transport } = splitEndpoint(notation);
    const formatted = formatEndpoint(transport);
    assert.deepEqual(splitEndpoint(formatted).transport, transport, formatted);
  }
});

test('a zone may be written with a bare percent sign, and is written with an escaped one', () => {
  const { transport } = splitEndpoint('tcp://[fe80::1%eth0]:1');
  assert.deepEqual(transport, { transport: 'tcp', host: 'fe80::1%eth0', port: 1 });
  assert.equal(formatEndpoint(transport), 'tcp://[fe80::1%25eth0]:1');
});

test('a host with a bracket in it is refused', () => {
  for (const host of ['a%5D', '%5Ba', 'a%3A%5D', '[[::1]']) {
    assert.throws(() => splitEndpoint(`tcp://${host}:1`), { code: 'BAD_HOST' });
  }
});

test('half a surrogate pair is refused wherever it stands', () => {
  for (const notation of ['unix:\ud800', 'memory://\udc00', 'tcp://h:1?layout=\ud800']) {
    assert.throws(() => splitEndpoint(notation), { code: 'MALFORMED_ENDPOINT' });
  }
});
