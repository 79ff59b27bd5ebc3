import { guichet } from './guichet.ts';
import { bare, birpc, capnweb, jaysonPeer } from './lines.ts';
import type { CallPeer } from './peer.ts';
import { grpc, nats, vscode } from './streams.ts';

/** Who is measured; ours first, then the bound, then the peers. */
export const callPeers: ReadonlyMap<string, CallPeer> = new Map([
  ['guichet', guichet],
  ['bare lines', bare],
  ['birpc', birpc],
  ['jayson', jaysonPeer],
  ['capnweb', capnweb],
  ['vscode-jsonrpc', vscode],
  ['grpc-js', grpc],
  ['nats', nats],
]);
