import { setTimeout as delay } from 'node:timers/promises';
import { connectEcho, echoClientDefaults } from '../applications/echo/client.ts';
import type { EchoClient, EchoResult } from '../applications/echo/client.ts';
import { framingByName } from '../framing/index.ts';
import { echoTexts } from '../language/echo.ts';
import type { EchoTexts } from '../language/echo.ts';
import {
  CodecError,
  codecOf,
  formatEndpointNotation,
  parseEndpoint,
} from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import { describeEcho, percentile } from './echo-report.ts';
import { addExamples } from './help.ts';
import { addNumberOption, addWatchOption, watchIf } from './options.ts';
import type { CommandHost } from './command-host.ts';
import { maxInputBytes, readStdin } from './stdin.ts';
import { UsageError } from './terminal.ts';
import type { Terminal } from './terminal.ts';

interface EchoFlags {
  readonly count?: number;
  readonly size?: number;
  readonly interval?: number;
  readonly timeout?: number;
  readonly interactive?: boolean;
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** The times of all messages are kept, for the median: 8 bytes each. */
const maxCount = 1_000_000;
const hour = 3_600_000;

/** Adds `guichet echo`. */
export function addEcho(host: CommandHost): void {
  const { program, texts: commandTexts, terminal } = host;
  const texts = echoTexts[terminal.language];
  const command = program
    .command('echo')
    .description(texts.description)
    .argument('<endpoint>', texts.endpoint)
    .argument('[message]', texts.message);
  const addNumber = (flags: string, description: string, min: number, max: number): void =>
    void addNumberOption(command, commandTexts, flags, description, [min, max]);
  addNumber('--count <number>', texts.count, 1, maxCount);
  addNumber('--size <bytes>', texts.size, 0, maxInputBytes);
  addNumber('--interval <milliseconds>', texts.interval, 0, hour);
  addNumber('--timeout <milliseconds>', texts.timeout, 1, hour);
  command.option('--interactive', texts.interactive).option('--json', texts.json);
  addExamples(command, commandTexts, texts.examples);
  addWatchOption(command, commandTexts).action(
    async (where: string, message: string | undefined, flags: EchoFlags) => {
      checkFlags(texts, message, flags);
      const endpoint = parseEndpoint(where, { codec: 'bytes' });
      if (flags.interactive === true) {
        using _watching = watchIf(flags.watch, terminal);
        const { echoInteractively } = await import('./echo-interactive.ts');
        host.exit(await echoInteractively(host, endpoint, texts, flags.watch === true));
        return;
      }
      const given = message === '-' ? await readStdin(commandTexts) : readMessage(message, flags);
      using _watching = watchIf(flags.watch, terminal);
      const exitCode = await echo(host, endpoint, toBytes(endpoint, given), flags, texts);
      if (exitCode !== 0) explainLoss(terminal, texts, endpoint, given);
      host.exit(exitCode);
    },
  );
}

function checkFlags(texts: EchoTexts, message: string | undefined, flags: EchoFlags): void {
  if (message !== undefined && flags.size !== undefined) {
    throw new UsageError(texts.exclusive('MESSAGE', '--size'));
  }
  if (flags.interactive !== true) return;
  if (message !== undefined) throw new UsageError(texts.exclusive('MESSAGE', '--interactive'));
  for (const other of ['count', 'size', 'interval', 'timeout', 'json'] as const) {
    if (flags[other] !== undefined) {
      throw new UsageError(texts.exclusive(`--${other}`, '--interactive'));
    }
  }
}

/** A message of a size holds bytes of every value, in an order in which any shift shows. */
function makeMessage(size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  for (let index = 0; index < size; index++) bytes[index] = index + (index >>> 8);
  return bytes;
}

function readMessage(message: string | undefined, flags: EchoFlags): Uint8Array {
  return flags.size === undefined ? Buffer.from(message ?? 'bonjour') : makeMessage(flags.size);
}

/** Says so when what was sent, and did not come back, is no value of the endpoint's codec. */
function explainLoss(
  terminal: Terminal,
  texts: EchoTexts,
  endpoint: Endpoint,
  message: Uint8Array,
): void {
  try {
    codecOf(endpoint).decode(message);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    terminal.say(`guichet: ${texts.notOf(endpoint.codec, terminal.explain(error))}`);
  }
}

/** On the wire a message ends as the endpoint's framing says: over `text`, with a line feed. */
function toBytes(endpoint: Endpoint, message: Uint8Array): Uint8Array {
  if (endpoint.framing === 'chunk' || endpoint.framing === 'datagram') return message;
  return framingByName(endpoint.framing, { maxFrameBytes: maxInputBytes }).encode(message);
}

async function echo(
  { terminal }: CommandHost,
  endpoint: Endpoint,
  message: Uint8Array,
  flags: EchoFlags,
  texts: EchoTexts,
): Promise<number> {
  const timeout = flags.timeout ?? echoClientDefaults.timeout;
  await using client = await connectEcho(endpoint, { timeout });
  if (flags.count !== undefined && flags.count > 1) {
    const series = new Series(terminal, texts, endpoint, client, message, timeout);
    return await series.run(flags.count, flags.interval ?? 0, flags.json === true);
  }
  const result = await client.exchange(message);
  const stray = await client.finish();
  const isIdentical = result.isIdentical && stray.length === 0;
  if (flags.json === true) {
    const { bytes: _, ...rest } = result;
    const extra = result.extra + stray.length;
    void terminal.print(`${JSON.stringify({ ...rest, isIdentical, extra })}\n`);
  } else {
    void terminal.print(describeEcho(texts, message, result, stray, timeout));
  }
  return isIdentical ? 0 : 1;
}

type Verdict = 'identical' | 'different' | 'lost';

function verdictOf(result: EchoResult): Verdict {
  if (result.isIdentical) return 'identical';
  return result.received === 0 ? 'lost' : 'different';
}

/** The same message many times, one after the other, a line each, and what came of them all. */
class Series {
  readonly #terminal: Terminal;
  readonly #texts: EchoTexts;
  readonly #endpoint: Endpoint;
  readonly #client: EchoClient;
  readonly #message: Uint8Array;
  readonly #timeout: number;
  readonly #tally = { identical: 0, different: 0, lost: 0 };
  readonly #times: number[] = [];
  #sent = 0;

