import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { CommandTexts } from '../language/index.ts';
import { watchTexts } from '../language/index.ts';
import { Watch, tap } from '../observe/index.ts';
import type { Terminal } from './terminal.ts';

/** A parser of whole numbers between two bounds, for options. */
export function wholeNumber(texts: CommandTexts, min: number, max: number) {
  return (text: string): number => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(texts.mistakes.notANumber(text, min, max));
  };
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
    print: (text) => process.stderr.write(text),
    color: terminal.color,
  });
  return tap.subscribe(watch.listener);
}
