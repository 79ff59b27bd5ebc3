import type { Command } from 'commander';
import type { GradebookTexts } from '../language/gradebook.ts';
import { escapeControls } from '../observe/index.ts';
import type { CommandHost } from './command-host.ts';
import { describeCallError, needsLogin } from './call-error.ts';
import { formatTable, formatValue } from './format.ts';
import { defaultEndpoint, nameEndpoint, openBook } from './gradebook-connect.ts';
import type { Book } from './gradebook-connect.ts';
import { watchIf } from './options.ts';
import { UsageError } from './terminal.ts';

/** What every subcommand of `guichet gradebook` is given. */
export interface GradebookHost extends CommandHost {
  readonly group: Command;
  readonly words: GradebookTexts;
}

/** The options that stand before or after any subcommand. */
interface GroupFlags {
  readonly at?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly store?: string;
}

/** The options of the group, as they were given. */
export function groupFlags({ group }: GradebookHost): GroupFlags {
  return group.opts<GroupFlags>();
}

/** Makes a subcommand: its name is one of those the texts describe. */
export function addSubcommand(
  host: GradebookHost,
  name: keyof GradebookTexts['commands'],
  words: string = '',
): Command {
  const { group, texts, words: said } = host;
  return group
    .command(`${name}${words === '' ? '' : ` ${words}`}`)
    .description(said.commands[name])
    .helpOption('-h, --help', texts.helpOption);
}

/** Results for people, as a table or lines; with `--json`, as they came. */
export interface Shown {
  readonly value: unknown;
  readonly text: string;
  /** 1 when what was asked for was not done. */
  readonly exitCode?: number;
}

/** Runs what a subcommand does with the gradebook, and prints what comes of it. */
export async function withBook(
  host: GradebookHost,
  work: (book: Book) => Promise<Shown>,
): Promise<void> {
  const { terminal } = host;
  const flags = groupFlags(host);
  const where = flags.at ?? defaultEndpoint;
  using _watching = watchIf(flags.watch, terminal);
  const book = await openBook(host, where);
  try {
    show(host, await work(book));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const text = describeCallError(error, terminal.language, (other) => terminal.explain(other));
    terminal.say(`guichet: ${escapeControls(text)}`);
    if (needsLogin(error)) {
      const { loginTexts } = await import('../language/login.ts');
      terminal.say(loginTexts[terminal.language].logInFirst(nameEndpoint(where)));
    }
    host.exit(1);
  } finally {
    await book[Symbol.asyncDispose]();
  }
}

/** Prints a result. */
export function show(host: GradebookHost, { value, text, exitCode = 0 }: Shown): void {
  const asJson = groupFlags(host).json === true;
  const printed = asJson ? formatValue(value) : escapeLines(text);
  if (printed !== '') void host.terminal.print(`${printed}\n`);
  host.exit(exitCode);
}

/** Whatever names and labels hold, it is safe for the terminal. */
function escapeLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n');
}

/** A table under its headings; what is not there is a dash. */
export function drawTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cells = rows.map((row) =>
    row.map((cell) => (cell === null || cell === '' ? '—' : `${cell}`)),
  );
  return formatTable([headings, ...cells]);
}

/** A number as the language writes it: averages and marks for people. */
export function localNumber({ terminal }: CommandHost, text: string): string {
  return terminal.language === 'fr' ? text.replace('.', ',') : text;
}

/** A decimal as people type it, with a point or a comma. */
export function plainNumber(text: string): string {
  return text.replace(',', '.');
}
