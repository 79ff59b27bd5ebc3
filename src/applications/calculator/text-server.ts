import { CodecError } from '../../presentation/index.ts';
import type { ValueConnection, ValueHandler } from '../../presentation/index.ts';
import { calculateTexts } from '../../language/index.ts';
import type { Language } from '../../language/index.ts';
import { CallError } from '../../service/index.ts';
import { CalculatorError } from './errors.ts';
import { CalculatorSession } from './evaluator.ts';
import type { Evaluator } from './evaluator.ts';

/** Lines of one client that wait for those before them; it is not read from while there are more. */
const maxWaitingLines = 64;

/** One client: its variables, and the lines that wait for their turn. */
class Client {
  readonly #connection: ValueConnection<Client>;
  readonly #evaluator: Evaluator;
  readonly #language: Language;
  readonly #deadline: number;
  readonly #session = new CalculatorSession();
  readonly #lines: string[] = [];
  readonly #abortion = new AbortController();
  #isBusy = false;
  #isEnding = false;

  constructor(
    connection: ValueConnection<Client>,
    evaluator: Evaluator,
    language: Language,
    deadline: number,
  ) {
    this.#connection = connection;
    this.#evaluator = evaluator;
    this.#language = language;
    this.#deadline = deadline;
  }

  /** Takes one line; results come in the order of the lines. */
  receive(line: string): void {
    if (this.#isEnding) return;
    if (line.trim() === 'quit') {
      this.end();
      return;
    }
    this.#lines.push(line);
    if (this.#lines.length >= maxWaitingLines) this.#connection.pause();
    if (!this.#isBusy) void this.#work();
  }

  /** No more lines come: those that have are answered, then the connection is closed. */
  end(): void {
    this.#isEnding = true;
    if (!this.#isBusy) this.#connection.close();
  }

  stop(): void {
    this.#isEnding = true;
    this.#lines.length = 0;
    this.#abortion.abort();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
      const answer = await this.#answer(line);
      const canSend = this.#connection.send(answer);
      if (canSend && this.#lines.length < maxWaitingLines) this.#connection.resume();
      else this.#connection.pause();
    }
    this.#isBusy = false;
    if (this.#isEnding) this.#connection.close();
  }

  async #answer(line: string): Promise<string> {
    const { signal } = this.#abortion;
    try {
      return await this.#evaluator.evaluate(line, this.#session, {
        deadline: this.#deadline,
        signal,
      });
    } catch (error) {
      if (error instanceof CalculatorError) return error.toLine(this.#language);
      const texts = calculateTexts[this.#language];
      const isLate = error instanceof CallError && error.code === 'DEADLINE_EXCEEDED';
      return `error: ${isLate ? texts.late(this.#deadline) : texts.failed}`;
    }
  }
}

/** The options of {@link calculatorLines}. */
export interface CalculatorLinesOptions {
  /** The language of errors. Default English. */
  readonly language?: Language;
  /** Milliseconds an expression may take. Default 2,000. */
  readonly deadline?: number;
}

/** The default of {@link CalculatorLinesOptions.deadline}. */
export const defaultLineDeadline = 2_000;

/**
 * The calculator over lines of text: one expression a line in, one result or one `error: …` a line out,
 * in the same order. `quit`, or the end of data, ends the connection once all is answered.
 *
 * @example
 * ```ts
 * import { calculatorLines, Evaluator } from 'guichet/calculator';
 * import { listenValues } from 'guichet/presentation';
 * import { openStream } from 'guichet/transport';
 * await using evaluator = new Evaluator();
 * await using listener = await listenValues('text+tcp://127.0.0.1:0', calculatorLines(evaluator));
 * await using stream = await openStream(listener.endpoint);
 * await stream.write(new TextEncoder().encode('x = 3 + 4\r\nx * 2\r\n'));
 * stream.end();
 * const answer = new TextDecoder().decode(await stream.readAll());
 * if (answer !== '7\n14\n') throw new Error(answer);
 * ```
 */
export function calculatorLines(
  evaluator: Evaluator,
  options: CalculatorLinesOptions = {},
): ValueHandler<Client> {
  const { language = 'en', deadline = defaultLineDeadline } = options;
  const texts = calculateTexts[language];
  return {
    open: (connection) => new Client(connection, evaluator, language, deadline),
    value: (connection, line) => connection.state.receive(String(line)),
    refuse(connection, error) {
      connection.send(`error: ${error instanceof CodecError ? texts.notText : texts.tooLong}`);
    },
    drain: (connection) => connection.resume(),
    end: (connection) => connection.state.end(),
    shutdown: (connection) => connection.state.end(),
    close: (connection) => connection.state.stop(),
  };
}
