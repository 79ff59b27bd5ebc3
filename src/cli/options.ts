import type { Command } from 'commander';
import type { CommandTexts } from '../language/commands.ts';
import { watchTexts } from '../language/watch.ts';
import { Watch, tap } from '../observe/index.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './terminal.ts';

/** A whole number between two bounds; `name` says of what in the error. */
export function readWholeNumber(
  texts: CommandTexts,
  name: string,
  text: string,
  min: number,
  max: number,
): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(texts.mistakes.notANumber(name, text, min, max));
}

/** Adds an option that takes a whole number between two bounds. */
export function addNumberOption(
  command: Command,
  texts: CommandTexts,
  flags: string,
  description: string,
  [min, max]: readonly [min: number, max: number],
): Command {
  const [name = ''] = flags.split(' ');
  return command.option(flags, description, (text: string) =>
    readWholeNumber(texts, name, text, min, max),
  );
}

/** Adds `--watch`, which every command that talks has. */
export function addWatchOption(command: Command, texts: CommandTexts): Command {
  return command.option('--watch', texts.watchOption);
}

/** Prints what passes through the layers until the result is disposed of, if asked to. */
export function watchIf(asked: boolean | undefined, terminal: Terminal): Disposable {
  if (asked !== true) return { [Symbol.dispose]: () => undefined };
  const watch = new Watch({
    texts: watchTexts[terminal.language],
    print: (text) => terminal.write(text),
    color: terminal.color,
  });
  return tap.subscribe(watch.listener);
}
