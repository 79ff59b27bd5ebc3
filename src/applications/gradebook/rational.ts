/** The greatest common divisor of two positive numbers (Euclid, Elements VII, 2). */
function findDivisor(first: bigint, second: bigint): bigint {
  let [large, small] = [first, second];
  // Steps on big integers cost ten times those on numbers: as soon as both fit, go on with numbers.
  while (small > Number.MAX_SAFE_INTEGER) [large, small] = [small, large % small];
  if (small === 0n) return large;
  let [rest, divisor] = [Number(large % small), Number(small)];
  while (rest !== 0) [divisor, rest] = [rest, divisor % rest];
  return BigInt(divisor);
}

const decimalNotation = /^(-?)(\d+)(?:\.(\d+))?$/;
const fractionNotation = /^(-?\d+)\/(\d+)$/;

/**
 * An exact number: a quotient of two whole numbers, in lowest terms, so that marks out of 30 and
 * coefficients of 1.5 add up to what they are and not to what a float makes of them.
 *
 * @example
 * ```ts
 * import { Rational } from 'guichet/gradebook';
 * const third = Rational.parse('10').dividedBy(Rational.parse('30'));
 * if (third.toString() !== '1/3' || third.toDecimal(2) !== '0.33') throw new Error(`${third}`);
 * if (third.times(Rational.of(3n)).toString() !== '1') throw new Error('a third is no third');
 * ```
 */
export class Rational {
  static readonly zero: Rational = new Rational(0n, 1n);
  readonly numerator: bigint;
  /** Positive. */
  readonly denominator: bigint;

  private constructor(numerator: bigint, denominator: bigint) {
    this.numerator = numerator;
    this.denominator = denominator;
  }

  /**
   * The quotient of two whole numbers.
   * @throws {RangeError} when the second is zero.
   */
  static of(numerator: bigint, denominator: bigint = 1n): Rational {
    if (denominator === 1n) return new Rational(numerator, 1n);
    if (denominator === 0n) throw new RangeError('a number cannot be divided by zero');
    const sign = denominator < 0n ? -1n : 1n;
    if (numerator === 0n) return Rational.zero;
    const divisor = findDivisor(numerator < 0n ? -numerator : numerator, denominator * sign);
    return divisor === 1n
      ? new Rational(numerator * sign, denominator * sign)
      : new Rational((numerator * sign) / divisor, (denominator * sign) / divisor);
  }

  /**
   * Reads what {@link Rational.toString} writes, or any decimal: `12`, `12.50`, `-1/3`.
   * @throws {RangeError} for anything else.
   */
  static parse(text: string): Rational {
    const decimal = decimalNotation.exec(text);
    if (decimal !== null) {
      const [, sign = '', whole = '', fraction = ''] = decimal;
      const numerator = BigInt(`${sign}${whole}${fraction}`);
      return fraction === ''
        ? new Rational(numerator, 1n)
        : Rational.of(numerator, 10n ** BigInt(fraction.length));
    }
    const [, numerator, denominator] = fractionNotation.exec(text) ?? [];
    if (numerator === undefined || denominator === undefined) {
      throw new RangeError(`"${text.slice(0, 100)}" is not a decimal number such as 12.5`);
    }
    return Rational.of(BigInt(numerator), BigInt(denominator));
  }

  /** Reads what {@link Rational.pack} wrote. */
  static unpack(text: string): Rational {
    const bar = text.indexOf('/');
    return bar === -1
      ? new Rational(BigInt(text), 1n)
      : new Rational(BigInt(text.slice(0, bar)), BigInt(text.slice(bar + 1)));
  }

  /** Always as whole numbers, which is quicker to write and to read back than a decimal. */
  pack(): string {
    return this.denominator === 1n ? `${this.numerator}` : `${this.numerator}/${this.denominator}`;
  }

  get isZero(): boolean {
    return this.numerator === 0n;
  }

  plus(other: Rational): Rational {
    return this.denominator === other.denominator
      ? Rational.of(this.numerator + other.numerator, this.denominator)
      : Rational.of(
          this.numerator * other.denominator + other.numerator * this.denominator,
          this.denominator * other.denominator,
        );
  }

  minus(other: Rational): Rational {
    return this.plus(new Rational(-other.numerator, other.denominator));
  }

  times(other: Rational): Rational {
    return Rational.of(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  /** @throws {RangeError} when the other is zero. */
  dividedBy(other: Rational): Rational {
    return Rational.of(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  /** Negative when this is the smaller, zero when they are equal. */
  compare(other: Rational): number {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator;
    return difference === 0n ? 0 : difference < 0n ? -1 : 1;
  }

  /** Rounded half up to so many digits after the point, all of them written: `12.50`. */
  toDecimal(digits: number): string {
    return formatScaled(roundHalfUp(this.numerator, this.denominator, digits), digits);
  }

  /** The nearest float, for drawing and for comparing what is far apart. */
  toNumber(): number {
    const direct = Number(this.numerator) / Number(this.denominator);
    if (Number.isFinite(direct)) return direct;
    // Both overflow a float: what is too much for it comes off both alike.
    const excess = BigInt(Math.max(0, this.denominator.toString(16).length * 4 - 1_000));
    return Number(this.numerator >> excess) / Number(this.denominator >> excess);
  }

  /** Exactly: a decimal where it has a finite one (`12.5`), else a fraction (`1/3`). */
  toString(): string {
    let rest = this.denominator;
    let [twos, fives] = [0, 0];
    for (; rest % 2n === 0n; rest /= 2n) twos++;
    for (; rest % 5n === 0n; rest /= 5n) fives++;
    if (rest !== 1n) return `${this.numerator}/${this.denominator}`;
    const digits = Math.max(twos, fives);
    return formatScaled((this.numerator * 10n ** BigInt(digits)) / this.denominator, digits);
  }
}

function divideFloor(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

/** `numerator / denominator`, times ten to the `digits`, rounded half up (towards plus infinity). */
export function roundHalfUp(numerator: bigint, denominator: bigint, digits: number): bigint {
  const scaled = 2n * numerator * 10n ** BigInt(digits);
  return divideFloor(scaled + denominator, 2n * denominator);
}

/** A whole number of units of ten to the minus `digits`, as a decimal. */
export function formatScaled(scaled: bigint, digits: number): string {
  const sign = scaled < 0n ? '-' : '';
  const text = (scaled < 0n ? -scaled : scaled).toString().padStart(digits + 1, '0');
  return digits === 0
    ? `${sign}${text}`
    : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
