import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { Help } from 'commander';
import { LayoutError } from '../presentation/index.ts';
import { chooseLanguage, commandTexts, languages } from '../language/index.ts';
import type { CommandTexts } from '../language/index.ts';
import { EndpointError } from '../transport/index.ts';
import { addCalculate } from './calculate.ts';
import { addCall } from './call.ts';
import { addEcho } from './echo.ts';
import { addSend } from './send.ts';
import { addServe } from './serve.ts';
import { Terminal, UsageError, flushOutput } from './terminal.ts';

/** What every command's file is given to add its command with. */
export interface CommandHost {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly texts: CommandTexts;
  /** Tells how the command ended: 0 done, 1 what was asked for failed. */
  exit(code: number): void;
}

/** `--lang` decides in which language even the help is, so it is looked for before all else. */
function askedLanguage(args: readonly string[]): string | undefined {
  const end = args.indexOf('--');
  for (const [index, arg] of (end === -1 ? args : args.slice(0, end)).entries()) {
    if (arg === '--lang') return args[index + 1] ?? '';
    if (arg.startsWith('--lang=')) return arg.slice('--lang='.length);
  }
  return process.env['GUICHET_LANG'];
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

function explainCommander(error: CommanderError, texts: CommandTexts): string {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const { mistakes } = texts;
  switch (error.code) {
    case 'commander.unknownOption':
      return mistakes.unknownOption(quoted);
    case 'commander.unknownCommand':
      return mistakes.unknownCommand(quoted);
    case 'commander.missingArgument':
      return mistakes.missingArgument(quoted);
    case 'commander.optionMissingArgument':
      return mistakes.optionMissingArgument(quoted);
    case 'commander.excessArguments':
      return mistakes.excessArguments;
    default:
      return error.message.replace(/^error: /, '');
  }
}

/** Commander's help, with its headings in the reader's language. */
function translateHelp(texts: CommandTexts): Partial<Help> {
  const headings: ReadonlyMap<string, string> = new Map(Object.entries(texts.headings));
  return {
    styleTitle: (title) => headings.get(title.replace(/:$/, '')) ?? title,
    helpWidth: Math.min(process.stdout.columns || 100, 120),
  };
}

function buildProgram(host: Omit<CommandHost, 'program'>): Command {
  const { texts } = host;
  const program = new Command('guichet')
    .description(texts.description)
    .version(readVersion(), '-V, --version', texts.versionOption)
    .option('--lang <language>', texts.langOption)
    .helpOption('-h, --help', texts.helpOption)
    .helpCommand('help [command]', texts.helpCommand)
    .configureHelp(translateHelp(texts))
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError(true)
    .exitOverride();
  for (const add of [addServe, addSend, addEcho, addCall, addCalculate]) add({ ...host, program });
  for (const command of program.commands) {
    command
      .option('--lang <language>', texts.langOption)
      .helpOption('-h, --help', texts.helpOption);
  }
  return program;
}

/**
 * Runs one command line. Resolves to the exit code: 0 done, 1 what was asked for failed, 2 the command
 * line was wrong.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const asked = askedLanguage(args);
  const terminal = new Terminal(chooseLanguage(asked, process.env));
  const texts = commandTexts[terminal.language];
  let exitCode = 0;
  try {
    if (asked !== undefined && !languages.some((language) => language === asked)) {
      throw new UsageError(texts.mistakes.unknownLanguage(asked, languages.join(', ')));
    }
    const program = buildProgram({ terminal, texts, exit: (code) => (exitCode = code) });
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    exitCode = fail(error, terminal, texts);
  }
  await flushOutput();
  return exitCode;
}

function fail(error: unknown, terminal: Terminal, texts: CommandTexts): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    terminal.say(`guichet: ${explainCommander(error, texts)}${texts.seeHelp}`);
    return 2;
  }
  terminal.say(`guichet: ${terminal.explain(error)}`);
  const isUsage =
    error instanceof UsageError || error instanceof EndpointError || error instanceof LayoutError;
  return isUsage ? 2 : 1;
}
