import { Decimal } from 'decimal.js';
import type { Arithmetic, Value } from './arithmetic.ts';
import { CalculatorError } from './errors.ts';
import { beyondLimits, outsideDomain, type Site } from './operations.ts';

/** A function of the calculator. */
export interface CalculatorFunction {
  readonly minimumArguments: number;
  /** Infinity where there may be any number. */
  readonly maximumArguments: number;
  /** Units of work of one call. */
  readonly cost: number;
  readonly compute: (site: Site, first: Value, others: readonly Value[]) => Value;
}

/** A constant of the calculator, at the precision of the arithmetic. */
export type Constant = (arithmetic: Arithmetic) => Value;

/** `pi` (also written `π`) and `e`. */
export const constants: ReadonlyMap<string, Constant> = new Map<string, Constant>([
  ['pi', (arithmetic) => arithmetic.pi],
  ['π', (arithmetic) => arithmetic.pi],
  ['e', (arithmetic) => arithmetic.e],
]);

/** Every function by its name. `log` is the decimal logarithm, as on school calculators. */
export const functions: ReadonlyMap<string, CalculatorFunction> = new Map<
  string,
  CalculatorFunction
>([
  ['abs', unary(1, (_site, x) => x.abs())],
  ['floor', unary(1, (_site, x) => x.floor())],
  ['ceil', unary(1, (_site, x) => x.ceil())],
  ['round', { minimumArguments: 1, maximumArguments: 2, cost: 3, compute: roundTo }],
  ['min', choice((candidate, chosen) => candidate.lt(chosen))],
  ['max', choice((candidate, chosen) => candidate.gt(chosen))],
  ['sqrt', unary(15, takeSquareRoot)],
  ['exp', unary(80, takeExponential)],
  ['ln', unary(100, (site, x) => requirePositive(site, x).ln())],
  ['log', unary(100, takeDecimalLogarithm)],
  ['log10', unary(100, takeDecimalLogarithm)],
  ['sin', unary(150, (site, x) => site.arithmetic.sine(requireAngle(site, x)))],
  ['cos', unary(150, (site, x) => site.arithmetic.cosine(requireAngle(site, x)))],
  ['tan', unary(250, (site, x) => site.arithmetic.tangent(requireAngle(site, x)))],
  ['asin', unary(500, (site, x) => site.arithmetic.arcsine(requireSine(site, x)))],
  ['acos', unary(500, (site, x) => site.arithmetic.arccosine(requireSine(site, x)))],
  ['atan', unary(500, (site, x) => site.arithmetic.arctangent(x))],
]);

function unary(cost: number, compute: (site: Site, x: Value) => Value): CalculatorFunction {
  return { minimumArguments: 1, maximumArguments: 1, cost, compute };
}

function choice(isBetter: (candidate: Value, chosen: Value) => boolean): CalculatorFunction {
  const compute: CalculatorFunction['compute'] = (_site, first, others) => {
    let chosen = first;
    for (const candidate of others) if (isBetter(candidate, chosen)) chosen = candidate;
    return chosen;
  };
  return { minimumArguments: 1, maximumArguments: Infinity, cost: 1, compute };
}

/** Half away from zero, as taught in school: round(2.5) is 3. */
function roundTo(site: Site, x: Value, others: readonly Value[]): Value {
  const digits = others[0] ?? site.arithmetic.zero;
  const { maxExponent } = site.limits;
  if (!digits.isInteger() || digits.abs().gt(maxExponent)) {
    const condition = `n = -${maxExponent}, ..., ${maxExponent}`;
    throw outsideDomain(site, [x, digits], 'round(x; n)', condition);
  }
  const places = digits.toNumber();
  // Moving the point is exact, and lets digits before it be rounded away as well.
  return x.times(`1e${places}`).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).times(`1e${-places}`);
}

function takeSquareRoot(site: Site, x: Value): Value {
  if (x.isNegative()) throw outsideDomain(site, [x], 'sqrt(x)', 'x >= 0');
  return x.sqrt();
}

function takeExponential(site: Site, x: Value): Value {
  // e^x has about x / 2.3 digits: three times the limit is beyond it, and still cheap to refuse.
  if (x.abs().gt(3 * site.limits.maxExponent)) throw beyondLimits(site, x.isPositive());
  return x.exp();
}

function takeDecimalLogarithm(site: Site, x: Value): Value {
  return requirePositive(site, x).log(10);
}

function requirePositive(site: Site, x: Value): Value {
  if (!x.isPositive() || x.isZero()) throw outsideDomain(site, [x], `${site.name}(x)`, 'x > 0');
  return x;
}

function requireSine(site: Site, x: Value): Value {
  if (x.abs().gt(1)) throw outsideDomain(site, [x], `${site.name}(x)`, '-1 <= x <= 1');
  return x;
}

function requireAngle(site: Site, x: Value): Value {
  const { column, limits } = site;
  if (!x.isZero() && x.e > limits.maxAngleExponent) {
    throw CalculatorError.of('ANGLE_TOO_LARGE', { column, limit: limits.maxAngleExponent });
  }
  return x;
}
