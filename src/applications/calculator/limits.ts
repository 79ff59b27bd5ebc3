import { GuichetError } from '../../errors.ts';

/** What a calculator accepts. Each is a whole number; the range accepted is in brackets. */
export interface CalculatorLimits {
  /** Significant digits of every value, a literal included. Default 34 [1 to 100]. */
  readonly precision: number;
  /** Characters of an expression. Default 4096 [1 to 1,000,000]. */
  readonly maxLength: number;
  /** Parentheses, calls, signs and right-hand powers inside one another. Default 128 [1 to 1,000]. */
  readonly maxDepth: number;
  /** Digits written in one number, its exponent apart. Default 1000 [precision + 6 to 1,000,000]. */
  readonly maxDigits: number;
  /** Characters of a name. Default 64 [1 to 1,000]. */
  readonly maxNameLength: number;
  /** Values lie between 10^-n and 10^(n+1), or are 0. Default 6144, as in decimal128 [precision to 1,000,000]. */
  readonly maxExponent: number;
  /** Angles of `sin`, `cos` and `tan` stay below 10^(n+1). Default 500 [0 to 700]. */
  readonly maxAngleExponent: number;
  /** The largest n of `n!`. Default 1000 [0 to 10,000]. */
  readonly maxFactorial: number;
  /** Variables of one calculator. Default 100 [0 to 10,000]. */
  readonly maxVariables: number;
  /**
   * Work of one expression, in units of about a microsecond: 1 for an addition, 100 for a logarithm,
   * more at a precision above 34. Default 10,000 [1 to 10,000,000].
   */
  readonly maxWork: number;
}

/**
 * The limits a calculator has unless told otherwise.
 *
 * @example
 * ```ts
 * import { Calculator, defaultLimits } from 'guichet/calculator';
 * const third = new Calculator({ ...defaultLimits, precision: 5 }).evaluate('1/3');
 * if (third !== '0.33333') throw new Error(third);
 * ```
 */
export const defaultLimits: CalculatorLimits = {
  precision: 34,
  maxLength: 4096,
  maxDepth: 128,
  maxDigits: 1000,
  maxNameLength: 64,
  maxExponent: 6144,
  maxAngleExponent: 500,
  maxFactorial: 1000,
  maxVariables: 100,
  maxWork: 10_000,
};

/**
 * The limits asked for, with the defaults for the rest.
 *
 * @throws {GuichetError} `INVALID_OPTION` for a limit outside its range.
 */
export function resolveLimits(asked: Partial<CalculatorLimits>): CalculatorLimits {
  const limits = { ...defaultLimits, ...asked };
  requireWithin('precision', limits.precision, 1, 100);
  requireWithin('maxLength', limits.maxLength, 1, 1_000_000);
  requireWithin('maxDepth', limits.maxDepth, 1, 1_000);
  // A result in plain notation, `0.000001234…`, must be readable again.
  requireWithin('maxDigits', limits.maxDigits, limits.precision + 6, 1_000_000);
  requireWithin('maxNameLength', limits.maxNameLength, 1, 1_000);
  requireWithin('maxExponent', limits.maxExponent, limits.precision, 1_000_000);
  requireWithin('maxAngleExponent', limits.maxAngleExponent, 0, 700);
  requireWithin('maxFactorial', limits.maxFactorial, 0, 10_000);
  requireWithin('maxVariables', limits.maxVariables, 0, 10_000);
  requireWithin('maxWork', limits.maxWork, 1, 10_000_000);
  return limits;
}

function requireWithin(
  option: keyof CalculatorLimits,
  value: number,
  minimum: number,
  maximum: number,
): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return;
  throw new GuichetError(
    'INVALID_OPTION',
    `${option} is ${value}: give a whole number from ${minimum} to ${maximum}`,
    { details: { option, value, minimum, maximum } },
  );
}
