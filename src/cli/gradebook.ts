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
    .helpCommand('help [command]', texts.helpCommand);
  addExamples(group, texts, words.examples);
  addWatchOption(group, texts);
  const gradebookHost: GradebookHost = { ...host, group, words };
  addPeople(gradebookHost);
  addMarks(gradebookHost);
  addAnswers(gradebookHost);
  addFiles(gradebookHost);
  addDemo(gradebookHost);
  addStoreCommands(gradebookHost);
}
