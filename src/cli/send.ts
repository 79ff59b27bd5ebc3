import { inspect } from 'node:util';
import type { CommandTexts } from '../language/index.ts';
import { printable } from '../observe/index.ts';
import { connectValues, parseEndpoint } from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import type { CloseReason } from '../transport/index.ts';
import { addWatchOption, watchIf, wholeNumber } from './options.ts';
import type { CommandHost } from './program.ts';
import { readStdin } from './stdin.ts';
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
  const { program, texts } = host;
  const command = program
    .command('send')
    .description(texts.send.description)
    .argument('<endpoint>', texts.send.endpoint)
    .argument('<message>', texts.send.message)
    .option('--timeout <milliseconds>', texts.send.timeout, wholeNumber(texts, 0, 3_600_000))
    .option('--answer', texts.send.answer);
  addWatchOption(command, texts).action(
    async (where: string, message: string, flags: SendFlags) => {
      const endpoint = parseEndpoint(where, { codec: 'text' });
      const value = toValue(
        endpoint,
        message === '-' ? await readStdin() : Buffer.from(message),
        texts,
      );
      using _watching = watchIf(flags.watch, host.terminal);
      host.exit(await send(host, endpoint, value, flags));
    },
  );
}

/** What the message is for the endpoint's codec: its bytes, its text, or the JSON value it spells. */
function toValue(endpoint: Endpoint, message: Buffer, texts: CommandTexts): unknown {
  switch (endpoint.codec) {
    case 'bytes':
      return message;
    case 'text':
      return message.toString();
    default:
      try {
        return JSON.parse(message.toString()) as unknown;
      } catch (error) {
        throw new UsageError(texts.send.notJson(error instanceof Error ? error.message : ''));
      }
  }
}

/** An answer as a line for a person on a terminal; bytes and text as they are for a program. */
function showAnswer(endpoint: Endpoint, value: unknown): string | Uint8Array {
  if (endpoint.codec === 'bytes' || endpoint.codec === 'text') {
    const bytes = typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array);
    if (process.stdout.isTTY) return `${printable(bytes)}\n`;
    return endpoint.codec === 'text' ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes;
  }
  try {
    return `${JSON.stringify(value)}\n`;
  } catch {
    // Cycles and big integers, which CBOR carries and JSON does not.
    return `${inspect(value, { depth: Infinity, breakLength: Infinity })}\n`;
  }
}

async function send(
  { terminal, texts }: CommandHost,
  endpoint: Endpoint,
  value: unknown,
  flags: SendFlags,
): Promise<number> {
  const { promise: closed, resolve: close } = Promise.withResolvers<CloseReason>();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  let answers = 0;
  const connection = await connectValues(endpoint, {
    value(_connection, received) {
      answers++;
      process.stdout.write(showAnswer(endpoint, received));
      answer();
    },
    // The peer's end of data: all it had to say has been said.
    end: (self) => self.close(),
    close: (_connection, reason) => close(reason),
  });
  const { isDatagram } = connection.frames;
  connection.send(value);
  if (!isDatagram) connection.end();
  const usual = flags.answer === true ? defaultTimeouts.datagramAnswer : defaultTimeouts.datagram;
  const timeout = flags.timeout ?? (isDatagram ? usual : defaultTimeouts.stream);
  const timer = Promise.withResolvers<undefined>();
  const timing = setTimeout(() => timer.resolve(undefined), timeout);
  const over = isDatagram ? Promise.race([closed, answered]) : closed;
  const reason = await Promise.race([over, timer.promise]);
  clearTimeout(timing);
  if (!connection.isClosed) connection.reset();
  if (reason?.error !== undefined) throw reason.error;
  if (flags.answer === true && answers === 0) {
    terminal.say(`guichet: ${texts.send.noAnswer(timeout)}`);
    return 1;
  }
  return 0;
}
