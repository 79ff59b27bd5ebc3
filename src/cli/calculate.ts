import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { calculateTexts } from '../language/calculate.ts';
import type { CalculateTexts } from '../language/calculate.ts';
import { escapeControls } from '../observe/index.ts';
import { connectValues, formatEndpointNotation, parseEndpoint } from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import { formatTable } from './format.ts';
import { addExamples } from './help.ts';
import { addWatchOption, watchIf } from './options.ts';
import type { CommandHost } from './command-host.ts';
import { UsageError } from './terminal.ts';
import type { Terminal } from './terminal.ts';

const defaultEndpoint = 'json+tcp://127.0.0.1:7000';
const prompt = '> ';
const maxHistory = 1_000;

/** What came of one expression. */
interface Outcome {
  readonly isError: boolean;
  readonly text: string;
  /** Where in the expression the error is, from 1, when the server tells. */
  readonly column?: number;
}

/** A server that calculates, whichever way it is spoken to. */
interface Calculating extends AsyncDisposable {
  evaluate(expression: string): Promise<Outcome>;
}

/** Adds `guichet calculate`. */
export function addCalculate(host: CommandHost): void {
  const { program, terminal, texts: commandTexts } = host;
  const texts = calculateTexts[terminal.language];
  const command = program
    .command('calculate')
    .description(texts.description)
    .argument('[endpoint]', texts.endpoint, defaultEndpoint)
    .argument('[expression]', texts.expression);
  addExamples(command, commandTexts, texts.examples);
  addWatchOption(command, commandTexts).action(
    async (where: string, expression: string | undefined, flags: { readonly watch?: boolean }) => {
      // Whoever writes one thing that is no endpoint means an expression for the server at hand.
      if (expression === undefined && !isEndpointLike(where)) {
        expression = where;
        where = defaultEndpoint;
      }
      const endpoint = parseEndpoint(where, { codec: 'json' });
      if (!['json', 'cbor', 'text'].includes(endpoint.codec)) {
        throw new UsageError(texts.noCalculations(endpoint.codec));
      }
      using _watching = watchIf(flags.watch, terminal);
      await using server =
        endpoint.codec === 'text'
          ? await connectLines(endpoint, texts)
          : await connectCalls(endpoint, terminal);
      if (expression !== undefined) {
        host.exit(show(await server.evaluate(expression), terminal) ? 0 : 1);
      } else if (process.stdin.isTTY) {
        terminal.say(texts.welcome(formatEndpointNotation(endpoint)));
        await converse(server, terminal, texts);
      } else {
        host.exit(await evaluateLines(server, terminal, texts));
      }
    },
  );
}

/** Whether a text is meant for an endpoint: a scheme, as no expression has one, or a place of the network. */
function isEndpointLike(text: string): boolean {
  return (
    /^[a-z]+(?:\+[a-z]+)*:/.test(text) || /^(?:[\w.-]*[a-z][\w.-]*|[\d.]+|\[.*\]):\d+$/i.test(text)
  );
}

