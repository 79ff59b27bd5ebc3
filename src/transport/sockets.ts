import { rm, stat } from 'node:fs/promises';
import { connect as connectNet, createServer, isIP } from 'node:net';
import type { ListenOptions as NetListenOptions, Server, Socket } from 'node:net';
import type { SecureContext, Server as TlsServer } from 'node:tls';
import { connect as connectTls, createServer as createTlsServer, rootCertificates } from 'node:tls';
import { tap } from '../observe/tap.ts';
import { developmentAuthority, developmentCertificate } from './certificates.ts';
import { transportDefaults } from './contract.ts';
import type {
  ConnectOptions,
  Connection,
  ListenOptions,
  Listener,
  StreamHandler,
} from './contract.ts';
import { formatEndpoint } from './endpoint.ts';
import type { InternetEndpoint, UnixEndpoint } from './endpoint.ts';
import { TransportError, abortedError, errnoOf, isLoopback, toTransportError } from './errors.ts';
import { ConnectionGroup } from './connection-group.ts';
import { SocketConnection } from './socket-connection.ts';

/** The stream endpoints that the platform's sockets reach. */
export type SocketEndpoint =
  | (InternetEndpoint & { readonly transport: 'tcp' | 'tls' })
  | UnixEndpoint;

class SocketListener implements Listener {
  readonly endpoint: SocketEndpoint;
  readonly #server: Server;
  readonly #group: ConnectionGroup;
  #refused = 0;

  constructor(server: Server, group: ConnectionGroup, endpoint: SocketEndpoint) {
    this.#server = server;
    this.#group = group;
    this.endpoint = endpoint;
    server.on('drop', () => this.#refused++);
  }

  get connections(): number {
    return this.#group.connections.size;
  }

  get refused(): number {
    return this.#refused;
  }

  close(drainTimeout: number = transportDefaults.drainTimeout): Promise<void> {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.emit(closing);
    return this.#group.drain(drainTimeout, stopped);
  }

  /** Closes, and resets every connection. */
  abort(cause: unknown): void {
    this.#group.abort('aborted', cause);
    void this.close(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function createSocketServer(
  endpoint: SocketEndpoint,
  options: ListenOptions,
  accept: (socket: Socket) => void,
): Promise<Server> {
  const common = {
    allowHalfOpen: true,
    noDelay: true,
    highWaterMark: options.highWaterMark ?? transportDefaults.highWaterMark,
  };
  if (endpoint.transport !== 'tls') return createServer(common, accept);
  const { handshakeTimeout, ALPNProtocols, certificates, ...tls } = options.tls ?? {};
  const own = certificates?.first ?? (tls.cert === undefined ? await developmentCertificate() : {});
  const server = createTlsServer({
    ...common,
    ...own,
    ...tls,
    ...(ALPNProtocols && { ALPNProtocols: [...ALPNProtocols] }),
    ...(certificates && {
      SNICallback: (name: string, show: (error: null, context: SecureContext) => void) =>
        show(null, certificates.select(name)),
    }),
    handshakeTimeout: handshakeTimeout ?? transportDefaults.handshakeTimeout,
  });
  server.on('secureConnection', accept);
  server.once(closing, trackHandshakes(server));
  if (certificates !== undefined) {
    const replacing = certificates.onReplace(() =>
      server.setSecureContext({ ...tls, ...certificates.first }),
    );
    server.once('close', () => replacing[Symbol.dispose]());
  }
  // A handshake that fails has cost that peer its connection already; only a watcher wants to know.
  server.on('tlsClientError', (error, socket) => {
    // One that takes too long is only told of: nobody else would ever close it.
    if (errnoOf(error) === 'ERR_TLS_HANDSHAKE_TIMEOUT') socket.destroy();
    if (!tap.active) return;
    tap.publish({
      layer: 'transport',
      kind: 'error',
      time: tap.now(),
      connection: 0,
      direction: 'in',
      code: 'TLS_FAILED',
      text: error.message,
    });
  });
  return server;
}

/** Where a socket leads: the raw one and the one over TLS around it lead to the same place. */
function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** What a listener tells its server when it begins to close. */
const closing = Symbol('closing');

/**
 * Keeps count of whoever is still shaking hands.
 *
 * @returns what drops them: nothing was asked yet, and the platform would wait for a client that ended in
 *   the middle until its time-out.
 */
function trackHandshakes(server: TlsServer): () => void {
  const shaking = new Map<string, Socket>();
  server.on('connection', (socket) => {
    const place = placeOf(socket);
    shaking.set(place, socket);
    socket.once('close', () => {
      if (shaking.get(place) === socket) shaking.delete(place);
    });
  });
  server.on('secureConnection', (socket) => shaking.delete(placeOf(socket)));
  return () => {
    for (const socket of shaking.values()) socket.destroy();
  };
}

/** Removes the socket file of a server that died; one that still answers is in use. */
async function clearStaleSocket(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isSocket() !== true) return;
  const answers = await new Promise<boolean>((resolve) => {
    const probe = connectNet({ path });
    probe.once('connect', () => resolve(true));
    probe.once('error', (error) => resolve(errnoOf(error) !== 'ECONNREFUSED'));
    probe.once('connect', () => probe.destroy());
  });
  if (!answers) await rm(path, { force: true });
}

function listenPlace(endpoint: SocketEndpoint, options: ListenOptions): NetListenOptions {
  const backlog = options.backlog ?? transportDefaults.backlog;
  return endpoint.transport === 'unix'
    ? { path: endpoint.path, backlog }
    : {
        host: endpoint.host,
        port: endpoint.port,
        backlog,
        reusePort: options.reusePort ?? false,
        ipv6Only: options.ipv6Only ?? false,
      };
}

/** Listens on TCP, TLS or a Unix socket; resolves once connections are accepted. */
export async function listenSocket<State>(
  endpoint: SocketEndpoint,
  handler: StreamHandler<State>,
  options: ListenOptions = {},
): Promise<Listener> {
  const { signal } = options;
  const asked = formatEndpoint(endpoint);
  if (signal?.aborted === true) throw abortedError(asked, signal.reason);
  if (endpoint.transport === 'unix') await clearStaleSocket(endpoint.path);
  const group = new ConnectionGroup('server', endpoint.transport, asked, options);
  const server = await createSocketServer(endpoint, options, (socket) => {
    new SocketConnection(socket, handler, group).start();
  });
  server.maxConnections = options.maxConnections ?? transportDefaults.maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(toTransportError(error, asked)));
    server.listen(listenPlace(endpoint, options), resolve);
  });
  // Accepting can fail for want of descriptors; it is tried again, and what is open stays open.
  server.on('error', (error) => process.emitWarning(toTransportError(error, asked)));
  const bound = server.address();
  const listener = new SocketListener(
    server,
    group,
    endpoint.transport !== 'unix' && bound !== null && typeof bound === 'object'
      ? { ...endpoint, port: bound.port }
      : endpoint,
  );
  const onAbort = (): void => listener.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  server.once('close', () => signal?.removeEventListener('abort', onAbort));
  return listener;
}

