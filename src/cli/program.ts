import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { commandTexts } from '../language/commands.ts';
import type { CommandTexts } from '../language/commands.ts';
import { chooseLanguage, languages } from '../language/language.ts';
import { GuichetError } from '../errors.ts';
import type { CommandHost } from './command-host.ts';
import { addExamples, translateHelp } from './help.ts';
import { explainMistake } from './mistakes.ts';
import { Terminal, UsageError } from './terminal.ts';

type AddCommand = (host: CommandHost) => void;

/** Each command's file is loaded when its command is the one given, or when all are to be listed. */
const commands: ReadonlyMap<string, () => Promise<AddCommand>> = new Map([
  ['serve', async () => (await import('./serve.ts')).addServe],
  ['send', async () => (await import('./send.ts')).addSend],
  ['echo', async () => (await import('./echo.ts')).addEcho],
  ['call', async () => (await import('./call.ts')).addCall],
  ['login', async () => (await import('./login.ts')).addLogin],
  ['logout', async () => (await import('./logout.ts')).addLogout],
  ['reset-password', async () => (await import('./reset-password.ts')).addResetPassword],
  ['gradebook', async () => (await import('./gradebook.ts')).addGradebook],
  ['calculate', async () => (await import('./calculate.ts')).addCalculate],
]);

/** Codes of errors that the command line itself is to blame for: an endpoint, or the layout in it. */
const usageErrors: ReadonlySet<string> = new Set([
  'MALFORMED_ENDPOINT',
  'UNKNOWN_TRANSPORT',
  'UNKNOWN_CODEC',
  'UNKNOWN_FRAMING',
  'UNKNOWN_OPTION',
  'BAD_OPTION',
  'BAD_PORT',
  'BAD_HOST',
  'ENDPOINT_UNSUITED',
  'LAYOUT_SYNTAX',
  'UNKNOWN_FIELD_TYPE',
  'INVALID_LAYOUT',
  'BAD_PASSWORD_FILE',
  'BAD_ERROR_PAGE',
  'BAD_CERTIFICATE',
  'FILE_UNREADABLE',
  'LOG_UNWRITABLE',
]);

/** `--lang` decides in which language even the help is, so it is looked for before all else. */
function askedLanguage(args: readonly string[]): string | undefined {
  const end = args.indexOf('--');
  for (const [index, arg] of (end === -1 ? args : args.slice(0, end)).entries()) {
    if (arg === '--lang') return args[index + 1] ?? '';
    if (arg.startsWith('--lang=')) return arg.slice('--lang='.length);
  }
  return process.env['GUICHET_LANG'] || undefined;
}

/** The first word that is no option, if it is a command's name. */
function findCommand(args: readonly string[]): string | undefined {
  const word = args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--lang');
  return word !== undefined && commands.has(word) ? word : undefined;
}

/** `help` of what is no command: commander would print the help of everything, and fail. */
function checkHelpedCommand([first, second]: readonly string[], texts: CommandTexts): void {
  if (first !== 'help' || second === undefined || second.startsWith('-')) return;
  if (commands.has(second) || second === 'help') return;
  throw new UsageError(texts.mistakes.unknownCommand(second) + texts.seeHelp('guichet'));
}

function readVersion(): string {
  // Beside `src` in the repository, beside `cli` in the published package.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8');
      const { version } = JSON.parse(text) as { version: string };
      return version;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return '';
}

/** The program of an executable, with what every one has. */
export function makeProgram(
  name: string,
  description: string,
  { texts, terminal }: Omit<CommandHost, 'program'>,
): Command {
  return new Command(name)
    .description(description)
    .option('-V, --version', texts.versionOption)
    .option('--lang <language>', texts.langOption)
    .helpOption('-h, --help', texts.helpOption)
    .configureHelp(translateHelp(texts))
    .configureOutput({
      writeOut: (text) => void terminal.print(text),
      // Nothing but the help of a command that lacks its subcommand comes here, as if it were a failure.
      writeErr: (text) => void terminal.print(text),
      outputError: () => undefined,
    })
    .showSuggestionAfterError(true)
    .exitOverride()
    .on('option:version', () => {
      void terminal.print(`${readVersion()}\n`);
      throw new CommanderError(0, 'commander.version', '');
    });
}

async function buildProgram(
  host: Omit<CommandHost, 'program'>,
  name: string | undefined,
): Promise<Command> {
  const { texts } = host;
  const program = makeProgram('guichet', texts.description, host).helpCommand(
    'help [command]',
    texts.helpCommand,
  );
  addExamples(program, texts, texts.usage, texts.exitCodes);
  const load = name === undefined ? undefined : commands.get(name);
  const loaded = load === undefined ? [...commands.values()] : [load];
  for (const add of await Promise.all(loaded.map((loadOne) => loadOne())))
    add({ ...host, program });
  for (const command of program.commands) {
    command
      .option('--lang <language>', texts.langOption)
      .helpOption('-h, --help', texts.helpOption);
  }
  return program;
}

/** A command line of its own: `guichet` with its commands, or another executable. */
export interface Executable {
  readonly name: string;
  /** The command that the arguments name, for help and for what to say of mistakes. */
  findCommand(args: readonly string[]): string | undefined;
  /** Makes the program; throws a {@link UsageError} for what can be seen to be wrong already. */
  build(host: Omit<CommandHost, 'program'>, args: readonly string[]): Promise<Command>;
  /** Whether no argument at all asks for the help. */
  readonly needsArguments: boolean;
}

const guichet: Executable = {
  name: 'guichet',
  findCommand,
  needsArguments: true,
  build(host, args) {
    checkHelpedCommand(args, host.texts);
    return buildProgram(host, findCommand(args));
  },
};

/**
 * Runs one command line. Resolves to the exit code: 0 done, 1 what was asked for failed, 2 the command
 * line was wrong.
 */
export async function runCommandLine(
  args: readonly string[],
  executable: Executable = guichet,
): Promise<number> {
  const asked = askedLanguage(args);
  const isKnown = languages.some((language) => language === asked);
  const terminal = new Terminal(chooseLanguage(isKnown ? asked : undefined, process.env));
  const texts = commandTexts[terminal.language];
  let exitCode = 0;
  try {
    if (asked !== undefined && !isKnown) {
      throw new UsageError(texts.mistakes.unknownLanguage(asked, languages.join(', ')));
    }
    const exit = (code: number): void => void (exitCode = code);
    const program = await executable.build({ terminal, texts, exit }, args);
    if (args.length === 0 && executable.needsArguments) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    exitCode = fail(error, terminal, texts, executable, args);
  }
  await terminal.flush();
  return exitCode;
}

/** Says what went wrong, each failure on a line. */
function fail(
  error: unknown,
  terminal: Terminal,
  texts: CommandTexts,
  executable: Executable,
  args: readonly string[],
): number {
  const { name } = executable;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.help') return 0;
    const command = executable.findCommand(args);
    const whole = command === undefined ? name : `${name} ${command}`;
    terminal.say(`${name}: ${explainMistake(error, texts, whole)}`);
    return 2;
  }
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  for (const one of errors) terminal.say(`${name}: ${terminal.explain(one)}`);
  return errors.every((one) => isUsageError(one)) ? 2 : 1;
}

function isUsageError(error: unknown): boolean {
  return (
    error instanceof UsageError || (error instanceof GuichetError && usageErrors.has(error.code))
  );
}
