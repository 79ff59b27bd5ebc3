import { tap } from '../../observe/index.ts';
import { publishFrame } from '../../framing/index.ts';
import { listenValues, readTlsOptions } from '../../presentation/index.ts';
import type { Endpoint, ValueHandler } from '../../presentation/index.ts';
import { bind, listen } from '../../transport/index.ts';
import type {
  Address,
  Connection,
  DatagramHandler,
  ListenOptions,
  StreamHandler,
} from '../../transport/index.ts';
import type { RunningApplication } from '../application.ts';

/**
 * The echo service over a stream (RFC 862): whatever comes goes back, byte for byte, and after the
 * peer's end of data ours follows. A peer that does not read what it is sent is not read from either,
 * so it costs no more than the high-water mark.
 *
 * @example
 * ```ts
 * import { echoStreams } from 'guichet/applications';
 * import { listen, openStream } from 'guichet/transport';
 * await using listener = await listen('tcp://127.0.0.1:0', echoStreams);
 * await using stream = await openStream(listener.endpoint);
 * await stream.write(new Uint8Array([0, 10, 255]));
 * stream.end();
 * if ((await stream.readAll()).join() !== '0,10,255') throw new Error('not the same');
 * ```
 */
export const echoStreams: StreamHandler = {
  data(connection, bytes) {
    if (tap.active) publishEcho(connection, bytes);
    if (!connection.write(bytes)) connection.pause();
  },
  drain(connection) {
    connection.resume();
  },
  end(connection) {
    connection.end();
  },
  shutdown: finishEcho,
};

/** How often a connection of a server that is shutting down is looked at, in milliseconds. */
const quietTime = 100;

/** What was sent before the shutdown is echoed still: the connection closes once nothing moves. */
function finishEcho(connection: Connection): void {
  const { bytesRead } = connection;
  setTimeout(() => {
    if (connection.isClosed) return;
    const isQuiet = connection.bytesRead === bytesRead && connection.bufferedBytes === 0;
    if (isQuiet) connection.close();
    else finishEcho(connection);
  }, quietTime);
}

/** On the tap, an echo is one message in and the same message out, each chunk its own frame. */
function publishEcho(connection: Connection, bytes: Uint8Array): void {
  const message = tap.nextMessage();
  const { id, bytesRead, bytesWritten } = connection;
  const { length } = bytes;
  publishFrame(id, 'in', message, 'chunk', bytesRead - length, length, bytes);
  publishFrame(id, 'out', message, 'chunk', bytesWritten, length, bytes);
}

/**
 * Ports whose services answer whatever they are sent: a datagram that claims to come from one is not
 * answered, or two servers would answer each other for ever (RFC 862 servers among them, our own too).
 */
const reflectingPorts: ReadonlySet<number> = new Set([
  0, 7, 13, 17, 19, 37, 53, 69, 123, 161, 389, 1900, 11_211,
]);

/** The echo service over datagrams (RFC 862): each goes back to where it came from. */
export const echoDatagrams: DatagramHandler = {
  datagram(socket, bytes, peer) {
    if (isReflector(peer, socket.local)) return;
    if (tap.active) {
      const message = tap.nextMessage();
      publishFrame(socket.id, 'in', message, 'datagram', 0, bytes.length, bytes, peer);
      publishFrame(socket.id, 'out', message, 'datagram', 0, bytes.length, bytes, peer);
    }
    socket.send(bytes, peer);
  },
};

function isReflector(peer: Address, local: Address): boolean {
  if (peer.family === 'memory') return false;
  return reflectingPorts.has(peer.port) || peer.port === local.port;
}

/** Over any other codec, each value goes back decoded and encoded anew. */
const echoValues: ValueHandler = {
  value(connection, value, message) {
    const { isDatagram, remote, local } = connection.frames;
    if (isDatagram && isReflector(remote, local)) return;
    if (!connection.send(value, message)) connection.pause();
  },
  drain(connection) {
    connection.resume();
  },
  end(connection) {
    connection.end();
  },
};

/**
 * Serves echo: `bytes` endpoints give back what comes, chunk by chunk or datagram by datagram; others
 * give back each message.
 *
 * @throws {TransportError} as `listen` and `bind` do.
 */
export async function serveEcho(
  endpoint: Endpoint,
  options: ListenOptions = {},
): Promise<RunningApplication> {
  const { transport, codec, framing } = endpoint;
  if (codec === 'bytes' && framing === 'datagram') return bind(transport, echoDatagrams, options);
  if (codec === 'bytes' && framing === 'chunk') {
    const tls = await readTlsOptions(endpoint.tls);
    return listen(transport, echoStreams, { ...options, tls });
  }
  return listenValues(endpoint, echoValues, options);
}
