import { isUtf8 } from 'node:buffer';
import { FramingError, framingByName } from '../framing/index.ts';
import { sendTexts } from '../language/send.ts';
import type { SendTexts } from '../language/send.ts';
import { printable } from '../observe/index.ts';
import { CodecError, codecOf, connectValues, parseEndpoint } from '../presentation/index.ts';
import type { Codec, Endpoint } from '../presentation/index.ts';
import type { CloseReason } from '../transport/index.ts';
import { formatValue } from './format.ts';
import { addExamples } from './help.ts';
import { addNumberOption, addWatchOption, watchIf } from './options.ts';
import type { CommandHost } from './command-host.ts';
import { maxInputBytes, readStdin } from './stdin.ts';
import { UsageError } from './terminal.ts';

interface SendFlags {
  readonly timeout?: number;
  readonly answer?: boolean;
  readonly watch?: boolean;
}

/** How long an answer is waited for: on a stream its end, on datagrams the first or a refusal. */
const defaultTimeouts = { stream: 2_000, datagram: 200, datagramAnswer: 2_000 } as const;

/** Adds `guichet send`. */
export function addSend(host: CommandHost): void {
  const { program, terminal, texts: commandTexts } = host;
  const texts = sendTexts[terminal.language];
  const command = program
    .command('send')
    .description(texts.description)
    .argument('<endpoint>', texts.endpoint)
    .argument('<message>', texts.message)
    .option('--answer', texts.answer);
  const timeout = '--timeout <milliseconds>';
  addNumberOption(command, commandTexts, timeout, texts.timeout, [0, 3_600_000]);
  addExamples(command, commandTexts, texts.examples);
  addWatchOption(command, commandTexts).action(
    async (where: string, message: string, flags: SendFlags) => {
      const endpoint = parseEndpoint(where, { codec: 'text' });
      const codec = codecOf(endpoint) as Codec<unknown, unknown>;
      const isFromStdin = message === '-';
      const bytes = isFromStdin ? await readStdin(commandTexts) : Buffer.from(message);
      const value = toValue(codec, bytes, isFromStdin, texts);
      checkFits(terminal.explain.bind(terminal), endpoint, codec, value);
      using _watching = watchIf(flags.watch, terminal);
      host.exit(await send(host, endpoint, codec, value, flags, texts));
    },
  );
}

/** What the message is for the codec: its bytes, its text, or the value that its JSON stands for. */
function toValue(
  codec: Codec<unknown, unknown>,
  message: Buffer,
  isFromStdin: boolean,
  texts: SendTexts,
): unknown {
  if (codec.name === 'bytes') return message;
  if (!isUtf8(message)) throw new UsageError(texts.notText);
  const text = message.toString();
  // What comes through a pipe ends with a line feed that nobody meant.
  if (codec.name === 'text') return isFromStdin ? text.replace(/\r?\n$/, '') : text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(texts.notJson(error instanceof Error ? error.message : ''));
  }
  return codec.fromJson === undefined ? value : codec.fromJson(value);
}

/** A message that the endpoint's layers cannot carry is a mistake to be told before anybody is called. */
function checkFits(
  explain: (error: unknown) => string,
  endpoint: Endpoint,
  codec: Codec<unknown, unknown>,
  value: unknown,
): void {
  try {
    framingByName(endpoint.framing, { maxFrameBytes: maxInputBytes }).encode(codec.encode(value));
  } catch (error) {
    if (!(error instanceof CodecError || error instanceof FramingError)) throw error;
    throw new UsageError(explain(error), { cause: error });
  }
}

/** An answer as a line for a person on a terminal; bytes and text as they are for a program. */
function showAnswer(codec: Codec<unknown, unknown>, value: unknown): string | Uint8Array {
  if (codec.name === 'bytes' || codec.name === 'text') {
    const bytes = typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array);
    if (process.stdout.isTTY) return `${printable(bytes)}\n`;
    return codec.name === 'text' ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes;
  }
  return `${formatValue(codec.toJson === undefined ? value : codec.toJson(value))}\n`;
}

async function send(
  { terminal }: CommandHost,
  endpoint: Endpoint,
  codec: Codec<unknown, unknown>,
  value: unknown,
  flags: SendFlags,
  texts: SendTexts,
): Promise<number> {
  const { promise: closed, resolve: close } = Promise.withResolvers<CloseReason>();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  let answers = 0;
  const connection = await connectValues(
    endpoint,
    {
      value(self, received) {
        answers++;
        const behind = terminal.print(showAnswer(codec, received));
        if (behind !== undefined) {
          self.pause();
          void behind.then(() => self.resume());
        }
        answer();
      },
      // The peer's end of data: all it had to say has been said.
      end: (self) => self.close(),
      close: (_connection, reason) => close(reason),
    },
    { codec, maxFrameBytes: maxInputBytes },
  );
  const { answersAfterEnd } = connection.frames;
  connection.send(value);
  if (answersAfterEnd) connection.end();
  const usual = flags.answer === true ? defaultTimeouts.datagramAnswer : defaultTimeouts.datagram;
  const timeout = flags.timeout ?? (answersAfterEnd ? defaultTimeouts.stream : usual);
  const timer = Promise.withResolvers<undefined>();
  const timing = setTimeout(() => timer.resolve(undefined), timeout);
  const over = answersAfterEnd ? closed : Promise.race([closed, answered]);
  const reason = await Promise.race([over, timer.promise]);
  clearTimeout(timing);
  // A stream whose peer has not ended is left to it: a reset would take back what it has yet to read.
  if (!answersAfterEnd && !connection.isClosed) connection.reset();
  if (reason?.error !== undefined) throw reason.error;
  if (flags.answer === true && answers === 0) {
    terminal.say(`guichet: ${texts.noAnswer(timeout)}`);
    return 1;
  }
  return 0;
}
