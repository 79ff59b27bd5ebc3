import { createHash } from 'node:crypto';
import type { CloseReason, Connection, StreamHandler } from '../../src/transport/index.ts';

/** Milliseconds after which a test that still waits has failed. */
const deadline = 4_000;

/** Chunks are kept for {@link Recording.text} up to this many bytes, and hashed whatever their size. */
const keptBytes = 65_536;

/** The promise's result, or a failure that says what did not happen in time. */
export async function within<Result>(promise: Promise<Result>, what: string): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`in ${deadline} ms: not ${what}`)),
    deadline,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a handler does besides being recorded. */
export interface Behaviour {
  open?(connection: Connection<unknown>): void;
  data?(connection: Connection<Recording>, bytes: Uint8Array): void;
  drain?(connection: Connection<Recording>): void;
  end?(connection: Connection<Recording>): void;
  shutdown?(connection: Connection<Recording>): void;
  close?(connection: Connection<Recording>, reason: CloseReason): void;
}

/** All that happened to one connection, in order. */
export class Recording {
  readonly connection: Connection<Recording>;
  /** `open`, `data` once for chunks in a row, `drain`, `end`, `shutdown`, `close ended`. */
  readonly events: string[] = [];
  reason: CloseReason | undefined;
  byteCount = 0;
  chunkCount = 0;
  drainCount = 0;
  readonly #hash = createHash('sha256');
  readonly #kept: Uint8Array[] = [];
  readonly #violations: string[];
  #waiting: (() => void)[] = [];

  constructor(connection: Connection<Recording>, violations: string[]) {
    this.connection = connection;
    this.#violations = violations;
  }

  /** Notes an event, and what is wrong with its place in the order. */
  note(event: string): void {
    const last = this.events.at(-1);
    const isFirst = last === undefined;
    if (isFirst !== (event === 'open')) this.#complain(`${event} after ${last ?? 'nothing'}`);
    if (last?.startsWith('close') === true) this.#complain(`${event} after ${last}`);
    if (this.events.includes('end') && (event === 'end' || event === 'data')) {
      this.#complain(`${event} after end`);
    }
    if (event !== 'data' || last !== 'data') this.events.push(event);
    for (const check of this.#waiting) check();
  }

  take(bytes: Uint8Array): void {
    if (bytes.length === 0) this.#complain('data without bytes');
    this.byteCount += bytes.length;
    this.chunkCount++;
    this.#hash.update(bytes);
    if (this.byteCount <= keptBytes) this.#kept.push(bytes);
  }

  /** What came, as text. */
  get text(): string {
    return Buffer.concat(this.#kept).toString('latin1');
  }

  /** The SHA-256 of all that came, in hexadecimal. */
  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Waits for what the events bring about. */
  async until(condition: () => boolean, what: string): Promise<void> {
    if (condition()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = (): void => {
      if (condition()) resolve();
    };
    this.#waiting.push(check);
    try {
      await within(promise, `${what}, but ${this.events.join(', ')}, ${this.byteCount} bytes`);
    } finally {
      this.#waiting = this.#waiting.filter((other) => other !== check);
    }
  }

  /** Waits until so many bytes have come. */
  async untilBytes(count: number): Promise<void> {
    await this.until(() => this.byteCount >= count, `${count} bytes received`);
  }

  /** Waits until an event has happened. */
  async untilEvent(event: string): Promise<void> {
    await this.until(() => this.events.includes(event), event);
  }

  /** Waits for the close, and gives its reason. */
  async untilClosed(): Promise<CloseReason> {
    await this.until(() => this.reason !== undefined, 'closed');
    return this.reason ?? { code: 'closed' };
  }

  #complain(what: string): void {
    this.#violations.push(`${this.connection.transport} connection: ${what}`);
  }
}

/** Records the connections of a handler and holds them to the order that the contract promises. */
export class Recorder {
  readonly handler: StreamHandler<Recording>;
  readonly recordings: Recording[] = [];
  /** What happened out of order. */
  readonly violations: string[] = [];
  readonly #waiting: ((recording: Recording) => void)[] = [];
  #given = 0;

  constructor(behaviour: Behaviour = {}) {
    this.handler = {
      open: (connection) => {
        const recording = new Recording(connection as Connection<Recording>, this.violations);
        recording.note('open');
        this.#add(recording);
        behaviour.open?.(connection);
        return recording;
      },
      data: (connection, bytes) => {
        connection.state.take(bytes);
        connection.state.note('data');
        behaviour.data?.(connection, bytes);
      },
      drain: (connection) => {
        connection.state.drainCount++;
        connection.state.note('drain');
        behaviour.drain?.(connection);
      },
      end: (connection) => {
        connection.state.note('end');
        if (behaviour.end === undefined) connection.end();
        else behaviour.end(connection);
      },
      ...(behaviour.shutdown !== undefined && {
        shutdown: (connection: Connection<Recording>) => {
          connection.state.note('shutdown');
          behaviour.shutdown?.(connection);
        },
      }),
      close: (connection, reason) => {
        // A handler whose `open` threw has no state, and nothing that could be recorded.
        const recording: Recording | undefined = connection.state;
        if (recording !== undefined) {
          recording.reason = reason;
          recording.note(`close ${reason.code}`);
        }
        behaviour.close?.(connection, reason);
      },
    };
  }

  /** The next connection that nobody has asked for yet. */
  async next(): Promise<Recording> {
    const there = this.recordings[this.#given];
    if (there !== undefined) {
      this.#given++;
      return there;
    }
    const { promise, resolve } = Promise.withResolvers<Recording>();
    this.#waiting.push(resolve);
    return within(promise, 'connected to');
  }

  #add(recording: Recording): void {
    this.recordings.push(recording);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return;
    this.#given++;
    waiting(recording);
  }
}
