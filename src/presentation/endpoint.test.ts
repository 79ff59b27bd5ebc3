import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEndpointNotation, parseEndpoint } from './endpoint.ts';

test('a layout is written as it was read, whatever it is made of', () => {
  const texts = [
    'struct+tcp://127.0.0.1:7000?layout=name:string8,marks:f64[3],home:{address:ipv4}',
    'struct+tcp://127.0.0.1:7000?layout=what:u8<kind>{login=1{user:string8},quit=2}',
    'struct+udp://127.0.0.1:7000?layout=bits:u8(fin,syn)',
    'json+tls://127.0.0.1:7000?cert=/etc/a.pem&key=/etc/b.pem',
  ];
  for (const text of texts) assert.equal(formatEndpointNotation(parseEndpoint(text)), text);
});

test('what would end an option, or be taken for an escape, stays escaped', () => {
  const text = 'json+tls://127.0.0.1:7000?ca=a%26b%25c%20d%3Fe';
  const endpoint = parseEndpoint(text);
  assert.equal(endpoint.tls?.ca, 'a&b%c d?e');
  assert.equal(formatEndpointNotation(endpoint), text);
});
