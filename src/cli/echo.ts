import { setTimeout as delay } from 'node:timers/promises';
import { connectEcho, echoClientDefaults } from '../applications/index.ts';
import type { EchoClient, EchoResult } from '../applications/index.ts';
import { framingByName } from '../framing/index.ts';
import { echoTexts } from '../language/index.ts';
import type { EchoTexts } from '../language/index.ts';
import { formatEndpointNotation, parseEndpoint } from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import { describeEcho, percentile } from './echo-report.ts';
import { addWatchOption, watchIf, wholeNumber } from './options.ts';
import type { CommandHost } from './program.ts';
import { readStdin } from './stdin.ts';
import { UsageError } from './terminal.ts';

interface EchoFlags {
  readonly count?: number;
  readonly size?: number;
  readonly interval?: number;
  readonly timeout?: number;
  readonly interactive?: boolean;
  readonly json?: boolean;
  readonly watch?: boolean;
}

const maxSize = 1_073_741_824;
const hour = 3_600_000;

/** Adds `guichet echo`. */
export function addEcho(host: CommandHost): void {
  const { program, texts: commandTexts, terminal } = host;
  const texts = echoTexts[terminal.language];
  const command = program
    .command('echo')
    .description(texts.description)
    .argument('<endpoint>', texts.endpoint)
    .argument('[message]', texts.message)
    .option('--count <number>', texts.count, wholeNumber(commandTexts, 1, 1_000_000_000))
    .option('--size <bytes>', texts.size, wholeNumber(commandTexts, 0, maxSize))
    .option('--interval <milliseconds>', texts.interval, wholeNumber(commandTexts, 0, hour))
    .option('--timeout <milliseconds>', texts.timeout, wholeNumber(commandTexts, 1, hour))
    .option('--interactive', texts.interactive)
    .option('--json', texts.json);
  addWatchOption(command, commandTexts).action(
    async (where: string, message: string | undefined, flags: EchoFlags) => {
      checkFlags(texts, message, flags);
      const endpoint = parseEndpoint(where, { codec: 'bytes' });
      using _watching = watchIf(flags.watch, terminal);
      if (flags.interactive === true) {
        const { echoInteractively } = await import('./echo-interactive.ts');
        host.exit(await echoInteractively(host, endpoint, texts));
      } else {
        const bytes = toBytes(endpoint, await readMessage(message, flags));
        host.exit(await echo(host, endpoint, bytes, flags, texts));
      }
    },
  );
}

function checkFlags(texts: EchoTexts, message: string | undefined, flags: EchoFlags): void {
  if (message !== undefined && flags.size !== undefined) {
    throw new UsageError(texts.exclusive('MESSAGE, --size'));
  }
  if (flags.interactive !== true) return;
  if (message !== undefined) throw new UsageError(texts.exclusive('MESSAGE, --interactive'));
  for (const other of ['count', 'size', 'interval', 'json'] as const) {
    if (flags[other] !== undefined) {
      throw new UsageError(texts.exclusive(`--${other}, --interactive`));
    }
  }
}

/** A message of a size holds bytes of every value, in an order in which any shift shows. */
function makeMessage(size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  for (let index = 0; index < size; index++) bytes[index] = index + (index >>> 8);
  return bytes;
}

async function readMessage(message: string | undefined, flags: EchoFlags): Promise<Uint8Array> {
  if (flags.size !== undefined) return makeMessage(flags.size);
  if (message === '-') return readStdin();
  return Buffer.from(message ?? 'bonjour');
}

/** On the wire a message ends as the endpoint's framing says: over `text`, with a line feed. */
function toBytes(endpoint: Endpoint, message: Uint8Array): Uint8Array {
  if (endpoint.framing === 'chunk' || endpoint.framing === 'datagram') return message;
  return framingByName(endpoint.framing, { maxFrameBytes: maxSize }).encode(message);
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
    return await echoMany(client, endpoint, message, flags.count, flags, texts);
  }
  const result = await client.exchange(message);
  const stray = await client.finish();
  const isIdentical = result.isIdentical && stray.length === 0;
  if (flags.json === true) {
    const { bytes: _, ...rest } = result;
    terminal.print(
      `${JSON.stringify({ ...rest, isIdentical, extra: result.extra + stray.length })}\n`,
    );
  } else {
    terminal.print(describeEcho(texts, message, result, stray, timeout));
  }
  return isIdentical ? 0 : 1;
}

function verdictOf(result: EchoResult): 'identical' | 'different' | 'lost' {
  if (result.isIdentical) return 'identical';
  return result.received === 0 ? 'lost' : 'different';
}

async function echoMany(
  client: EchoClient,
  endpoint: Endpoint,
  message: Uint8Array,
  count: number,
  flags: EchoFlags,
  texts: EchoTexts,
): Promise<number> {
  const tally = { identical: 0, different: 0, lost: 0 };
  const times: number[] = [];
  let sent = 0;
  // Interrupted, it still prints what it has counted, as ping does.
  const interruption = new AbortController();
  const { signal } = interruption;
  const onInterrupt = (): void => interruption.abort();
  process.once('SIGINT', onInterrupt);
  for (let sequence = 1; sequence <= count && !signal.aborted; sequence++) {
    const began = performance.now();
    const result = await client.exchange(message);
    sent++;
    const verdict = verdictOf(result);
    tally[verdict]++;
    if (verdict === 'identical') times.push(result.milliseconds);
    const line =
      flags.json === true
        ? JSON.stringify({ sequence, verdict, milliseconds: result.milliseconds })
        : texts.reply(sequence, result.sent, texts.verdicts[verdict], result.milliseconds);
    process.stdout.write(`${line}\n`);
    // Once bytes are missing from a stream, what comes next cannot be told from what is late.
    if (verdict !== 'identical' && endpoint.framing !== 'datagram') break;
    const rest = (flags.interval ?? 0) - (performance.now() - began);
    if (rest > 0 && sequence < count) await delay(rest);
  }
  process.off('SIGINT', onInterrupt);
  const stray = await client.finish();
  const sorted = times.toSorted((one, other) => one - other);
  const summary = {
    sent,
    ...tally,
    extra: stray.length,
    min: sorted[0],
    median: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
  };
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(summary)}\n`);
  } else {
    const lines = [
      `--- ${formatEndpointNotation(endpoint)} ---`,
      texts.summary(sent, tally.identical, tally.different, tally.lost),
    ];
    if (stray.length > 0) lines.push(texts.extra(stray.length));
    if (summary.min !== undefined) {
      lines.push(texts.times(summary.min, summary.median, summary.p99));
    }
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return tally.identical === count && stray.length === 0 ? 0 : 1;
}