  constructor(
    terminal: Terminal,
    texts: EchoTexts,
    endpoint: Endpoint,
    client: EchoClient,
    message: Uint8Array,
    timeout: number,
  ) {
    this.#terminal = terminal;
    this.#texts = texts;
    this.#endpoint = endpoint;
    this.#client = client;
    this.#message = message;
    this.#timeout = timeout;
  }

  /** @returns 0 when all that was sent came back the same. */
  async run(count: number, interval: number, asJson: boolean): Promise<number> {
    // Interrupted, it still prints what it has counted, as ping does; a second time ends at once.
    const interruption = new AbortController();
    const onInterrupt = (): void => interruption.abort();
    process.once('SIGINT', onInterrupt);
    const failure = await this.#send(count, interval, asJson, interruption.signal);
    process.off('SIGINT', onInterrupt);
    const stray = await this.#client.finish();
    void this.#terminal.print(this.#summarize(stray, asJson));
    if (failure !== undefined) throw failure;
    const isGood = this.#sent > 0 && this.#tally.identical === this.#sent;
    return isGood && stray.length === 0 ? 0 : 1;
  }

  /** Sends them one by one. @returns why it could not go on, if it could not. */
  async #send(
    count: number,
    interval: number,
    asJson: boolean,
    signal: AbortSignal,
  ): Promise<unknown> {
    const aborted = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    for (let sequence = 1; sequence <= count && !signal.aborted; sequence++) {
      const began = performance.now();
      let result: EchoResult | undefined;
      try {
        result = await Promise.race([this.#client.exchange(this.#message), aborted]);
      } catch (error) {
        return error;
      }
      if (result === undefined) break;
      const verdict = this.#count(result);
      await this.#terminal.print(this.#describe(sequence, verdict, result, asJson));
      // Once bytes are missing from a stream, what comes next cannot be told from what is late.
      if (verdict !== 'identical' && this.#endpoint.framing !== 'datagram') break;
      const rest = interval - (performance.now() - began);
      if (rest > 0 && sequence < count) await waitUnlessAborted(rest, signal);
    }
    return undefined;
  }

  #count(result: EchoResult): Verdict {
    this.#sent++;
    const verdict = verdictOf(result);
    this.#tally[verdict]++;
    if (verdict === 'identical') this.#times.push(result.milliseconds);
    return verdict;
  }

  #describe(sequence: number, verdict: Verdict, result: EchoResult, asJson: boolean): string {
    const { sent, milliseconds } = result;
    if (asJson) {
      const { bytes: _, ...rest } = result;
      const diagnosis = verdict === 'identical' ? { milliseconds } : rest;
      return `${JSON.stringify({ sequence, verdict, ...diagnosis })}\n`;
    }
    const texts = this.#texts;
    if (verdict === 'identical') {
      return `${texts.reply(sequence, sent, texts.verdicts[verdict], milliseconds)}\n`;
    }
    const line = texts.failure(sequence, sent, texts.verdicts[verdict]);
    const why = describeEcho(texts, this.#message, result, new Uint8Array(0), this.#timeout);
    return `${line}\n${why}`;
  }

  #summarize(stray: Uint8Array, asJson: boolean): string {
    const texts = this.#texts;
    const { identical, different, lost } = this.#tally;
    const sorted = this.#times.toSorted((one, other) => one - other);
    const [min] = sorted;
    const times =
      min === undefined
        ? undefined
        : { min, median: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
    const extra = stray.length;
    if (asJson) {
      return `${JSON.stringify({ sent: this.#sent, ...this.#tally, extra, ...times })}\n`;
    }
    const lines = [
      `--- ${formatEndpointNotation(this.#endpoint)} ---`,
      texts.summary(this.#sent, identical, different, lost),
    ];
    if (extra > 0) lines.push(texts.extra(extra));
    if (times !== undefined) lines.push(texts.times(times.min, times.median, times.p99));
    return `${lines.join('\n')}\n`;
  }
}

async function waitUnlessAborted(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
