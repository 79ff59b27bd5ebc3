import { setTimeout as delay } from 'node:timers/promises';
import { diagnoseEcho } from '../applications/echo/diagnosis.ts';
import type { EchoTexts } from '../language/echo.ts';
import { readTlsOptions } from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import { connect } from '../transport/index.ts';
import type { CloseReason, Connection } from '../transport/index.ts';
import { describeEcho } from './echo-report.ts';
import type { CommandHost } from './command-host.ts';
import { maxInputBytes } from './stdin.ts';
import { UsageError } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { TwoLines } from './two-lines.ts';

const endOfTransmission = 0x04;
const interrupt = 0x03;
const suspend = 0x1a;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** How long echoes are waited for once no more is typed, in milliseconds. */
const lastEchoTimeout = 2_000;

/** Bytes that may come back beyond those typed before the server is left. */
const maxExtraBytes = 65_536;

/** Why the interaction is over: the end of what is typed, an interruption, or how the connection closed. */
type Way = 'end' | 'interrupt' | CloseReason;

/**
 * Sends each key as it is typed, in raw mode, and shows what was typed and what came back apart. The
 * terminal is put back as it was on every way out: the end, an error, a signal, a suspension.
 *
 * @param isWatched whether the layers are shown as well, between the drawings.
 * @returns 0 when all that was typed came back.
 */
export async function echoInteractively(
  { terminal, texts: commandTexts }: CommandHost,
  endpoint: Endpoint,
  texts: EchoTexts,
  isWatched: boolean,
): Promise<number> {
  if (endpoint.framing === 'datagram') throw new UsageError(texts.streamOnly);
  const tls = await readTlsOptions(endpoint.tls);
  const interaction = new Interaction(terminal, texts, isWatched);
  const connection = await connect(
    endpoint.transport,
    {
      data: (self, bytes) => interaction.receive(self, bytes),
      drain: () => process.stdin.resume(),
      close: (_connection, reason) => interaction.leave(reason),
    },
    { idleTimeout: 0, tls },
  );
  if ((await interaction.run(connection)) === 'tooLong') {
    throw new UsageError(commandTexts.mistakes.inputTooLong(maxInputBytes));
  }
  return interaction.conclude();
}

class Interaction {
  readonly #terminal: Terminal;
  readonly #texts: EchoTexts;
  readonly #isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  readonly #lines: TwoLines;
  readonly #typed: Buffer[] = [];
  readonly #echoed: Buffer[] = [];
  #typedLength = 0;
  #echoedLength = 0;
  readonly #left = Promise.withResolvers<Way | 'tooLong'>();
  readonly #closed = Promise.withResolvers<CloseReason>();
  #way: Way | 'tooLong' | undefined;

