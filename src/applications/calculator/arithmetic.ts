import { Decimal } from 'decimal.js';

/** A value of the calculator. */
export type Value = Decimal;

/** More digits than the result keeps, so that rounding it is the only rounding that shows. */
const GUARD_DIGITS = 20;

/** Digits of pi that angles are reduced with; decimal.js carries 1025. */
const REDUCTION_PRECISION = 1000;

const HALF_EVEN = Decimal.ROUND_HALF_EVEN;

/**
 * Decimal arithmetic at one precision: every result is rounded to it, half to even, and exponents
 * are practically unbounded (the limits of a calculator are checked by its caller, as are domains).
 *
 * It has constructors of its own, cloned from decimal.js: the global one is never touched.
 */
export class Arithmetic {
  readonly precision: number;
  readonly pi: Value;
  readonly e: Value;
  readonly zero: Value;
  readonly #decimal: Decimal.Constructor;
  readonly #wide: Decimal.Constructor;
  readonly #reduction: Decimal.Constructor;
  readonly #halfPi: Value;
  readonly #turnsPerRadian: Value;

  constructor(precision: number) {
    this.precision = precision;
    this.#decimal = cloneDecimal(precision, precision);
    this.#wide = cloneDecimal(precision + GUARD_DIGITS, precision);
    this.#reduction = cloneDecimal(REDUCTION_PRECISION, precision);
    this.pi = this.#decimal.acos(-1);
    this.e = this.#decimal.exp(1);
    this.zero = new this.#decimal(0);
    this.#halfPi = this.#reduction.acos(-1).div(2);
    this.#turnsPerRadian = new this.#reduction(1).div(this.#halfPi);
  }

  /**
   * Runs a whole calculation. decimal.js works by changing its `precision` and `rounding` for a
   * while and leaves them changed when it throws, so they are put back whatever happens.
   */
  run<Result>(calculate: () => Result): Result {
    try {
      return calculate();
    } finally {
      this.#decimal.set({ precision: this.precision, rounding: HALF_EVEN });
      this.#wide.set({ precision: this.precision + GUARD_DIGITS, rounding: HALF_EVEN });
      this.#reduction.set({ precision: REDUCTION_PRECISION, rounding: HALF_EVEN });
    }
  }

  /** Reads a number written with a point; infinite when its exponent is beyond anything. */
  parse(text: string): Value {
    return this.#round(new this.#decimal(text));
  }

  /**
   * The shortest text of exactly this value: plain between 0.000001 and 10^precision, such as
   * `1.5e40` or `1e-7` beyond.
   */
  format(value: Value): string {
    return value.toString().replace('e+', 'e');
  }

  /** n! for a whole n of 0 or more, exact before it is rounded. */
  factorial(n: number): Value {
    return this.parse(multiplyRange(2, n).toString());
  }

  /** Base to an exponent; the base is negative only where the exponent is whole, and not zero. */
  power(base: Value, exponent: Value): Value {
    if (exponent.isInteger() && exponent.abs().lte(Number.MAX_SAFE_INTEGER)) {
      return base.pow(exponent);
    }
    const isNegative = base.isNegative() && !exponent.mod(2).isZero();
    const wide = new this.#wide(base.abs()).ln().times(exponent).exp();
    // An exact result, as of 4^0.5, shows in the wide one only up to its last few digits.
    const magnitude = this.#round(wide.toSignificantDigits(this.precision + GUARD_DIGITS - 8));
    return isNegative ? magnitude.neg() : magnitude;
  }

  /** How many digits a power has before its point, roughly: within 1 % and 1. */
  estimateExponent(base: Value, exponent: Value): number {
    const magnitude = base.abs();
    const log10 = Math.abs(base.e) < 300 ? Math.log10(magnitude.toNumber()) : base.e;
    return log10 * exponent.toNumber();
  }

