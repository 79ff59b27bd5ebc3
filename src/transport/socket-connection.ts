import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ConnectionGroup, GroupMember } from './connection-group.ts';
import { GuichetError } from '../errors.ts';
import { tap } from '../observe/tap.ts';
import { callClose, formatAddress, nextConnectionId } from './contract.ts';
import type { Address, CloseReason, Connection, StreamHandler } from './contract.ts';
import { TransportError, abortedError, errnoOf, isResetErrno, toTransportError } from './errors.ts';
import { countReceived } from './reclaim.ts';
import { hidesReset, unsentBytes } from './reset-probe.ts';

/** A duplex stream of the platform, or one in memory, that can be reset. */
export type ResettableSocket = Duplex & { resetAndDestroy(): unknown };

const attached: unique symbol = Symbol('connection');

/** A socket that knows its connection, so that all sockets can share the same listeners. */
type AttachedSocket = ResettableSocket & { [attached]: SocketConnection<unknown> };

// One function for all sockets instead of closures for each: an idle connection stays small.
function onData(this: Duplex, bytes: Uint8Array): void {
  (this as AttachedSocket)[attached].receive(bytes);
}
function onDrain(this: Duplex): void {
  (this as AttachedSocket)[attached].settle();
}
function onEnd(this: Duplex): void {
  (this as AttachedSocket)[attached].receiveEnd();
}
function onError(this: Duplex, error: Error): void {
  (this as AttachedSocket)[attached].fail(error);
}
function onClose(this: Duplex): void {
  (this as AttachedSocket)[attached].finish();
}

interface Addresses {
  readonly local: Address;
  readonly remote: Address;
}

const ended: CloseReason = Object.freeze({ code: 'ended' });
const closed: CloseReason = Object.freeze({ code: 'closed' });

/** A {@link Connection} over a duplex stream of the platform: TCP, TLS, Unix, or one in memory. */
export class SocketConnection<State> implements Connection<State>, GroupMember {
  readonly id: number = nextConnectionId();
  idleTicks = 0;
  bytesRead = 0;
  bytesWritten = 0;
  readonly #socket: ResettableSocket;
  readonly #handler: StreamHandler<State>;
  readonly #group: ConnectionGroup;
  /** Looked up at once: the system forgets them with the connection. */
  readonly #addresses: Addresses;
  #state: State | undefined;
  #reason: CloseReason | undefined;
  #blocked = false;
  #wasBlocked = false;
  #discarding = false;
  #readEnded = false;
  #writeEnded = false;
  #isClosed = false;
  #isDetached = false;
  #unsentBefore = 0;
  /** Of what was counted, how much comes once more. */
  #unreadBytes = 0;
  #lingering: NodeJS.Timeout | undefined;

  constructor(socket: ResettableSocket, handler: StreamHandler<State>, group: ConnectionGroup) {
    this.#socket = socket;
    this.#handler = handler;
    this.#group = group;
    this.#addresses = readAddresses(socket, group, this.id);
    (socket as AttachedSocket)[attached] = this;
  }

