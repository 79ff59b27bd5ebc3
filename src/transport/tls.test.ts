import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { listen } from './listen.ts';
import { testStreamContract } from '../../test/contract/stream-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'guichet-tls-'));
process.env['XDG_DATA_HOME'] = folder;
after(() => rmSync(folder, { recursive: true }));

testStreamContract({
  name: 'TLS',
  transport: 'tls',
  freshEndpoint: () => 'tls://127.0.0.1:0',
  listenOptions: {},
  connectOptions: {},
  tellsResets: false,
  tellsProgress: false,
  hasSystemBuffers: true,
  refusal: 'CONNECTION_REFUSED',
});

test('a client that does not finish its handshake in time is dropped', async () => {
  await using listener = await listen(
    'tls://127.0.0.1:0',
    { data: () => undefined },
    { tls: { handshakeTimeout: 50 } },
  );
  const { port } = listener.endpoint as { readonly port: number };
  // The second one begins a handshake, and says no more.
  for (const said of ['', '\x16\x03\x01']) {
    const socket = connect(port, '127.0.0.1').resume();
    socket.on('error', () => undefined);
    socket.write(said, 'latin1');
    await once(socket, 'close', { signal: AbortSignal.timeout(5_000) });
  }
});
