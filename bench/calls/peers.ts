import type { CallPeer } from './peer.ts';

/**
 * How a library is set up: `documented`, with the transport that it brings or that its README takes; over
 * lines of ours, a write for each (`bare`) or `gathered` as ours are, which none of its users has. `bound`
 * is no library, but what is left without one.
 */
export type Setup = 'ours' | 'bound' | 'documented' | 'bare' | 'gathered';

/** One row of the benchmark. Only a library that is measured is loaded. */
export interface Rival {
  readonly setup: Setup;
  load(): Promise<CallPeer>;
}

/** Who is measured; ours first. */
export const rivals: ReadonlyMap<string, Rival> = new Map<string, Rival>([
  ['guichet', { setup: 'ours', load: async () => (await import('./guichet.ts')).guichet }],
  ['bare lines, gathered', { setup: 'bound', load: async () => (await loadBare())('turn') }],
  [
    'bare lines, gathered as ours',
    { setup: 'bound', load: async () => (await loadBare())('parts') },
  ],
  [
    'birpc over ws, as documented',
    { setup: 'documented', load: async () => (await import('./birpc.ts')).birpcOverWebSocket },
  ],
  [
    'jayson over ws, as documented',
    { setup: 'documented', load: async () => (await import('./jayson.ts')).jaysonOverWebSocket },
  ],
  [
    'jayson over tcp, as documented: a connection a call',
    { setup: 'documented', load: async () => (await import('./jayson.ts')).jaysonOverTcp },
  ],
  [
    'capnweb over ws, as documented',
    { setup: 'documented', load: async () => (await import('./capnweb.ts')).capnwebOverWebSocket },
  ],
  [
    'vscode-jsonrpc',
    { setup: 'documented', load: async () => (await import('./vscode-jsonrpc.ts')).vscode },
  ],
  ['grpc-js', { setup: 'documented', load: async () => (await import('./grpc.ts')).grpc }],
  ['nats', { setup: 'documented', load: async () => (await import('./nats.ts')).nats }],
  ['birpc over bare lines', { setup: 'bare', load: async () => (await loadBirpc())('none') }],
  ['jayson over bare lines', { setup: 'bare', load: async () => (await loadJayson())('none') }],
  ['capnweb over bare lines', { setup: 'bare', load: async () => (await loadCapnweb())('none') }],
  [
    'birpc over our gathered lines',
    { setup: 'gathered', load: async () => (await loadBirpc())('parts') },
  ],
  [
    'jayson over our gathered lines',
    { setup: 'gathered', load: async () => (await loadJayson())('parts') },
  ],
  [
    'capnweb over our gathered lines',
    { setup: 'gathered', load: async () => (await loadCapnweb())('parts') },
  ],
]);

const loadBare = async () => (await import('./bare.ts')).makeBare;
const loadBirpc = async () => (await import('./birpc.ts')).makeBirpcOverLines;
const loadJayson = async () => (await import('./jayson.ts')).makeJaysonOverLines;
const loadCapnweb = async () => (await import('./capnweb.ts')).makeCapnwebOverLines;

/** What a side of a measurement can be told to serve or to call. */
export async function loadPeer(name: string): Promise<CallPeer> {
  if (name === 'calculator') return (await import('./calculator.ts')).servedCalculator;
  const rival = rivals.get(name);
  if (rival === undefined) throw new TypeError(`no peer "${name}"`);
  return rival.load();
}