async function openSocket(endpoint: SocketEndpoint, options: ConnectOptions) {
  const common = {
    allowHalfOpen: true,
    highWaterMark: options.highWaterMark ?? transportDefaults.highWaterMark,
  };
  if (endpoint.transport === 'unix') {
    return { socket: connectNet({ ...common, path: endpoint.path }), ready: 'connect' };
  }
  const { host, port } = endpoint;
  // On this machine alone, the development authority of this user is one more root.
  const authority =
    endpoint.transport === 'tls' && options.tls?.ca === undefined && isLoopback(host)
      ? await developmentAuthority()
      : undefined;
  const place = { ...common, host, port, noDelay: true };
  if (endpoint.transport === 'tcp') return { socket: connectNet(place), ready: 'connect' };
  const { handshakeTimeout: _, certificates: __, ALPNProtocols, ...tls } = options.tls ?? {};
  const socket = connectTls({
    ...place,
    // A server name is never an address (RFC 6066, section 3).
    ...(isIP(host) === 0 && { servername: host }),
    ...(authority !== undefined && { ca: [...rootCertificates, authority] }),
    ...tls,
    ...(ALPNProtocols && { ALPNProtocols: [...ALPNProtocols] }),
  });
  return { socket, ready: 'secureConnect' };
}

/** Asked anew: what was false before an `await` need not be so after it. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Connects over TCP, TLS or a Unix socket; resolves once the handler's `open` has been called. */
export async function connectSocket<State>(
  endpoint: SocketEndpoint,
  handler: StreamHandler<State>,
  options: ConnectOptions = {},
): Promise<Connection<State>> {
  const name = formatEndpoint(endpoint);
  const { signal } = options;
  if (isAborted(signal)) throw abortedError(name, signal?.reason);
  const timeout = options.connectTimeout ?? transportDefaults.connectTimeout;
  const { socket, ready } = await openSocket(endpoint, options);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const give = (error: TransportError): void => {
    reject(error);
    socket.destroy();
  };
  const onError = (error: Error): void => give(toTransportError(error, name));
  const onEarlyClose = (): void =>
    give(
      new TransportError('CONNECTION_CLOSED', `${name}: closed before it was ready`, {
        details: { endpoint: name },
      }),
    );
  const onAbort = (): void => give(abortedError(name, signal?.reason));
  const timer = setTimeout(
    () =>
      give(
        new TransportError('CONNECT_TIMEOUT', `${name}: not connected after ${timeout} ms`, {
          details: { endpoint: name, timeout },
        }),
      ),
    timeout,
  );
  socket.once(ready, resolve);
  socket.once('close', onEarlyClose);
  // It stays until the end: a socket given up on may still emit an error, which must have a listener.
  socket.on('error', onError);
  signal?.addEventListener('abort', onAbort, { once: true });
  // It may have been aborted while the socket was being made, before anybody listened.
  if (isAborted(signal)) onAbort();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
  socket.off('close', onEarlyClose);
  socket.off('error', onError);
  const group = new ConnectionGroup('client', endpoint.transport, name, options);
  const connection = new SocketConnection(socket, handler, group);
  group.abortWith(signal);
  connection.start();
  return connection;
}
