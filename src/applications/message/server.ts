import { isUtf8 } from 'node:buffer';
import type { GuichetError } from '../../errors.ts';
import { tap } from '../../observe/index.ts';
import { line, publishFrame } from '../../framing/index.ts';
import type { FrameDecoder } from '../../framing/index.ts';
import type { Address, CloseReason, Connection, StreamHandler } from '../../transport/index.ts';
import { ApplicationError } from '../application.ts';
import { asksToQuit, quitting, reportMessage, waiting } from './report.ts';

/** The options of {@link messageServer}. */
export interface MessageServerOptions {
  /**
   * Takes what the server prints: whole lines, each report in one call. A promise says that the reader
   * is behind: until it resolves, clients are held back.
   */
  readonly print: (text: string) => Promise<void> | void;
  /** Told why a connection gave no message: too long a one, too slow a one, a failure. Default: nobody. */
  readonly report?: (error: GuichetError, from: Address) => void;
  /** Called after the report of a message that starts with `quit`; without it the server goes on. */
  readonly quit?: () => void;
  /** Milliseconds of silence after a byte that end a message. Default 200. */
  readonly silence?: number;
  /** Milliseconds from the first byte of a message to its end at most. Default 60,000. */
  readonly deadline?: number;
  /** The longest message, in bytes. Default 65,536. */
  readonly maxBytes?: number;
}

/** The finite defaults of {@link MessageServerOptions}. */
export const messageDefaults = { silence: 200, deadline: 60_000, maxBytes: 65_536 } as const;

/** What the clients of one server have in common. */
class Room {
  readonly silence: number;
  readonly deadline: number;
  readonly maxBytes: number;
  readonly #options: MessageServerOptions;
  readonly #held = new Set<Connection<Client>>();
  #isHeld = false;
  #isQuitting = false;

  constructor(options: MessageServerOptions) {
    this.#options = options;
    this.silence = options.silence ?? messageDefaults.silence;
    this.deadline = options.deadline ?? messageDefaults.deadline;
    this.maxBytes = options.maxBytes ?? messageDefaults.maxBytes;
  }

  /** Whether whoever reads the reports is behind. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Whether the server has said that it quits. */
  get isQuitting(): boolean {
    return this.#isQuitting;
  }