  /** Of an angle in radians, whose exponent is 700 at most; so are the next two. */
  sine(angle: Value): Value {
    const { quadrant, rest } = this.#reduceAngle(angle);
    const magnitude = quadrant % 2 === 0 ? rest.sin() : rest.cos();
    return this.#round(quadrant < 2 ? magnitude : magnitude.neg());
  }

  cosine(angle: Value): Value {
    const { quadrant, rest } = this.#reduceAngle(angle);
    const magnitude = quadrant % 2 === 0 ? rest.cos() : rest.sin();
    return this.#round(quadrant === 0 || quadrant === 3 ? magnitude : magnitude.neg());
  }

  tangent(angle: Value): Value {
    const { quadrant, rest } = this.#reduceAngle(angle);
    const sine = rest.sin();
    const cosine = rest.cos();
    return this.#round(quadrant % 2 === 0 ? sine.div(cosine) : cosine.div(sine).neg());
  }

  /** For -1 to 1. Both factors under the root are exact near 1, where 1 - x² would cancel. */
  arcsine(sine: Value): Value {
    const x = new this.#wide(sine);
    if (x.abs().eq(1)) return this.#round(this.#halfPi.times(x));
    const one = new this.#wide(1);
    return this.#round(x.div(one.minus(x).times(one.plus(x)).sqrt()).atan());
  }

  /** For -1 to 1. */
  arccosine(cosine: Value): Value {
    const x = new this.#wide(cosine);
    if (x.eq(-1)) return this.pi;
    const one = new this.#wide(1);
    return this.#round(one.minus(x).div(one.plus(x)).sqrt().atan().times(2));
  }

  /** In radians, between -pi/2 and pi/2. */
  arctangent(tangent: Value): Value {
    return this.#round(new this.#wide(tangent).atan());
  }

  /**
   * An angle as quarter turns (mod 4) and a rest between about -pi/4 and pi/4. No number of so few
   * digits comes nearer to a multiple of pi/2 than about its own precision, so with twice the
   * precision besides the digits of the turns themselves every digit of the rest is right.
   */
  #reduceAngle(angle: Value): { readonly quadrant: number; readonly rest: Value } {
    const x = new this.#reduction(angle);
    const turnDigits = Math.max(0, x.e) + GUARD_DIGITS;
    const turns = x.times(this.#turnsPerRadian.toSignificantDigits(turnDigits)).toDecimalPlaces(0);
    const halfPi = this.#halfPi.toSignificantDigits(turnDigits + 2 * this.precision);
    const rest = new this.#wide(x.minus(turns.times(halfPi))).toSignificantDigits();
    return { quadrant: turns.mod(4).plus(4).mod(4).toNumber(), rest };
  }

  #round(value: Value): Value {
    return new this.#decimal(value).toSignificantDigits();
  }
}

const arithmetics = new Map<number, Arithmetic>();

/** The arithmetic of a precision (1 to 100), the same object every time. */
export function arithmeticOf(precision: number): Arithmetic {
  let arithmetic = arithmetics.get(precision);
  if (arithmetic === undefined) {
    arithmetic = new Arithmetic(precision);
    arithmetics.set(precision, arithmetic);
  }
  return arithmetic;
}

function cloneDecimal(precision: number, plainDigits: number): Decimal.Constructor {
  return Decimal.clone({
    defaults: true,
    precision,
    rounding: HALF_EVEN,
    // The remainder takes the sign of the dividend.
    modulo: Decimal.ROUND_DOWN,
    toExpNeg: -7,
    toExpPos: plainDigits,
    maxE: 9e15,
    minE: -9e15,
  });
}

/** Halving the range keeps both factors of every product about as long: fast multiplication pays. */
function multiplyRange(first: number, last: number): bigint {
  if (last - first < 8) {
    let product = 1n;
    for (let factor = first; factor <= last; factor += 1) product *= BigInt(factor);
    return product;
  }
  const middle = Math.floor((first + last) / 2);
  return multiplyRange(first, middle) * multiplyRange(middle + 1, last);
}
