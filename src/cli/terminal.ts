import { GuichetError } from '../errors.ts';
import { errorText } from '../language/index.ts';
import type { Language } from '../language/index.ts';

/** The command line was wrong: exit 2. Its message is already in the reader's language. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Where a command writes, and in which language. */
export class Terminal {
  readonly language: Language;
  /** Whether what goes to stderr may be coloured: a terminal, and no `NO_COLOR` (no-color.org). */
  readonly color: boolean;

  constructor(language: Language) {
    this.language = language;
    this.color = process.stderr.isTTY && !process.env['NO_COLOR'];
    // A reader that has seen enough (`| head`) closes its pipe: what is left to say goes nowhere.
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error) => {
        if (!('code' in error) || error.code !== 'EPIPE') throw error;
      });
    }
  }

  /** Results: to stdout, in one write. */
  print(text: string): void {
    process.stdout.write(text);
  }

  /** Everything else: one line to stderr. */
  say(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  /** An error as one line for a person; what is not ours to explain keeps its own words. */
  explain(error: unknown): string {
    if (error instanceof GuichetError) return errorText(this.language, error);
    return error instanceof Error ? (error.message.split('\n', 1)[0] ?? error.name) : String(error);
  }
}

/** Waits until everything written has left for where it goes. */
export async function flushOutput(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          if (stream.writableLength === 0) resolve();
          else stream.write('', () => resolve());
        }),
    ),
  );
}
