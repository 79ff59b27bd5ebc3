import type { Arithmetic, Value } from './arithmetic.ts';
import { CalculatorError } from './errors.ts';
import type { CalculatorLimits } from './limits.ts';
import type { BinaryOperator, PostfixOperator } from './parser.ts';

/** Where an operation stands, and what it may do there. */
export interface Site {
  /** The operator or the function, as errors call it. */
  readonly name: string;
  readonly column: number;
  readonly arithmetic: Arithmetic;
  readonly limits: CalculatorLimits;
  /** Takes so many units of {@link CalculatorLimits.maxWork}, or throws TOO_MUCH_WORK. */
  readonly spend: (units: number) => void;
}

/** The error of an operation given values it is not defined for: `form` is defined on `condition`. */
export function outsideDomain(
  site: Site,
  operands: readonly Value[],
  form: string,
  condition: string,
): CalculatorError {
  return CalculatorError.of('OUTSIDE_DOMAIN', {
    column: site.column,
    name: site.name,
    operands: operands.map((operand) => site.arithmetic.format(operand)),
    form,
    condition,
  });
}

/** What an operator between two values does. */
export const binaryOperations: Readonly<
  Record<BinaryOperator, (site: Site, left: Value, right: Value) => Value>
> = {
  '+': (site, left, right) => {
    site.spend(1);
    return left.plus(right);
  },
  '-': (site, left, right) => {
    site.spend(1);
    return left.minus(right);
  },
  '*': (site, left, right) => {
    site.spend(1);
    return left.times(right);
  },
  '/': (site, left, right) => {
    site.spend(2);
    return left.div(requireDivisor(site, right));
  },
  '%': (site, left, right) => {
    // The quotient is found to its last digit, however far apart the two exponents are.
    site.spend(2 + Math.max(0, left.e - right.e) / 20);
    return left.mod(requireDivisor(site, right));
  },
  '^': raise,
};

/** What an operator that follows its value does. */
export const postfixOperations: Readonly<
  Record<PostfixOperator, (site: Site, operand: Value) => Value>
> = {
  '²': (site, operand) => {
    site.spend(1);
    return operand.times(operand);
  },
  '³': (site, operand) => {
    site.spend(10);
    return operand.pow(3);
  },
  '!': takeFactorial,
};

function requireDivisor(site: Site, divisor: Value): Value {
  if (divisor.isZero()) throw CalculatorError.of('DIVISION_BY_ZERO', { column: site.column });
  return divisor;
}

function raise(site: Site, base: Value, exponent: Value): Value {
  if (base.isZero()) {
    if (exponent.isZero()) throw outsideDomain(site, [base, exponent], '0^n', 'n > 0');
    if (exponent.isNegative())
      throw CalculatorError.of('DIVISION_BY_ZERO', { column: site.column });
    return base;
  }
  if (base.isNegative() && !exponent.isInteger()) {
    throw outsideDomain(site, [base, exponent], '(-x)^n', 'n = ..., -1, 0, 1, 2, ...');
  }
  const { arithmetic, limits } = site;
  const isSmallWhole = exponent.isInteger() && exponent.abs().lt(1000);
  site.spend(isSmallWhole ? 20 : 250);
  // Twice the limit leaves room for the estimate's error; what is between is found afterwards.
  const estimate = arithmetic.estimateExponent(base, exponent);
  if (Math.abs(estimate) > 2 * limits.maxExponent + 10) {
    throw beyondLimits(site, estimate > 0);
  }
  const value = arithmetic.power(base, exponent);
  if (value.isZero()) throw beyondLimits(site, false);
  return value;
}

function takeFactorial(site: Site, operand: Value): Value {
  if (operand.isNegative() || !operand.isInteger()) {
    throw outsideDomain(site, [operand], 'n!', 'n = 0, 1, 2, ...');
  }
  const { column, limits, arithmetic } = site;
  if (operand.gt(limits.maxFactorial)) {
    throw CalculatorError.of('FACTORIAL_TOO_LARGE', { column, limit: limits.maxFactorial });
  }
  const n = operand.toNumber();
  site.spend(1 + n / 5);
  return arithmetic.factorial(n);
}

/** The error of a result too far from zero, or too near it. */
export function beyondLimits(
  site: Pick<Site, 'column' | 'limits'>,
  isLarge: boolean,
): CalculatorError {
  return CalculatorError.of(isLarge ? 'NUMBER_TOO_LARGE' : 'NUMBER_TOO_SMALL', {
    column: site.column,
    limit: site.limits.maxExponent,
  });
}
