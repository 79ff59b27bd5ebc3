import { Help } from 'commander';
import type { Argument, Command, Option } from 'commander';
import type { CommandTexts, Example } from '../language/commands.ts';

/** The widest a help is drawn, for lines that are still read at a glance. */
const maxWidth = 120;

/** `<endpoint>`, `[message]`, `[applications...]`: where a person's own word goes. */
const placeholder = /(?<=[<[])[a-z]+(?=(?:\.\.\.)?[>\]])/g;

/** Names of arguments and values in the reader's language. */
export function translatePlaceholders(texts: CommandTexts, text: string): string {
  return text.replaceAll(placeholder, (name) => texts.placeholders[name] ?? name);
}

/** Commander's help in the reader's language: its headings, its placeholders, and no defaults of its own. */
export function translateHelp(texts: CommandTexts): Partial<Help> {
  const usual = new Help();
  const translate = (text: string): string => translatePlaceholders(texts, text);
  return {
    helpWidth: Math.min(process.stdout.columns || 100, maxWidth),
    styleTitle: (title) => texts.headings[title.replace(/:$/, '')] ?? title,
    commandUsage: (command: Command) => translate(usual.commandUsage(command)),
    subcommandTerm: (command: Command) => translate(usual.subcommandTerm(command)),
    optionTerm: (option: Option) => translate(usual.optionTerm(option)),
    argumentTerm: (argument: Argument) => translate(`[${argument.name()}]`).slice(1, -1),
    // The texts say themselves what goes without saying.
    argumentDescription: (argument: Argument) => argument.description,
    optionDescription: (option: Option) => option.description,
  };
}

/** The longest command line that its description still stands beside. */
const maxBeside = 60;

function drawExamples(examples: readonly Example[], width: number): string[] {
  const lengths = examples.map(([line]) => line.length).filter((length) => length <= maxBeside);
  const longest = Math.max(0, ...lengths);
  return examples.flatMap(([line, does]) => {
    const beside = `  ${line.padEnd(longest)}  ${does}`;
    return line.length <= longest && beside.length <= width
      ? [beside]
      : [`  ${line}`, `      ${does}`];
  });
}

/** Ends a command's help with examples, and what is to be said once they have been read. */
export function addExamples(
  command: Command,
  texts: CommandTexts,
  examples: readonly Example[],
  note: string = '',
): void {
  command.addHelpText('after', () => {
    const help = command.createHelp();
    const width = help.helpWidth ?? 80;
    const text = `\n${[texts.examples, ...drawExamples(examples, width)].join('\n')}`;
    return note === '' ? text : `${text}\n\n${help.boxWrap(note, width)}`;
  });
}
