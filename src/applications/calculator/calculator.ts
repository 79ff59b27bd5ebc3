import { type Arithmetic, arithmeticOf, type Value } from './arithmetic.ts';
import { CalculatorError } from './errors.ts';
import { evaluate, isReserved } from './evaluate.ts';
import { type CalculatorLimits, resolveLimits } from './limits.ts';
import { parse } from './parser.ts';

/** What a calculator remembers, as texts of exactly its values. */
export interface CalculatorMemory {
  /** The last result, once there is one. */
  readonly ans?: string;
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/**
 * A calculator for one connection: its variables, and `ans`, the last result.
 *
 * Everything it does ends within the limits; nothing it is given makes it throw anything but a
 * {@link CalculatorError}, and an expression that fails leaves variables and `ans` as they were.
 *
 * @example
 * ```ts
 * import { Calculator } from 'guichet/calculator';
 * const calculator = new Calculator();
 * calculator.evaluate('x = 0,1 + 0.2');
 * const result = calculator.evaluate('max(x; 1/3; 0,25) * 3');
 * if (result !== '0.9999999999999999999999999999999999') throw new Error(result);
 * ```
 */
export class Calculator {
  readonly #limits: CalculatorLimits;
  readonly #arithmetic: Arithmetic;
  readonly #variables = new Map<string, Value>();
  #ans: Value | undefined;

  /**
   * A calculator with these limits instead of the default ones, that goes on from `memory` where
   * it is given.
   *
   * @throws {GuichetError} `INVALID_OPTION` for a limit outside its range.
   */
  constructor(options: Partial<CalculatorLimits> = {}, memory?: CalculatorMemory) {
    this.#limits = resolveLimits(options);
    this.#arithmetic = arithmeticOf(this.#limits.precision);
    if (memory === undefined) return;
    if (memory.ans !== undefined) this.#ans = this.#arithmetic.parse(memory.ans);
    for (const [name, value] of memory.variables) {
      this.#variables.set(name, this.#arithmetic.parse(value));
    }
  }

  /** What would make another calculator go on from here: in another thread, or another process. */
  get memory(): CalculatorMemory {
    const variables = Array.from(
      this.#variables,
      ([name, value]) => [name, this.#arithmetic.format(value)] as const,
    );
    return this.#ans === undefined
      ? { variables }
      : { ans: this.#arithmetic.format(this.#ans), variables };
  }

  /**
   * Evaluates one expression, or assigns one (`x = 3`), and gives the result as text: plain as long
   * as it has no more digits before the point than the precision and is at least 0.000001, else as
   * `1.5e40`; evaluated again, that text gives itself.
   *
   * @throws {CalculatorError}
   */
  evaluate(expression: string): string {
    const { target, expression: body } = parse(expression, this.#limits);
    if (target !== undefined) this.#requireAssignable(target.name, target.column);
    const scope = { variables: this.#variables, ans: this.#ans };
    return this.#arithmetic.run(() => {
      const value = evaluate(body, scope, this.#arithmetic, this.#limits);
      if (target !== undefined) this.#variables.set(target.name, value);
      this.#ans = value;
      return this.#arithmetic.format(value);
    });
  }

  #requireAssignable(name: string, column: number): void {
    if (isReserved(name)) throw CalculatorError.of('RESERVED_NAME', { column, name });
    const limit = this.#limits.maxVariables;
    if (!this.#variables.has(name) && this.#variables.size >= limit) {
      throw CalculatorError.of('TOO_MANY_VARIABLES', { column, limit });
    }
  }
}