/** Speaks to the `calculator` service, and says errors in the reader's language. */
async function connectCalls(endpoint: Endpoint, terminal: Terminal): Promise<Calculating> {
  const { connect } = await import('../service/index.ts');
  const { calculator } = await import('../applications/calculator/service.ts');
  const { describeCallError, toCalculatorError } = await import('./call-error.ts');
  const client = await connect(endpoint, calculator);
  return {
    async evaluate(expression) {
      try {
        return { isError: false, text: await client.evaluate({ expression }) };
      } catch (error) {
        const said = toCalculatorError(error)?.column;
        // A server may say anything; what points beyond the expression points nowhere.
        const isWithin = Number.isInteger(said) && said !== undefined && said >= 1;
        const column = isWithin && said <= expression.length + 1 ? said : undefined;
        const text = describeCallError(error, terminal.language, (other) =>
          terminal.explain(other),
        );
        return { isError: true, text, ...(column !== undefined && { column }) };
      }
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** Speaks lines of text: one expression out, one result or `error: …` in. */
async function connectLines(endpoint: Endpoint, texts: CalculateTexts): Promise<Calculating> {
  const waiting: PromiseWithResolvers<Outcome>[] = [];
  let isOver = false;
  const finish = (): void => {
    isOver = true;
    for (const { reject } of waiting.splice(0)) reject(new Error(texts.lost));
  };
  const connection = await connectValues(
    endpoint,
    {
      value(_connection, value) {
        const line = String(value);
        const isError = line.startsWith('error: ');
        waiting.shift()?.resolve({ isError, text: isError ? line.slice('error: '.length) : line });
      },
      end: (self) => {
        finish();
        self.close();
      },
      close: finish,
    },
    { idleTimeout: 0 },
  );
  return {
    evaluate(expression) {
      if (isOver) return Promise.reject(new Error(texts.lost));
      const outcome = Promise.withResolvers<Outcome>();
      waiting.push(outcome);
      connection.send(expression);
      return outcome.promise;
    },
    async [Symbol.asyncDispose]() {
      connection.close();
    },
  };
}

/** Prints an outcome: a result to stdout, an error to stderr. */
function show(outcome: Outcome, terminal: Terminal, indent?: number): boolean {
  if (!outcome.isError) {
    void terminal.print(`${escapeControls(outcome.text)}\n`);
    return true;
  }
  if (indent !== undefined && outcome.column !== undefined) {
    terminal.say(`${' '.repeat(indent + outcome.column - 1)}^`);
  }
  terminal.say(`error: ${escapeControls(outcome.text)}`);
  return false;
}

/** Functions named in a line of the help. */
const namesPerLine = 9;

/** What is typed to leave. */
const leaving: ReadonlySet<string> = new Set(['quit', 'exit']);

async function explainExpressions(terminal: Terminal, texts: CalculateTexts): Promise<void> {
  const { constants, functions } = await import('../applications/calculator/functions.ts');
  const names = [...functions.keys()];
  const lines = [names.slice(0, namesPerLine), names.slice(namesPerLine)];
  const help = texts.help(
    lines.map((line) => line.join(' ')),
    [...constants.keys()].join(' '),
  );
  terminal.say(formatTable(help));
}

/** Every line of stdin, in order; 1 if any of them has no result. */
async function evaluateLines(
  server: Calculating,
  terminal: Terminal,
  texts: CalculateTexts,
): Promise<number> {
  let exitCode = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const word = line.trim();
    if (word === '') continue;
    if (leaving.has(word)) break;
    if (word === 'help') await explainExpressions(terminal, texts);
    else if (!show(await server.evaluate(line), terminal)) exitCode = 1;
  }
  return exitCode;
}

/** Where the expressions of earlier times are kept: `$XDG_STATE_HOME/guichet`, else `~/.local/state`. */
function historyFile(): string {
  const folder = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(folder, 'guichet', 'calculate-history');
}

async function readHistory(): Promise<string[]> {
  try {
    const text = await readFile(historyFile(), 'utf8');
    return text.split('\n').filter((line) => line !== '');
  } catch {
    // No history yet, or none to be had: the prompt works without.
    return [];
  }
}

async function converse(
  server: Calculating,
  terminal: Terminal,
  texts: CalculateTexts,
): Promise<void> {
  const history = await readHistory();
  const readline = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt,
    // Readline keeps the latest first.
    history: history.toReversed().slice(0, maxHistory),
    historySize: maxHistory,
    removeHistoryDuplicates: true,
  });
  readline.on('history', (lines: string[]) =>
    history.splice(0, history.length, ...lines.toReversed()),
  );
  // As in a shell: Ctrl-C gives up what is typed, and leaves where nothing is.
  readline.on('SIGINT', () => {
    if (readline.line === '') {
      readline.close();
      return;
    }
    process.stdout.write('^C\n');
    readline.write(null, { ctrl: true, name: 'e' });
    readline.write(null, { ctrl: true, name: 'u' });
    readline.prompt();
  });
  readline.prompt();
  for await (const line of readline) {
    const word = line.trim();
    if (leaving.has(word)) break;
    if (word === 'help') await explainExpressions(terminal, texts);
    else if (word !== '') show(await server.evaluate(line), terminal, prompt.length);
    readline.prompt();
  }
  readline.close();
  try {
    await mkdir(dirname(historyFile()), { recursive: true, mode: 0o700 });
    await writeFile(historyFile(), `${history.slice(-maxHistory).join('\n')}\n`, { mode: 0o600 });
  } catch (error) {
    terminal.say(terminal.explain(error));
  }
}
