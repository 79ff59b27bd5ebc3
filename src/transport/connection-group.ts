import { transportDefaults } from './contract.ts';
import type { StreamOptions } from './contract.ts';
import { abortedError } from './errors.ts';
import type { TransportError } from './errors.ts';
import { IdleClock } from './idle-clock.ts';
import type { Idling } from './idle-clock.ts';

/** What a group asks of its members. */
export interface GroupMember extends Idling {
  /** Drops the connection at once. */
  abort(error: TransportError): void;
  /** Lets the connection finish what was asked of it. */
  shutDown(): void;
}

/** What all connections of a listener, or the one of a client, have in common. */
export class ConnectionGroup {
  readonly side: 'server' | 'client';
  readonly transport: 'tcp' | 'tls' | 'unix' | 'memory';
  /** How errors name the endpoint. */
  readonly endpoint: string;
  readonly highWaterMark: number;
  readonly lowWaterMark: number;
  readonly lingerTimeout: number;
  readonly idleTimeout: number;
  readonly connections = new Set<GroupMember>();
  readonly #idleClock: IdleClock;
  readonly #emptied = Promise.withResolvers<void>();
  #draining: Promise<void> | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #expiresAt = Number.POSITIVE_INFINITY;
  #stopListening: (() => void) | undefined;

  constructor(
    side: 'server' | 'client',
    transport: 'tcp' | 'tls' | 'unix' | 'memory',
    endpoint: string,
    options: StreamOptions,
  ) {
    this.side = side;
    this.transport = transport;
    this.endpoint = endpoint;
    this.highWaterMark = options.highWaterMark ?? transportDefaults.highWaterMark;
    this.lowWaterMark = Math.min(
      options.lowWaterMark ?? transportDefaults.lowWaterMark,
      this.highWaterMark,
    );
    this.lingerTimeout = options.lingerTimeout ?? transportDefaults.lingerTimeout;
    this.idleTimeout = options.idleTimeout ?? transportDefaults.idleTimeout;
    this.#idleClock = new IdleClock(this.idleTimeout);
  }

  add(member: GroupMember): void {
    this.connections.add(member);
    this.#idleClock.add(member);
  }

  delete(member: GroupMember): void {
    this.connections.delete(member);
    this.#idleClock.delete(member);
    // A client's group lives as long as its one connection; a server's until it drains.
    if (this.connections.size === 0 && (this.side === 'client' || this.#draining !== undefined)) {
      this.#finish();
    }
  }

  abort(why: string, cause?: unknown): void {
    const error = abortedError(this.endpoint, cause, why);
    for (const connection of this.connections) connection.abort(error);
  }

  /** Aborts the connections when the signal does. */
  abortWith(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const onAbort = (): void => this.abort('aborted', signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#stopListening = () => signal.removeEventListener('abort', onAbort);
  }

  /**
   * Asks every connection to finish and drops those that have not in time.
   *
   * @param drainTimeout milliseconds; of several calls, the one that ends first counts.
   * @param stopped resolves when nobody new can connect.
   */
  drain(drainTimeout: number, stopped: Promise<void>): Promise<void> {
    const expiresAt = performance.now() + drainTimeout;
    const hasToWait = this.#draining === undefined || this.connections.size > 0;
    if (hasToWait && expiresAt < this.#expiresAt) {
      this.#expiresAt = expiresAt;
      clearTimeout(this.#deadline);
      this.#deadline = setTimeout(
        () => this.abort(`not finished ${drainTimeout} ms after the listener was closed`),
        drainTimeout,
      );
    }
    this.#draining ??= this.#drain(stopped);
    return this.#draining;
  }

  async #drain(stopped: Promise<void>): Promise<void> {
    for (const connection of this.connections) connection.shutDown();
    if (this.connections.size === 0) this.#finish();
    await this.#emptied.promise;
    await stopped;
  }

  #finish(): void {
    clearTimeout(this.#deadline);
    this.#idleClock.stop();
    this.#stopListening?.();
    this.#emptied.resolve();
  }
}
