import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
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