  /** Starts to hand over what happens; separate from construction so that `open` sees it whole. */
  start(): void {
    const socket = this.#socket;
    this.#group.add(this);
    socket.on('error', onError).on('close', onClose).on('end', onEnd);
    if (tap.active) {
      tap.publish({
        layer: 'transport',
        kind: 'open',
        time: tap.now(),
        connection: this.id,
        side: this.#group.side,
        transport: this.transport,
        local: formatAddress(this.local),
        remote: formatAddress(this.remote),
      });
    }
    try {
      this.#state = this.#handler.open?.(this);
    } catch (error) {
      this.#failHandler(error);
    }
    if (!this.#isDetached) socket.on('data', onData);
  }

  get state(): State {
    return this.#state as State;
  }

  get transport(): 'tcp' | 'tls' | 'unix' | 'memory' {
    return this.#group.transport;
  }

  get local(): Address {
    return this.#addresses.local;
  }

  get remote(): Address {
    return this.#addresses.remote;
  }

  get applicationProtocol(): string | undefined {
    const agreed = this.#socket instanceof TLSSocket ? this.#socket.alpnProtocol : null;
    return agreed === false || agreed === null ? undefined : agreed;
  }

  get serverName(): string | undefined {
    if (!(this.#socket instanceof TLSSocket)) return undefined;
    const { servername } = this.#socket as { readonly servername?: unknown };
    return typeof servername === 'string' ? servername : undefined;
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#socket.writableLength;
  }

  get unsentBytes(): number {
    const { bufferedBytes } = this;
    return bufferedBytes === 0 ? 0 : unsentBytes(this.#socket) || bufferedBytes;
  }

  get isBlocked(): boolean {
    return this.#blocked;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#writeEnded) {
      if (this.#isClosed || this.#discarding) return false;
      throw new TransportError('WRITE_AFTER_END', 'write after end: this direction is over', {
        details: { endpoint: this.#group.endpoint },
      });
    }
    const socket = this.#socket;
    if (this.#isClosed || socket.destroyed) return false;
    if (tap.active) this.#publishBytes('out', this.bytesWritten, bytes);
    this.bytesWritten += bytes.length;
    this.idleTicks = 0;
    if (socket.writableLength === 0) socket.write(bytes);
    else socket.write(bytes, () => this.settle());
    if (socket.writableLength <= this.#group.highWaterMark) return true;
    this.#blocked = true;
    if (!this.#wasBlocked) {
      this.#wasBlocked = true;
      socket.on('drain', onDrain);
    }
    return false;
  }

  end(): void {
    if (this.#writeEnded || this.#isClosed) return;
    this.#writeEnded = true;
    if (tap.active) this.#publishEnd('out');
    this.#socket.end();
  }

  close(): void {
    if (this.#isClosed || this.#discarding) return;
    this.#discarding = true;
    this.end();
    if (this.#readEnded) return;
    this.#socket.resume();
    // A slow reader is given all it takes to read the last answer; the idle time-out bounds that.
    if (this.#socket.writableFinished) this.#linger();
    else this.#socket.once('finish', () => this.#linger());
  }

  #linger(): void {
    if (this.#isClosed || this.#readEnded) return;
    this.#lingering = setTimeout(() => this.#drop(closed), this.#group.lingerTimeout);
  }

  reset(): void {
    this.abort(abortedError(this.#group.endpoint, undefined, 'reset by this side'));
  }

  pause(): void {
    if (!this.#discarding) this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  unread(bytes: Uint8Array): void {
    if (this.#isClosed || this.#discarding) return;
    this.#unreadBytes += bytes.length;
    this.#socket.unshift(bytes);
  }

  detach(): Duplex {
    const socket = this.#socket;
    this.#isDetached = true;
    socket.off('data', onData).off('end', onEnd).off('drain', onDrain).pause();
    return socket;
  }

  /** Drops the connection at once, for the reason given. */
  abort(error: TransportError): void {
    this.#drop({ code: 'aborted', error });
  }

  /** Asks the handler to finish, because the listener is closing. */
  shutDown(): void {
    if (this.#handler.shutdown === undefined) this.close();
    else this.#call('shutdown');
  }

  receive(bytes: Uint8Array): void {
    this.idleTicks = 0;
    if (this.#unreadBytes > 0) this.#unreadBytes -= bytes.length;
    else this.#count(bytes);
    if (this.#discarding) return;
    try {
      this.#handler.data(this, bytes);
    } catch (error) {
      this.#failHandler(error);
    }
  }

  #count(bytes: Uint8Array): void {
    const offset = this.bytesRead;
    this.bytesRead = offset + bytes.length;
    countReceived(bytes.length);
    if (tap.active && !this.#discarding) this.#publishBytes('in', offset, bytes);
  }

  receiveEnd(): void {
    this.#readEnded = true;
    if (this.transport !== 'tls' && hidesReset(this.#socket)) {
      this.#drop({ code: 'reset', error: this.#describe('CONNECTION_RESET') });
      return;
    }
    if (tap.active) this.#publishEnd('in');
    if (this.#discarding || this.#handler.end === undefined) this.end();
    else this.#call('end');
  }

  /** Calls `drain` when little enough is left to send. */
  settle(): void {
    if (!this.#blocked || this.#isClosed) return;
    if (this.#socket.writableLength > this.#group.lowWaterMark) return;
    this.#blocked = false;
    this.idleTicks = 0;
    if (!this.#writeEnded) this.#call('drain');
  }

  fail(error: Error): void {
    const code = isResetErrno(errnoOf(error)) ? 'reset' : 'failed';
    this.#reason ??= { code, error: toTransportError(error, this.#group.endpoint) };
  }

  finish(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#lingering);
    const reason = this.#reason ?? (this.#readEnded && this.#writeEnded ? ended : closed);
    if (tap.active) {
      tap.publish({
        layer: 'transport',
        kind: 'close',
        time: tap.now(),
        connection: this.id,
        reason: reason.code,
      });
    }
    callClose(this.#handler, this, reason);
    this.#group.delete(this);
  }

  hasProgressed(): boolean {
    // Its new owner has time-outs of its own.
    if (this.#isDetached) return true;
    const before = this.#unsentBefore;
    this.#unsentBefore = this.#socket.writableLength === 0 ? 0 : unsentBytes(this.#socket);
    return before > 0 && this.#unsentBefore < before;
  }

  becomeIdle(): void {
    this.#drop({ code: 'idle', error: this.#describe('IDLE_TIMEOUT') });
  }

  #describe(code: 'CONNECTION_RESET' | 'IDLE_TIMEOUT'): TransportError {
    const { endpoint, idleTimeout } = this.#group;
    return code === 'IDLE_TIMEOUT'
      ? new TransportError(code, `${endpoint}: nothing moved for ${idleTimeout} ms`, {
          details: { endpoint, idleTimeout },
        })
      : new TransportError(code, `${endpoint}: the peer reset the connection`, {
          details: { endpoint, errno: 'ECONNRESET' },
        });
  }

  #drop(reason: CloseReason): void {
    if (this.#isClosed) return;
    this.#reason ??= reason;
    this.#discarding = true;
    this.#writeEnded = true;
    const socket = this.#socket;
    // A Unix socket knows no reset, and to reset the TCP socket under TLS while it has something to
    // write brings the process down (Node 26): there the peer sees an end of data, or a reset from the
    // system if it had sent what was not read. And once the end of data is on its way the platform
    // refuses to reset, leaving the socket open for ever; closed, the system does what is right.
    const canReset = this.transport === 'tcp' || this.transport === 'memory';
    const isEndSent = socket.writableEnded && socket.writableLength === 0;
    if (canReset && !isEndSent) socket.resetAndDestroy();
    socket.destroy();
  }

  /** Runs a callback of the handler; one that throws costs this connection and no other. */
  #call(callback: 'drain' | 'end' | 'shutdown'): void {
    try {
      this.#handler[callback]?.(this);
    } catch (error) {
      this.#failHandler(error);
    }
  }

  #failHandler(thrown: unknown): void {
    const { endpoint } = this.#group;
    const error =
      thrown instanceof GuichetError
        ? thrown
        : new TransportError(
            'HANDLER_FAILED',
            `${endpoint}: the handler threw: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
            {
              cause: thrown,
              details: { endpoint },
            },
          );
    this.#drop({ code: 'failed', error });
  }

  #publishBytes(direction: 'in' | 'out', offset: number, bytes: Uint8Array): void {
    tap.publish({
      layer: 'transport',
      kind: 'bytes',
      time: tap.now(),
      connection: this.id,
      direction,
      offset,
      bytes,
    });
  }

  #publishEnd(direction: 'in' | 'out'): void {
    tap.publish({
      layer: 'transport',
      kind: 'end',
      time: tap.now(),
      connection: this.id,
      direction,
    });
  }
}

function readAddresses(socket: Duplex, group: ConnectionGroup, id: number): Addresses {
  if (socket instanceof Socket && group.transport !== 'unix') {
    return {
      local: toAddress(socket.localAddress, socket.localPort),
      remote: toAddress(socket.remoteAddress, socket.remotePort),
    };
  }
  const family = group.transport === 'unix' ? 'unix' : 'memory';
  const named: Address = { host: group.endpoint.replace(/^\w+:(\/\/)?/, ''), port: 0, family };
  const unnamed: Address = { host: family === 'unix' ? '' : `#${id}`, port: 0, family };
  return group.side === 'server'
    ? { local: named, remote: unnamed }
    : { local: unnamed, remote: named };
}

function toAddress(host: string | undefined, port: number | undefined): Address {
  return {
    host: host ?? '',
    port: port ?? 0,
    family: host?.includes(':') === true ? 'IPv6' : 'IPv4',
  };
}
