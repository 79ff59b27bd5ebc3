import { setTimeout as delay } from 'node:timers/promises';
import { diagnoseEcho } from '../applications/index.ts';
import type { EchoTexts } from '../language/index.ts';
import { printable } from '../observe/index.ts';
import { readTlsOptions } from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import { connect } from '../transport/index.ts';
import type { CloseReason } from '../transport/index.ts';
import { describeEcho } from './echo-report.ts';
import type { CommandHost } from './program.ts';
import { UsageError } from './terminal.ts';

const endOfTransmission = 0x04;
const interrupt = 0x03;
const suspend = 0x1a;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Cuts a text where a reader sees characters. */
const segmenter = new Intl.Segmenter();

/** How long echoes are waited for once no more is typed. */
const lastEchoTimeout = 2_000;

/** What was typed and what came back, drawn apart: one line each, redrawn in place on a terminal. */
class TwoLines {
  readonly #texts: EchoTexts;
  #isDrawn = false;

  constructor(texts: EchoTexts) {
    this.#texts = texts;
  }

  draw(typed: Uint8Array, echoed: Uint8Array): void {
    const up = this.#isDrawn ? '\u001b[1A\r\u001b[J' : '';
    this.#isDrawn = true;
    process.stdout.write(
      `${up}${this.#line(this.#texts.typed, typed)}\n${this.#line(this.#texts.echoed, echoed)}`,
    );
  }

  end(): void {
    if (this.#isDrawn) process.stdout.write('\n');
  }

  /** The end of the text, as much as fits: a line that wraps could not be redrawn. */
  #line(label: string, bytes: Uint8Array): string {
    const room = Math.max(8, (process.stdout.columns || 80) - label.length - 3);
    const text = Array.from(segmenter.segment(printable(bytes)), ({ segment }) => segment);
    return `${label}  ${text.slice(-room).join('')}`;
  }
}

/**
 * Sends each key as it is typed, in raw mode, and shows what was typed and what came back apart. The
 * terminal is put back as it was on every way out: the end, an error, a signal, a suspension.
 *
 * @returns 0 when all that was typed came back.
 */
export async function echoInteractively(
  { terminal }: CommandHost,
  endpoint: Endpoint,
  texts: EchoTexts,
): Promise<number> {
  if (endpoint.framing === 'datagram') throw new UsageError(texts.exclusive('udp, --interactive'));
  const { stdin, stdout } = process;
  const isTerminal = stdin.isTTY && stdout.isTTY;
  const typed: Buffer[] = [];
  const echoed: Buffer[] = [];
  const lines = new TwoLines(texts);
  const draw = (): void => {
    if (isTerminal) lines.draw(Buffer.concat(typed), Buffer.concat(echoed));
  };
  const { promise: closed, resolve: close } = Promise.withResolvers<CloseReason>();
  const connection = await connect(
    endpoint.transport,
    {
      data(_connection, bytes) {
        echoed.push(Buffer.from(bytes));
        if (isTerminal) draw();
        else stdout.write(bytes);
      },
      close: (_connection, reason) => close(reason),
    },
    { idleTimeout: 0, tls: await readTlsOptions(endpoint.tls) },
  );
  const { promise: left, resolve: leave } = Promise.withResolvers<'end' | 'interrupt'>();
  const setRaw = (raw: boolean): void => {
    if (stdin.isTTY) stdin.setRawMode(raw);
  };
  const suspendProcess = (): void => {
    setRaw(false);
    process.once('SIGCONT', () => {
      setRaw(true);
      draw();
    });
    process.kill(process.pid, 'SIGSTOP');
  };
  const onKeys = (keys: Buffer): void => {
    for (const [index, key] of keys.entries()) {
      if (!stdin.isTTY) break;
      if (key === interrupt) return leave('interrupt');
      if (key === endOfTransmission) return leave('end');
      if (key === suspend) return suspendProcess();
      // In raw mode the Enter key is a CR; a line of text ends with LF.
      if (key === carriageReturn) keys[index] = lineFeed;
    }
    typed.push(Buffer.from(keys));
    connection.write(keys);
    draw();
  };
  const onEnd = (): void => leave('end');
  const onSignal = (): void => leave('interrupt');
  const restore = (): void => setRaw(false);
  process.on('exit', restore).on('SIGTERM', onSignal).on('SIGHUP', onSignal).on('SIGINT', onSignal);
  stdin.on('data', onKeys).on('end', onEnd);
  try {
    if (isTerminal) terminal.say(texts.keys);
    setRaw(true);
    draw();
    const way = await Promise.race([left, closed.then((reason) => reason)]);
    setRaw(false);
    if (way === 'end') {
      connection.end();
      await Promise.race([closed, delay(lastEchoTimeout, undefined, { ref: false })]);
    }
    connection.reset();
    lines.end();
    if (way === 'interrupt') return 1;
    if (way !== 'end' && isTerminal) terminal.say(texts.closedByPeer);
    if (way !== 'end' && way.error !== undefined) throw way.error;
    return conclude(Buffer.concat(typed), Buffer.concat(echoed), texts, (text) =>
      terminal.say(text),
    );
  } finally {
    restore();
    process
      .off('exit', restore)
      .off('SIGTERM', onSignal)
      .off('SIGHUP', onSignal)
      .off('SIGINT', onSignal);
    stdin.off('data', onKeys).off('end', onEnd).pause();
  }
}

function conclude(
  typed: Buffer,
  echoed: Buffer,
  texts: EchoTexts,
  say: (text: string) => void,
): number {
  const diagnosis = diagnoseEcho(typed, echoed);
  if (diagnosis.isIdentical) return 0;
  const result = { ...diagnosis, bytes: echoed, milliseconds: 0 };
  say(describeEcho(texts, typed, result, Buffer.alloc(0), lastEchoTimeout).trimEnd());
  return 1;
}
