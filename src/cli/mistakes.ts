import type { CommanderError } from 'commander';
import type { CommandTexts } from '../language/commands.ts';
import { translatePlaceholders } from './help.ts';

/** What commander says was meant, in the reader's language; empty when it has no idea. */
function suggest(error: CommanderError, texts: CommandTexts): string {
  const meant = /\(Did you mean (?:one of )?(.*)\?\)/.exec(error.message)?.[1];
  if (meant === undefined) return '';
  const { didYouMean, or } = texts.mistakes;
  return didYouMean(meant.split(', ').join(` ${or} `));
}

/** A mistake on the command line in the reader's language, and what to do about it. */
export function explainMistake(
  error: CommanderError,
  texts: CommandTexts,
  command: string,
): string {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const { mistakes } = texts;
  const advice = suggest(error, texts) || texts.seeHelp(command);
  switch (error.code) {
    case 'commander.unknownOption':
      return mistakes.unknownOption(quoted) + advice;
    case 'commander.unknownCommand':
      return mistakes.unknownCommand(quoted) + advice;
    case 'commander.missingArgument':
      return mistakes.missingArgument(translatePlaceholders(texts, `<${quoted}>`)) + advice;
    case 'commander.optionMissingArgument':
      return mistakes.optionMissingArgument(translatePlaceholders(texts, quoted)) + advice;
    case 'commander.excessArguments':
      return mistakes.excessArguments + advice;
    default:
      return error.message.replace(/^error: /, '').split('\n', 1)[0] + advice;
  }
}
