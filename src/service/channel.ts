import timers from 'node:timers';
import { connectValues, parseEndpoint } from '../presentation/index.ts';
import type { Endpoint, ValueOptions } from '../presentation/index.ts';
import { formatEndpointNotation } from '../presentation/index.ts';
import { GuichetError } from '../errors.ts';
import type { ConnectOptions, DatagramOptions } from '../transport/index.ts';
import type { DeclaredMethod } from './declared-method.ts';
import type { ImplementedService } from './define.ts';
import { Dispatcher } from './dispatcher.ts';
import type { DispatcherOptions } from './dispatcher.ts';
import { delay, pauseAfter } from './backoff.ts';
import { longestTime } from './deadlines.ts';
import { CallError } from './errors.ts';
import { messageCodecOf } from './message-json.ts';
import { Peer } from './peer.ts';
import { defaultDeadline, noAnswerWithin } from './pending.ts';
import type { OutgoingOptions } from './pending.ts';

export type ChannelOptions = ConnectOptions &
  DatagramOptions &
  ValueOptions & {
    /** Milliseconds a call waits unless it says otherwise. Default 30,000. */
    readonly deadline?: number;
    /** The session's token that every call carries. */
    readonly session?: string;
    /** Whether a lost connection is made anew. Default true. */
    readonly reconnect?: boolean;
    /** Milliseconds without a word from the server until it is asked for one; 0 never. Default 30,000. */
    readonly pingInterval?: number;
    /** Milliseconds for that word to come, or the connection is given up. Default 10,000. */
    readonly pingTimeout?: number;
    /** What the server may call over this connection. */
    readonly services?: readonly ImplementedService[];
    readonly dispatcher?: DispatcherOptions;
  };

/** The finite defaults of {@link ChannelOptions}. */
export const channelDefaults = {
  deadline: defaultDeadline,
  pingInterval: 30_000,
  pingTimeout: 10_000,
} as const;

/**
 * The way to a server: a connection that is made anew when it is lost, and the calls over it. A call that
 * was under way then fails with `UNAVAILABLE` and its method's name, unless it is safe to repeat (its
 * method is idempotent, or it has an idempotency key): that is sent again until its deadline.
 */
