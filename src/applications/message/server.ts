import type { GuichetError } from '../../errors.ts';
import { tap } from '../../observe/index.ts';
import { line, publishFrame } from '../../framing/index.ts';
import type { FrameDecoder } from '../../framing/index.ts';
import type { Address, CloseReason, Connection, StreamHandler } from '../../transport/index.ts';
import { asksToQuit, quitting, reportMessage, waiting } from './report.ts';

/** The options of {@link messageServer}. */
export interface MessageServerOptions {
  /** Takes what the server prints: whole lines, each report in one call. */
  readonly print: (text: string) => void;
  /** Told why a connection gave no message: too long a one, or a failure. Default: nobody. */
  readonly report?: (error: GuichetError) => void;
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

/** One client, from whom one message is read. */
class Client {
  readonly #connection: Connection<unknown>;
  readonly #remote: Address;
  readonly #options: Required<Pick<MessageServerOptions, 'silence' | 'deadline'>>;
  readonly #complete: (message: Uint8Array, from: Address) => void;
  readonly #decoder: FrameDecoder;
  #silence: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #isComplete = false;

  constructor(
    connection: Connection<unknown>,
    options: Required<Pick<MessageServerOptions, 'silence' | 'deadline' | 'maxBytes'>>,
    complete: (message: Uint8Array, from: Address) => void,
  ) {
    this.#connection = connection;
    // Looked up now: once the peer has gone, the system no longer knows.
    this.#remote = connection.remote;
    this.#options = options;
    this.#complete = complete;
    this.#decoder = line({ maxFrameBytes: options.maxBytes }).decoder((message, overhead) =>
      this.#finish(message, overhead),
    );
  }

  get remote(): Address {
    return this.#remote;
  }

  receive(bytes: Uint8Array): void {
    if (this.#isComplete) return;
    this.#decoder.push(bytes);
    if (this.#isComplete) return;
    if (this.#silence !== undefined) {
      this.#silence.refresh();
      return;
    }
    this.#silence = setTimeout(() => this.#decoder.end(), this.#options.silence);
    this.#deadline = setTimeout(() => this.#giveUp(), this.#options.deadline);
  }

  /** The peer's end of data ends a message too, if there is one. */
  receiveEnd(): void {
    if (!this.#isComplete) this.#decoder.end();
    this.stop();
    this.#connection.end();
  }

  stop(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#deadline);
    this.#isComplete = true;
  }

  #giveUp(): void {
    this.stop();
    this.#connection.reset();
  }

  #finish(message: Uint8Array, overhead: number): void {
    // What follows the first message in the same chunk is not asked for.
    if (this.#isComplete) return;
    this.stop();
    if (tap.active) this.#publish(message, message.length + overhead);
    this.#complete(message, this.#remote);
    this.#connection.close();
  }

  #publish(message: Uint8Array, length: number): void {
    const { id } = this.#connection;
    const number = tap.nextMessage();
    publishFrame(id, 'in', number, 'line', 0, length, message);
    tap.publish({
      layer: 'presentation',
      kind: 'value',
      time: tap.now(),
      connection: id,
      direction: 'in',
      message: number,
      codec: 'text',
      value: Buffer.from(message).toString(),
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
  const limits = {
    silence: options.silence ?? messageDefaults.silence,
    deadline: options.deadline ?? messageDefaults.deadline,
    maxBytes: options.maxBytes ?? messageDefaults.maxBytes,
  };
  let isQuitting = false;
  const complete = (message: Uint8Array, from: Address): void => {
    // Once it has said that it quits, it says no more.
    if (isQuitting) return;
    isQuitting = options.quit !== undefined && asksToQuit(message);
    options.print(reportMessage(message, from) + (isQuitting ? quitting : waiting));
    if (isQuitting) options.quit?.();
  };
  return {
    open: (connection) => new Client(connection, limits, complete),
    data: (connection, bytes) => connection.state.receive(bytes),
    end: (connection) => connection.state.receiveEnd(),
    close(connection: Connection<Client>, reason: CloseReason) {
      connection.state.stop();
      if (reason.code === 'failed' && reason.error !== undefined) options.report?.(reason.error);
    },
  };
}
