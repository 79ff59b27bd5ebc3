import { GuichetError } from '../../errors.ts';
import {
  type CalculatorErrorCode,
  type CalculatorErrorDetails,
  calculatorTexts,
  type Language,
} from '../../language/index.ts';

/**
 * Why an expression has no result. Its `message` is the English text; {@link CalculatorError.describe}
 * gives it in a language.
 *
 * @example
 * ```ts
 * import { Calculator, CalculatorError } from 'guichet/calculator';
 * try {
 *   new Calculator().evaluate('1/0');
 *   throw new Error('divided by zero');
 * } catch (error) {
 *   if (!(error instanceof CalculatorError) || error.code !== 'DIVISION_BY_ZERO') throw error;
 *   if (error.toLine('fr') !== 'error: division par zéro à la colonne 2') throw error;
 * }
 * ```
 */
export class CalculatorError extends GuichetError<CalculatorErrorCode> {
  /** Where in the expression, in characters (code points); 1 is the first. */
  readonly column: number;
  readonly #describe: (language: Language) => string;

  private constructor(
    code: CalculatorErrorCode,
    column: number,
    describe: (language: Language) => string,
    details: Readonly<Record<string, unknown>>,
  ) {
    super(code, describe('en'), { details });
    this.column = column;
    this.#describe = describe;
  }

  /** The error of this code, with the details that code carries. */
  static of<Code extends CalculatorErrorCode>(
    code: Code,
    details: CalculatorErrorDetails[Code],
  ): CalculatorError {
    return new CalculatorError(
      code,
      details.column,
      (language) => calculatorTexts[language][code](details),
      { ...details },
    );
  }

  /** The text of the error, on one line. */
  describe(language: Language): string {
    return this.#describe(language);
  }

  /** The line of the text protocol: `error: ` in every language, then the text in the one asked for. */
  toLine(language: Language): string {
    return `error: ${this.#describe(language)}`;
  }
}
