import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { testStreamContract } from '../../test/contract/stream-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'guichet-unix-'));
after(() => rmSync(folder, { recursive: true }));
let paths = 0;

testStreamContract({
  name: 'Unix sockets',
  transport: 'unix',
  freshEndpoint: () => `unix:${folder}/${++paths}.sock`,
  listenOptions: {},
  connectOptions: {},
  tellsResets: false,
  tellsProgress: true,
  hasSystemBuffers: true,
  refusal: 'PATH_NOT_FOUND',
});
