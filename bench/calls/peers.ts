import { servedCalculator } from './calculator.ts';
import { guichet } from './guichet.ts';
import {
  bare,
  birpc,
  capnweb,
  gatheredBirpc,
  gatheredCapnweb,
  gatheredJayson,
  jaysonPeer,
} from './lines.ts';
import type { CallPeer } from './peer.ts';
import { grpc, nats, vscode } from './streams.ts';

/**
 * Who is measured; ours first, then the bound, then the peers: those that bring no lasting transport of
 * their own over plain lines, a write for each, and again over lines gathered as ours are.
 */
export const callPeers: ReadonlyMap<string, CallPeer> = new Map([
  ['guichet', guichet],
  ['bare lines, gathered', bare],
  ['birpc', birpc],
  ['birpc, gathered', gatheredBirpc],
  ['jayson', jaysonPeer],
  ['jayson, gathered', gatheredJayson],
  ['capnweb', capnweb],
  ['capnweb, gathered', gatheredCapnweb],
  ['vscode-jsonrpc', vscode],
  ['grpc-js', grpc],
  ['nats', nats],
]);

/** What else a side can be told to serve or call. */
export const allPeers: ReadonlyMap<string, CallPeer> = new Map([
  ...callPeers,
  ['calculator', servedCalculator],
]);
