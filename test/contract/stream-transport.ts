import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransportError, connect, listen } from '../../src/transport/index.ts';
import type {
  ConnectOptions,
  Connection,
  ListenOptions,
  Listener,
} from '../../src/transport/index.ts';
import { Recorder } from '../support/recorder.ts';
import type { Behaviour, Recording } from '../support/recorder.ts';

/** What the stream contract has to know of a transport to try it. */
export interface StreamTransport {
  readonly name: string;
  readonly transport: Connection['transport'];
  /** Where nobody listens yet: with port 0, or a fresh path or name. */
  freshEndpoint(): string;
  readonly listenOptions: ListenOptions;
  readonly connectOptions: ConnectOptions;
  /** Whether a reset always reaches the peer as one; a Unix socket tells it only by unread bytes. */
  readonly tellsResets: boolean;
  /** Whether the platform tells how far a write has come; TLS takes it whole, to encrypt it. */
  readonly tellsProgress: boolean;
  /** Whether the platform holds bytes between the two sides, beside the buffers of each. */
  readonly hasSystemBuffers: boolean;
  /** What connecting to where nobody listens fails with. */
  readonly refusal: string;
}

/** What the two sides of a pair do and are told. */
export interface PairOptions {
  readonly server?: Behaviour;
  readonly client?: Behaviour;
  readonly listen?: ListenOptions;
  readonly connect?: ConnectOptions;
}

/** A listener and one connection to it, both sides recorded. */
export class Pair implements AsyncDisposable {
  readonly listener: Listener;
  readonly server: Recording;
  readonly client: Recording;
  readonly servers: Recorder;
  readonly clients: Recorder;

  constructor(
    listener: Listener,
    servers: Recorder,
    clients: Recorder,
    server: Recording,
    client: Recording,
  ) {
    this.listener = listener;
    this.servers = servers;
    this.clients = clients;
    this.server = server;
    this.client = client;
  }

  /** Waits until both sides are closed, and gives the codes of their reasons: server, client. */
  async untilClosed(): Promise<readonly [string, string]> {
    return [(await this.server.untilClosed()).code, (await this.client.untilClosed()).code];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const recording of this.clients.recordings) recording.connection.reset();
    await this.listener.close(0);
    assert.deepEqual([...this.servers.violations, ...this.clients.violations], []);
  }
}

/** A test of what only some transports promise. */
export function testWhere(isPromised: boolean, name: string, body: () => Promise<void>): void {
  if (isPromised) test(name, body);
}

/** Listens, and connects once. */
export async function openPair(
  transport: StreamTransport,
  options: PairOptions = {},
): Promise<Pair> {
  const servers = new Recorder(options.server);
  const clients = new Recorder(options.client);
  const listener = await listen(transport.freshEndpoint(), servers.handler, {
    ...transport.listenOptions,
    ...options.listen,
  });
  try {
    await connect(listener.endpoint, clients.handler, {
      ...transport.connectOptions,
      ...options.connect,
    });
    return new Pair(listener, servers, clients, await servers.next(), await clients.next());
  } catch (error) {
    await listener.close(0);
    throw error;
  }
}

/** Connects to a listener that may reset at once, even before this side knows that it is connected. */
export async function connectIfAllowed(
  listener: Listener,
  recorder: Recorder,
  options: ConnectOptions,
): Promise<Recording | undefined> {
  try {
    await connect(listener.endpoint, recorder.handler, options);
    return await recorder.next();
  } catch (error) {
    assert.ok(error instanceof TransportError && error.code === 'CONNECTION_RESET', String(error));
    return undefined;
  }
}

/** Sends back what comes, held back by whoever does not read it. */
export const echo: Behaviour = {
  data(connection, bytes) {
    if (!connection.write(bytes)) connection.pause();
  },
  drain: (connection) => connection.resume(),
};

/** Bytes of Latin-1 text. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
