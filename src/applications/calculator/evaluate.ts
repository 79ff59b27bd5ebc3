import type { Arithmetic, Value } from './arithmetic.ts';
import { CalculatorError } from './errors.ts';
import { constants, functions } from './functions.ts';
import type { CalculatorLimits } from './limits.ts';
import { beyondLimits, binaryOperations, postfixOperations, type Site } from './operations.ts';
import type { Expression } from './parser.ts';
import { findNearest } from './suggest.ts';

/** What names stand for besides the constants and functions. */
export interface Scope {
  readonly variables: ReadonlyMap<string, Value>;
  /** The result before this one, once there is one. */
  readonly ans: Value | undefined;
}

/** The name that stands for the previous result. */
export const ANSWER = 'ans';

/** Whether a name already means something, and so cannot be assigned. */
export function isReserved(name: string): boolean {
  return name === ANSWER || constants.has(name) || functions.has(name);
}

/**
 * The value of an expression, from left to right; changes nothing.
 *
 * @throws {CalculatorError} at the first operation that has no value within the limits.
 */
export function evaluate(
  expression: Expression,
  scope: Scope,
  arithmetic: Arithmetic,
  limits: CalculatorLimits,
): Value {
  return new Evaluation(scope, arithmetic, limits).evaluate(expression);
}

class Evaluation {
  readonly #scope: Scope;
  readonly #arithmetic: Arithmetic;
  readonly #limits: CalculatorLimits;
  readonly #workOfOneUnit: number;
  #work = 0;

  constructor(scope: Scope, arithmetic: Arithmetic, limits: CalculatorLimits) {
    this.#scope = scope;
    this.#arithmetic = arithmetic;
    this.#limits = limits;
    // Series take about as many terms as there are digits, each as long as there are digits.
    this.#workOfOneUnit = Math.max(1, (limits.precision / 34) ** 2);
  }

  evaluate(expression: Expression): Value {
    // Chains nest to the left as far as they are long, which recursion would not survive.
    const chain: (Expression & { readonly kind: 'binary' | 'postfix' })[] = [];
    let leftmost = expression;
    while (leftmost.kind === 'binary' || leftmost.kind === 'postfix') {
      chain.push(leftmost);
      leftmost = leftmost.kind === 'binary' ? leftmost.left : leftmost.operand;
    }
    let value = this.#evaluateLeftmost(leftmost);
    for (let link = chain.pop(); link !== undefined; link = chain.pop()) {
      const site = this.#siteOf(link.operator, link.column);
      value = this.#requireWithinLimits(
        link.kind === 'binary'
          ? binaryOperations[link.operator](site, value, this.evaluate(link.right))
          : postfixOperations[link.operator](site, value),
        link.column,
      );
    }
    return value;
  }

  #evaluateLeftmost(expression: Exclude<Expression, { kind: 'binary' | 'postfix' }>): Value {
    const { kind, column } = expression;
    if (kind === 'number') return this.#readNumber(expression.text, column);
    if (kind === 'name') return this.#readName(expression.name, column);
    if (kind === 'call') return this.#call(expression);
    const operand = this.evaluate(expression.operand);
    return expression.operator === '-' && !operand.isZero() ? operand.neg() : operand;
  }

  #readNumber(text: string, column: number): Value {
    const value = this.#arithmetic.parse(text);
    // decimal.js reads 1e-99999999999999999999 as 0.
    if (value.isZero() && /^[^e]*[1-9]/iu.test(text)) {
      throw beyondLimits({ column, limits: this.#limits }, false);
    }
    return this.#requireWithinLimits(value, column);
  }

  #readName(name: string, column: number): Value {
    const value = this.#scope.variables.get(name) ?? constants.get(name)?.(this.#arithmetic);
    if (value !== undefined) return value;
    if (name === ANSWER) {
      if (this.#scope.ans !== undefined) return this.#scope.ans;
      throw CalculatorError.of('NO_ANSWER_YET', { column });
    }
    if (functions.has(name)) throw CalculatorError.of('FUNCTION_NOT_CALLED', { column, name });
    const known = [
      ...this.#scope.variables.keys(),
      ...constants.keys(),
      ANSWER,
      ...functions.keys(),
    ];
    throw unknownName(column, name, known);
  }

  #call({ name, column, operands }: Expression & { readonly kind: 'call' }): Value {
    const called = functions.get(name);
    if (called === undefined) {
      if (isReserved(name) || this.#scope.variables.has(name)) {
        throw CalculatorError.of('NOT_A_FUNCTION', { column, name });
      }
      throw unknownName(column, name, [...functions.keys()]);
    }
    const { minimumArguments: minimum, maximumArguments: maximum } = called;
    const [first, ...others] = operands.length > maximum ? [] : operands;
    if (first === undefined || operands.length < minimum) {
      const actual = operands.length;
      throw CalculatorError.of('WRONG_ARGUMENT_COUNT', {
        column,
        name,
        minimum,
        // JSON has no infinity, and these details cross calls.
        ...(Number.isFinite(maximum) && { maximum }),
        actual,
      });
    }
    const values = {
      first: this.evaluate(first),
      others: others.map((each) => this.evaluate(each)),
    };
    const site = this.#siteOf(name, column);
    site.spend(called.cost);
    return this.#requireWithinLimits(called.compute(site, values.first, values.others), column);
  }

  #siteOf(name: string, column: number): Site {
    return {
      name,
      column,
      arithmetic: this.#arithmetic,
      limits: this.#limits,
      spend: (units) => {
        this.#work += units * this.#workOfOneUnit;
        if (this.#work > this.#limits.maxWork) {
          throw CalculatorError.of('TOO_MUCH_WORK', { column });
        }
      },
    };
  }

  #requireWithinLimits(value: Value, column: number): Value {
    // There is no negative zero here: it would print like the other and divide unlike it.
    if (value.isZero()) return this.#arithmetic.zero;
    const { maxExponent } = this.#limits;
    if (value.isFinite() && Math.abs(value.e) <= maxExponent) return value;
    throw beyondLimits({ column, limits: this.#limits }, !value.isFinite() || value.e > 0);
  }
}

function unknownName(column: number, name: string, known: readonly string[]): CalculatorError {
  const suggestion = findNearest(name, known);
  return CalculatorError.of('UNKNOWN_NAME', {
    column,
    name,
    ...(suggestion !== undefined && { suggestion }),
  });
}
