import type { Command } from 'commander';
import type { CommandTexts } from '../language/commands.ts';
import type { Terminal } from './terminal.ts';

/** What every command's file is given to add its command with. */
export interface CommandHost {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly texts: CommandTexts;
  /** Tells how the command ended: 0 done, 1 what was asked for failed. */
  exit(code: number): void;
}
