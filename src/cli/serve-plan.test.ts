import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applications } from '../applications/registry.ts';
import { serveTexts } from '../language/serve.ts';
import { formatEndpointNotation } from '../presentation/index.ts';
import { planServing } from './serve-plan.ts';

/** The endpoints of an application with `--port`. */
function endpointsAt(application: string, port: number): string[] {
  const commandLine = {
    nameSetting: (setting: string) => `--${setting}`,
    port,
    endpoints: new Map(),
    numbers: new Map(),
    texts: new Map(),
  };
  const { served } = planServing([application], [commandLine], applications, serveTexts.en);
  return served.map(({ endpoint }) => formatEndpointNotation(endpoint));
}

test('a port moves all endpoints of an application, as far from one another as they were', () => {
  assert.deepEqual(endpointsAt('services', 7300), [
    'json+tcp://127.0.0.1:7300',
    'cbor+tcp://127.0.0.1:7301',
    'json+udp://127.0.0.1:7300',
  ]);
});

test('the system chooses each port when the port is 0, and none is beyond the last', () => {
  assert.ok(endpointsAt('services', 0).every((endpoint) => endpoint.endsWith(':0')));
  assert.throws(() => endpointsAt('services', 65_535), /--port: .*65534/);
});