export class Channel implements AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly #options: ChannelOptions;
  readonly #dispatcher: Dispatcher | undefined;
  #peer: Peer | undefined;
  #connecting: Promise<Peer> | undefined;
  #isClosed = false;
  #closed = Promise.withResolvers<void>();
  /** Connections in a row that could not be made, or were lost before a word came from the server. */
  #failures = 0;
  /** When the next one may be made, as `performance.now` has it, and why the last one is none. */
  #nextAttempt = 0;
  #lastFailure: string | undefined;
  readonly #closing = new AbortController();
  /** Whether a word has come from the server since this was last looked at. */
  #hasHeard = false;
  #pinging: NodeJS.Timeout | undefined;

  private constructor(endpoint: Endpoint, options: ChannelOptions) {
    this.endpoint = endpoint;
    this.#options = options;
    this.#dispatcher =
      options.services === undefined
        ? undefined
        : new Dispatcher(options.services, options.dispatcher);
  }

  /** Connects; rejects when the first connection cannot be made. */
  static async open(endpoint: string | Endpoint, options: ChannelOptions = {}): Promise<Channel> {
    const place = typeof endpoint === 'string' ? parseEndpoint(endpoint) : endpoint;
    const channel = new Channel(place, options);
    await channel.#connect();
    return channel;
  }

  get isConnected(): boolean {
    return this.#peer !== undefined;
  }

  /** Makes a call that is not validated on this side. */
  call(method: string, params?: unknown, options: OutgoingOptions = {}): Promise<unknown> {
    return this.#call(method, params, options, options.idempotencyKey !== undefined);
  }

  /**
   * Calls a declared method: validates the parameters before they leave, the result when it comes.
   * @internal
   */
  callDeclared(
    method: DeclaredMethod,
    params: unknown,
    options: OutgoingOptions,
  ): Promise<unknown> {
    const { name, checkResult } = method;
    const canRepeat = method.isIdempotent || options.idempotencyKey !== undefined;
    try {
      const checked = method.checkParams(params);
      // What was given is sent, not what validation made of it: the server validates it anew.
      return checked instanceof Promise
        ? checked.then(() => this.#call(name, params, options, canRepeat, checkResult))
        : this.#call(name, params, options, canRepeat, checkResult);
    } catch (error) {
      return Promise.reject(CallError.from(error));
    }
  }

  /**
   * Calls a declared method whose result is a stream; leaving the loop cancels it.
   * @internal
   */
  async *streamDeclared(
    method: DeclaredMethod,
    params: unknown,
    options: OutgoingOptions,
  ): AsyncGenerator<unknown, void, undefined> {
    await method.checkParams(params);
    for await (const item of this.stream(method.name, params, options)) {
      yield await method.checkItem(item);
    }
  }

  /**
   * Makes a call whose result is a stream, not validated on this side; leaving the loop cancels it. The
   * result of a method that gives no stream is the only item.
   */
  async *stream(
    method: string,
    params?: unknown,
    options: OutgoingOptions = {},
  ): AsyncGenerator<unknown, void, undefined> {
    const full = this.#withDefaults(options);
    const deadline = full.deadline ?? channelDefaults.deadline;
    const peer = this.#peer ?? (await this.#waitForPeer(method, deadline, full.signal));
    const stream = peer.stream(method, params, full);
    try {
      for (let next = await stream.next(); next.done !== true; next = await stream.next()) {
        yield next.value;
      }
    } finally {
      stream.cancel();
    }
  }

  /** Tells the server something, without an answer. */
  notify(method: string, params?: unknown): void {
    this.#peer?.notify(method, params);
  }

  /** Milliseconds that an answer takes there and back. */
  async ping(options: OutgoingOptions = {}): Promise<number> {
    const start = performance.now();
    await this.#call('rpc.ping', undefined, options, true);
    return performance.now() - start;
  }

  /** Takes no new calls, waits for the answers of those under way, then closes. */
  async close(): Promise<void> {
    if (this.#isClosed) return this.#closed.promise;
    this.#isClosed = true;
    this.#closing.abort();
    timers.clearInterval(this.#pinging);
    if (this.#peer === undefined) this.#closed.resolve();
    else this.#peer.close();
    return this.#closed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #withDefaults(options: OutgoingOptions): OutgoingOptions {
    const { deadline, session } = this.#options;
    if (deadline === undefined && session === undefined) return options;
    return {
      ...(deadline !== undefined && { deadline }),
      ...(session !== undefined && { session }),
      ...options,
    };
  }

  #call(
    method: string,
    params: unknown,
    options: OutgoingOptions,
    canRepeat: boolean,
    finish?: (result: unknown) => unknown,
  ): Promise<unknown> {
    const full = this.#withDefaults(options);
    if (this.#peer === undefined || canRepeat)
      return this.#callPatiently(method, params, full, canRepeat, finish);
    return this.#peer.call(method, params, full, finish);
  }

  /** Waits for a connection, and where that is safe repeats the call over the next one. */
  async #callPatiently(
    method: string,
    params: unknown,
    options: OutgoingOptions,
    canRepeat: boolean,
    finish?: (result: unknown) => unknown,
  ): Promise<unknown> {
    const { deadline: whole = channelDefaults.deadline, signal } = options;
    const expiresAt = performance.now() + whole;
    for (let failures = 1; ; failures++) {
      const remaining = Math.max(0, expiresAt - performance.now());
      const peer = this.#peer ?? (await this.#waitForPeer(method, remaining, signal));
      const deadline = Math.max(1, Math.round(expiresAt - performance.now()));
      try {
        return await peer.call(method, params, { ...options, deadline }, finish);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        const isOver = error.data === undefined && error.details['deadline'] === deadline;
        if (isOver) throw noAnswerWithin(method, whole);
        if (!canRepeat || !isWorthRepeating(error)) throw error;
        if (this.#options.reconnect === false || this.#isClosed) throw error;
        // After the loss of a connection the next one is waited for.
        const pause = this.#peer === peer ? pauseAfter(failures) : 0;
        if (performance.now() + pause >= expiresAt) throw error;
        if (pause > 0) await delay(pause, this.#closing.signal, signal);
      }
    }
  }

  /** The next connection, tried for until the time is over. */
  async #waitForPeer(method: string, time: number, signal: AbortSignal | undefined): Promise<Peer> {
    const expiresAt = performance.now() + time;
    for (;;) {
      if (this.#isClosed || this.#options.reconnect === false) {
        throw this.#unavailable(method, 'the channel is closed', undefined);
      }
      try {
        return await this.#connectWithin(method, expiresAt - performance.now(), signal);
      } catch (error) {
        if (this.#isClosed) continue;
        if (!(error instanceof GuichetError) || error instanceof CallError) throw error;
        if (this.#nextAttempt >= expiresAt) throw this.#unavailable(method, error.message, error);
      }
    }
  }

  /** The connection under way goes on for others when one call's time is over before it is made. */
  async #connectWithin(
    method: string,
    time: number,
    signal: AbortSignal | undefined,
  ): Promise<Peer> {
    const over = Promise.withResolvers<undefined>();
    const finish = (): void => over.resolve(undefined);
    const timer = timers.setTimeout(finish, Math.min(time, longestTime));
    signal?.addEventListener('abort', finish, { once: true });
    try {
      const peer = await Promise.race([this.#connect(), over.promise]);
      if (peer !== undefined) return peer;
      if (signal?.aborted === true) throw new CallError('CANCELLED', `${method}: cancelled`);
      const before = this.#lastFailure === undefined ? '' : `: ${this.#lastFailure}`;
      throw this.#unavailable(method, `no connection within the deadline${before}`, undefined);
    } finally {
      timers.clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
    }
  }

  #backOff(why: string): void {
    this.#nextAttempt = performance.now() + pauseAfter(++this.#failures);
    this.#lastFailure = why;
  }

  #unavailable(method: string, why: string, cause: unknown): CallError {
    const place = formatEndpointNotation(this.endpoint);
    return new CallError('UNAVAILABLE', `${method}: ${why}`, {
      cause,
      details: { method, place, why },
    });
  }

  #connect(): Promise<Peer> {
    this.#connecting ??= this.#openInTime().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #openInTime(): Promise<Peer> {
    const pause = this.#nextAttempt - performance.now();
    if (pause > 0) await delay(pause, this.#closing.signal);
    this.#closing.signal.throwIfAborted();
    try {
      return await this.#openPeer();
    } catch (error) {
      this.#backOff(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  async #openPeer(): Promise<Peer> {
    const connection = await connectValues<Peer>(
      this.endpoint,
      {
        open: (opened) => new Peer(opened, this.#dispatcher),
        value: (from, value, message, length) => {
          this.#hasHeard = true;
          this.#failures = 0;
          from.state.receive(value, length, message);
        },
        refuse: (from, error) => {
          // A datagram may be anybody's; what comes over a connection is the server's own word.
          const isOfNoUse = this.#dispatcher === undefined && !from.frames.isDatagram;
          if (isOfNoUse) {
            this.#lose(from.state, error.message);
            from.state.giveUp(error);
          } else {
            from.state.refuse(error);
          }
        },
        drain: (from) => from.state.drain(),
        end: (from) => {
          this.#lose(from.state, 'the server ended the connection');
          from.state.receiveEnd();
        },
        close: (from, reason) => {
          this.#lose(from.state, reason.error?.message ?? 'the connection closed');
          from.state.finish(reason);
          if (this.#isClosed) this.#closed.resolve();
        },
      },
      // A channel lives as long as its user wants it: pings tell a dead one, silence does not.
      {
        idleTimeout: 0,
        ...this.#options,
        ...messageCodecOf(this.endpoint, this.#options, Number.POSITIVE_INFINITY),
      },
    );
    const peer = connection.state;
    if (this.#isClosed) peer.close();
    this.#peer = peer;
    this.#startPinging(peer);
    return peer;
  }

  /** Calls nobody over this connection any more. */
  #lose(peer: Peer, why: string): void {
    if (this.#peer !== peer) return;
    this.#peer = undefined;
    timers.clearInterval(this.#pinging);
    this.#backOff(why);
  }

  #startPinging(peer: Peer): void {
    timers.clearInterval(this.#pinging);
    const interval = this.#options.pingInterval ?? channelDefaults.pingInterval;
    if (interval === 0) return;
    const deadline = this.#options.pingTimeout ?? channelDefaults.pingTimeout;
    let lastHeard = performance.now();
    // Looked at now and then: reading the clock at every answer would be felt.
    this.#pinging = timers.setInterval(() => {
      const now = performance.now();
      if (this.#hasHeard) lastHeard = now;
      this.#hasHeard = false;
      if (now - lastHeard < interval) return;
      lastHeard = now;
      peer.call('rpc.ping', undefined, { deadline }).catch(() => {
        // No word in time: whatever waits for an answer over this connection waits in vain.
        if (this.#peer !== peer) return;
        this.#lose(peer, 'the server did not answer a ping');
        peer.reset();
      });
    }, interval / looksPerInterval);
    this.#pinging.unref();
  }
}

/** A silence is noticed by a quarter of the interval late at most. */
const looksPerInterval = 4;

/** Statuses of HTTP with which a server asks for patience (RFC 9110, section 15.5.9; RFC 6585, section 4). */
const patientStatuses: ReadonlySet<unknown> = new Set([408, 425, 429]);

/** Whether a call that failed so may be answered when it is made again. */
function isWorthRepeating(error: CallError): boolean {
  if (error.code !== 'UNAVAILABLE') return false;
  const { cause } = error;
  if (!(cause instanceof GuichetError) || cause.code !== 'WEB_REFUSED') return true;
  const { status } = cause.details;
  return Number(status) >= 500 || patientStatuses.has(status);
}