  complete(message: Uint8Array, from: Address): void {
    // Once it has said that it quits, it says no more.
    if (this.#isQuitting) return;
    const { quit, print } = this.#options;
    this.#isQuitting = quit !== undefined && asksToQuit(message);
    const behind = print(reportMessage(message, from) + (this.#isQuitting ? quitting : waiting));
    if (behind !== undefined) this.#hold(behind);
    if (this.#isQuitting) quit?.();
  }

  /** Stops reading from a client while the reports are behind. */
  holdBack(connection: Connection<Client>): void {
    if (!this.#isHeld) return;
    connection.pause();
    this.#held.add(connection);
  }

  leave(connection: Connection<Client>): void {
    this.#held.delete(connection);
  }

  #hold(behind: Promise<void>): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    void behind.then(() => {
      this.#isHeld = false;
      for (const connection of this.#held) connection.resume();
      this.#held.clear();
    });
  }
}

/** One client, from whom one message is read. */
class Client {
  readonly #connection: Connection<unknown>;
  readonly #remote: Address;
  readonly #room: Room;
  readonly #decoder: FrameDecoder;
  #silence: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #isComplete = false;
  #isLate = false;

  constructor(connection: Connection<unknown>, room: Room) {
    this.#connection = connection;
    // Looked up now: once the peer has gone, the system no longer knows.
    this.#remote = connection.remote;
    this.#room = room;
    this.#decoder = line({ maxFrameBytes: room.maxBytes }).decoder((message, overhead) =>
      this.#finish(message, overhead),
    );
  }

  get remote(): Address {
    return this.#remote;
  }

  /** Why there was no message, if it was for want of time. */
  get lateness(): ApplicationError | undefined {
    if (!this.#isLate) return undefined;
    const { deadline } = this.#room;
    return new ApplicationError(
      'MESSAGE_TOO_SLOW',
      `a message was not complete after ${deadline} ms; the peer was cut off`,
      { details: { deadline } },
    );
  }

  receive(bytes: Uint8Array): void {
    if (this.#isComplete) return;
    this.#decoder.push(bytes);
    if (this.#isComplete) return;
    this.#awaitSilence();
    this.#deadline ??= setTimeout(() => this.#giveUp(), this.#room.deadline);
  }

  /** The peer's end of data ends a message too, if there is one. */
  receiveEnd(): void {
    if (!this.#isComplete) this.#decoder.end();
    this.stop();
    this.#connection.end();
  }

  /** The listener is closing: a message that is on its way may still come. */
  shutDown(): void {
    if (this.#isComplete || this.#room.isQuitting) this.#connection.close();
    else if (this.#silence === undefined) this.#awaitSilence();
  }

  stop(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#deadline);
    this.#isComplete = true;
  }

  #awaitSilence(): void {
    if (this.#silence === undefined) {
      this.#silence = setTimeout(() => this.#endBySilence(), this.#room.silence);
    } else {
      this.#silence.refresh();
    }
  }

  #endBySilence(): void {
    // A client that is held back is not silent: it is not listened to.
    if (this.#room.isHeld) {
      this.#silence?.refresh();
      return;
    }
    this.#decoder.end();
    if (!this.#isComplete) this.#connection.close();
  }

  #giveUp(): void {
    if (this.#room.isHeld) {
      this.#deadline?.refresh();
      return;
    }
    this.#isLate = true;
    this.stop();
    this.#connection.reset();
  }

  #finish(message: Uint8Array, overhead: number): void {
    // What follows the first message in the same chunk is not asked for.
    if (this.#isComplete) return;
    this.stop();
    if (tap.active) this.#publish(message, message.length + overhead);
    this.#room.complete(message, this.#remote);
    this.#connection.close();
  }

  #publish(message: Uint8Array, length: number): void {
    const { id } = this.#connection;
    const number = tap.nextMessage();
    publishFrame(id, 'in', number, 'line', 0, length, message);
    const isText = isUtf8(message);
    tap.publish({
      layer: 'presentation',
      kind: 'value',
      time: tap.now(),
      connection: id,
      direction: 'in',
      message: number,
      codec: isText ? 'text' : 'bytes',
      value: isText ? Buffer.from(message).toString() : message,
    });
  }
}

/**
 * The message server: it reads one message from each connection, prints it with where it came from and
 * closes the connection. A message ends at LF (a CR before it is dropped), at the peer's end of data, or
 * when the peer falls silent; a connection that says nothing is no message, and one that is reset before
 * its message ends gives none. Print {@link waiting} once it listens.
 *
 * @example
 * ```ts
 * import { messageServer, waiting } from 'guichet/applications';
 * import { listen, openStream } from 'guichet/transport';
 * let printed = waiting;
 * const heard = Promise.withResolvers<void>();
 * const handler = messageServer({ print: (text) => void (printed += text), quit: heard.resolve });
 * await using listener = await listen('tcp://127.0.0.1:0', handler);
 * await using stream = await openStream(listener.endpoint);
 * await stream.write(new TextEncoder().encode('quit\r\n'));
 * await heard.promise;
 * if (!/^Waiting\.\.\.\nReceived quit\n  from \('127\.0\.0\.1', \d+\)\nQuitting\n$/.test(printed)) {
 *   throw new Error(printed);
 * }
 * ```
 */
export function messageServer(options: MessageServerOptions): StreamHandler<Client> {
  const room = new Room(options);
  return {
    open: (connection) => new Client(connection, room),
    data(connection, bytes) {
      connection.state.receive(bytes);
      room.holdBack(connection);
    },
    end: (connection) => connection.state.receiveEnd(),
    shutdown: (connection) => connection.state.shutDown(),
    close(connection: Connection<Client>, reason: CloseReason) {
      const { state } = connection;
      state.stop();
      room.leave(connection);
      const error = state.lateness ?? (reason.code === 'failed' ? reason.error : undefined);
      if (error !== undefined) options.report?.(error, state.remote);
    },
  };
}
