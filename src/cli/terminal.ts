import { GuichetError } from '../errors.ts';
import { commandTexts } from '../language/commands.ts';
import type { CommandTexts } from '../language/commands.ts';
import { errorText } from '../language/errors.ts';
import type { Language } from '../language/language.ts';

/** The command line was wrong: exit 2. Its message is already in the reader's language. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Bytes that may wait for a reader of stderr; what is said beyond them is dropped, and counted. */
const maxWaitingErrors = 4_194_304;

/** Reading ended: the other end of the pipe is closed, or the terminal has hung up. */
const goneErrors: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Where a command writes, and in which language. */
export class Terminal {
  readonly language: Language;
  /** Whether what goes to stderr may be coloured: a terminal, and no `NO_COLOR` (no-color.org). */
  readonly color: boolean;
  /**
   * What to do once nobody reads the results any more, as after `| head -1`. By default the command
   * ends: whatever else it did would be for nobody.
   */
  onReaderGone: () => void = () => process.exit(1);
  readonly #texts: CommandTexts;
  #behind: PromiseWithResolvers<void> | undefined;
  #isGone = false;
  #dropped = 0;

  constructor(language: Language) {
    this.language = language;
    this.#texts = commandTexts[language];
    this.color = process.stderr.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
    process.stdout.on('error', (error) => this.#lose(error)).on('drain', () => this.#catchUp());
    // Without a reader of what goes wrong, there is nobody to tell that it cannot be told.
    process.stderr.on('error', () => undefined);
  }

  /**
   * Results: to stdout, in one write.
   * @returns a promise when the reader is behind, until it has caught up.
   */
  print(text: string | Uint8Array): Promise<void> | undefined {
    if (this.#isGone || process.stdout.write(text)) return undefined;
    this.#behind ??= Promise.withResolvers();
    return this.#behind.promise;
  }

  /** Everything else: whole lines to stderr. */
  say(lines: string): void {
    this.write(`${lines}\n`);
  }

  /** As {@link Terminal.say}, of lines that have their line feeds. */
  write(text: string): void {
    if (process.stderr.writableLength > maxWaitingErrors) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      process.stderr.write(`${this.#texts.notShown(this.#dropped)}\n`);
      this.#dropped = 0;
    }
    process.stderr.write(text);
  }

  /** An error as one line for a person; what is not ours to explain keeps its own words. */
  explain(error: unknown): string {
    if (error instanceof GuichetError) return errorText(this.language, error);
    return error instanceof Error ? (error.message.split('\n', 1)[0] ?? error.name) : String(error);
  }

  /**
   * Waits until everything written has left for where it goes, for at most so many milliseconds.
   * @returns whether it has.
   */
  async flush(timeout: number = Infinity): Promise<boolean> {
    const timer = Promise.withResolvers<boolean>();
    const timing =
      timeout === Infinity ? undefined : setTimeout(() => timer.resolve(false), timeout);
    const flushed = Promise.all([flush(process.stdout), flush(process.stderr)]).then(() => true);
    const hasLeft = await Promise.race([flushed, timer.promise]);
    clearTimeout(timing);
    return hasLeft;
  }

  #catchUp(): void {
    this.#behind?.resolve();
    this.#behind = undefined;
  }

  #lose(error: Error): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#catchUp();
    if (!goneErrors.has(codeOf(error)))
      this.say(`guichet: ${this.#texts.notPrinted(error.message)}`);
    this.onReaderGone();
  }
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
