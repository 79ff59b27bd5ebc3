import { gradebookTexts } from '../language/gradebook.ts';
import type { CommandHost } from './command-host.ts';
import { addAnswers } from './gradebook-answers.ts';
import type { GradebookHost } from './gradebook-command.ts';
import { addDemo } from './gradebook-demo.ts';
import { addFiles } from './gradebook-files.ts';
import { addMarks } from './gradebook-marks.ts';
import { addPeople } from './gradebook-people.ts';
import { addStoreCommands } from './gradebook-store.ts';
import { addExamples } from './help.ts';
import { addWatchOption } from './options.ts';
import { UsageError } from './terminal.ts';

/** Adds `guichet gradebook` and its subcommands. */
export function addGradebook(host: CommandHost): void {
  const { program, terminal, texts } = host;
  const words = gradebookTexts[terminal.language];
  const group = program
    .command('gradebook')
    .description(words.description)
    .option('--at <endpoint>', words.at)
    .option('--json', words.json)
    .option('--store <place>', words.store)
    .helpCommand(false);
  addExamples(group, texts, words.examples);
  addWatchOption(group, texts);
  const gradebookHost: GradebookHost = { ...host, group, words };
  addPeople(gradebookHost);
  addMarks(gradebookHost);
  addAnswers(gradebookHost);
  addFiles(gradebookHost);
  addDemo(gradebookHost);
  addStoreCommands(gradebookHost);
  addHelp(gradebookHost);
}

/** `help` of what is no subcommand: commander's own would print the help of everything. */
function addHelp({ group, texts }: GradebookHost): void {
  group
    .command('help [command]')
    .description(texts.helpCommand)
    .helpOption('-h, --help', texts.helpOption)
    .action((name: string | undefined) => {
      const asked = name === undefined ? group : group.commands.find((one) => one.name() === name);
      if (asked === undefined) {
        const { mistakes, seeHelp } = texts;
        throw new UsageError(mistakes.unknownCommand(name ?? '') + seeHelp('guichet gradebook'));
      }
      asked.outputHelp();
    });
}