  constructor(terminal: Terminal, texts: EchoTexts, isWatched: boolean) {
    this.#terminal = terminal;
    this.#texts = texts;
    this.#lines = new TwoLines(
      (text) => void terminal.print(text),
      [texts.typed, texts.echoed],
      !isWatched,
    );
  }

  receive(connection: Connection, bytes: Uint8Array): void {
    this.#echoed.push(Buffer.from(bytes));
    this.#echoedLength += bytes.length;
    if (this.#isTerminal) {
      this.#lines.addEchoed(bytes);
    } else {
      const behind = this.#terminal.print(bytes);
      if (behind !== undefined) {
        connection.pause();
        void behind.then(() => connection.resume());
      }
    }
    if (this.#echoedLength > this.#typedLength + maxExtraBytes) this.#leave('end');
  }

  /** The connection closed, for whatever reason. */
  leave(reason: CloseReason): void {
    this.#closed.resolve(reason);
    this.#leave(reason);
  }

  async run(connection: Connection): Promise<Way | 'tooLong'> {
    const { stdin } = process;
    const onKeys = (keys: Buffer): void => this.#send(connection, keys);
    const onEnd = (): void => this.#leave('end');
    const onSignal = (): void => this.#leave('interrupt');
    const restore = (): void => setRaw(false);
    const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
    process.on('exit', restore);
    for (const signal of signals) process.on(signal, onSignal);
    try {
      if (this.#isTerminal) {
        this.#terminal.say(this.#texts.keys);
        this.#lines.draw();
      }
      setRaw(true);
      stdin.on('data', onKeys).on('end', onEnd);
      const way = await this.#left.promise;
      setRaw(false);
      if (way === 'end') await this.#awaitLastEchoes(connection);
      connection.close();
      if (this.#isTerminal) this.#lines.end();
      this.#way = way;
      return way;
    } finally {
      restore();
      stdin.off('data', onKeys).off('end', onEnd).pause();
      process.off('exit', restore);
      for (const signal of signals) process.off(signal, onSignal);
    }
  }

  /** What the whole amounts to: 0 when all that was typed came back, 1 when not, or when interrupted. */
  conclude(): number {
    const way = this.#way;
    if (way === 'interrupt') return 1;
    if (typeof way === 'object') {
      if (way.error !== undefined) throw way.error;
      if (this.#isTerminal) this.#terminal.say(this.#texts.closedByPeer);
    }
    const [typed, echoed] = [Buffer.concat(this.#typed), Buffer.concat(this.#echoed)];
    const diagnosis = diagnoseEcho(typed, echoed);
    if (diagnosis.isIdentical) return 0;
    const stoppedBy = typeof way === 'object' ? ('end' as const) : ('timeout' as const);
    const result = { ...diagnosis, bytes: echoed, milliseconds: 0, stoppedBy };
    const none = new Uint8Array(0);
    this.#terminal.say(describeEcho(this.#texts, typed, result, none, lastEchoTimeout).trimEnd());
    return 1;
  }

  #leave(way: Way | 'tooLong'): void {
    this.#left.resolve(way);
  }

  /** Our end of data; the server's follows its last echoes. */
  async #awaitLastEchoes(connection: Connection): Promise<void> {
    connection.end();
    const waiting = new AbortController();
    const { signal } = waiting;
    const late = delay(lastEchoTimeout, undefined, { signal }).catch(() => undefined);
    await Promise.race([this.#closed.promise, late]);
    waiting.abort();
  }

  #send(connection: Connection, keys: Buffer): void {
    const typed = process.stdin.isTTY ? this.#obey(keys) : keys;
    if (typed.length === 0) return;
    this.#typedLength += typed.length;
    if (this.#typedLength > maxInputBytes) {
      this.#leave('tooLong');
      return;
    }
    this.#typed.push(typed);
    if (!connection.write(typed)) process.stdin.pause();
    if (this.#isTerminal) this.#lines.addTyped(typed);
  }

  /** Does what control keys ask for, which a terminal in raw mode leaves to us; gives what is to be sent. */
  #obey(keys: Buffer): Buffer {
    for (const [index, key] of keys.entries()) {
      if (key === interrupt || key === endOfTransmission) {
        this.#leave(key === interrupt ? 'interrupt' : 'end');
        return keys.subarray(0, index);
      }
      if (key === suspend) {
        this.#suspend();
        return Buffer.concat([keys.subarray(0, index), this.#obey(keys.subarray(index + 1))]);
      }
      // In raw mode the Enter key is a CR; a line of text ends with LF.
      if (key === carriageReturn) keys[index] = lineFeed;
    }
    return keys;
  }

  /** Stops this process as Ctrl-Z does, the terminal as it was meanwhile; `fg` resumes here. */
  #suspend(): void {
    if (this.#isTerminal) this.#lines.end();
    setRaw(false);
    process.kill(process.pid, 'SIGTSTP');
    setRaw(true);
    if (this.#isTerminal) this.#lines.draw();
  }
}

function setRaw(raw: boolean): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(raw);
}
