import { Rational } from './rational.ts';

/** A mark that is no number: absent, excused, pending (« en attente »). */
export const specialValues = ['ABS', 'EXC', 'ATT'] as const;

export type SpecialValue = (typeof specialValues)[number];

/** What an average needs of a mark. */
export interface WeighedMark {
  /** A decimal from 0 to the scale, or one of {@link specialValues}. */
  readonly value: string;
  /** What the mark is out of: a positive decimal. */
  readonly scale: string;
  /** A positive decimal. */
  readonly coefficient: string;
}

/** Why a mark does not count. */
export type LeftOutReason = 'excused' | 'pending';

/** Every mark is brought to this scale. */
export const commonScale = 20;
const common = Rational.of(BigInt(commonScale));

const leftOutReasons: ReadonlyMap<string, LeftOutReason> = new Map([
  ['EXC', 'excused'],
  ['ATT', 'pending'],
]);

/** Why a value is left out of averages with its coefficient; `undefined` when it counts. */
export function findReasonLeftOut(value: string): LeftOutReason | undefined {
  return leftOutReasons.get(value);
}

/** A value out of its scale brought to 20; absent is 0. Only for values that count. */
export function bringToCommonScale(value: string, scale: string): Rational {
  if (value === 'ABS') return Rational.zero;
  const number = Rational.parse(value);
  return scale === '20' ? number : number.times(common).dividedBy(Rational.parse(scale));
}

/**
 * The two sums an average is the quotient of: marks brought to 20 times their coefficients, and those
 * coefficients. Marks are added and taken away in any order, exactly.
 */
export class Sums {
  static readonly none: Sums = new Sums(Rational.zero, Rational.zero, 0);
  readonly weighted: Rational;
  readonly coefficients: Rational;
  /** Marks that count. */
  readonly count: number;

  constructor(weighted: Rational, coefficients: Rational, count: number) {
    this.weighted = weighted;
    this.coefficients = coefficients;
    this.count = count;
  }

  add(mark: WeighedMark): Sums {
    return this.#change(mark, 1);
  }

  subtract(mark: WeighedMark): Sums {
    return this.#change(mark, -1);
  }

  plus(other: Sums): Sums {
    return new Sums(
      this.weighted.plus(other.weighted),
      this.coefficients.plus(other.coefficients),
      this.count + other.count,
    );
  }

  /** `undefined` when no mark counts: no average, which is not 0. */
  get average(): Rational | undefined {
    return this.count === 0 ? undefined : this.weighted.dividedBy(this.coefficients);
  }

  #change(mark: WeighedMark, sign: 1 | -1): Sums {
    if (findReasonLeftOut(mark.value) !== undefined) return this;
    const coefficient = Rational.parse(mark.coefficient);
    const weighted = bringToCommonScale(mark.value, mark.scale).times(coefficient);
    return sign === 1
      ? new Sums(this.weighted.plus(weighted), this.coefficients.plus(coefficient), this.count + 1)
      : new Sums(
          this.weighted.minus(weighted),
          this.coefficients.minus(coefficient),
          this.count - 1,
        );
  }
}

/** The sums of some marks. */
export function sumMarks(marks: Iterable<WeighedMark>): Sums {
  let sums = Sums.none;
  for (const mark of marks) sums = sums.add(mark);
  return sums;
}

/** Adds numbers of any denominators exactly, at a cost that does not grow with their common one. */
export class Total {
  readonly #byDenominator: Map<bigint, bigint>;

  /** @param other a total to go on from, which stays as it is. */
  constructor(other?: Total) {
    this.#byDenominator = other === undefined ? new Map() : new Map(other.#byDenominator);
  }

  add(numerator: bigint, denominator: bigint): void {
    const sum = (this.#byDenominator.get(denominator) ?? 0n) + numerator;
    if (sum === 0n) this.#byDenominator.delete(denominator);
    else this.#byDenominator.set(denominator, sum);
  }

  /**
   * The sum, not in lowest terms: reducing fractions of many digits costs more than all the rest, and
   * only their roundings are wanted. With a `power`, each denominator given stands for that power of it.
   */
  sum(power: bigint = 1n): { readonly numerator: bigint; readonly denominator: bigint } {
    let fractions = Array.from(this.#byDenominator, ([denominator, numerator]) => ({
      numerator,
      denominator: denominator ** power,
    }));
    // Added in pairs of about the same length, so that multiplications stay balanced.
    while (fractions.length > 1) {
      const paired: typeof fractions = [];
      for (let index = 0; index < fractions.length; index += 2) {
        const [first, second] = [fractions[index], fractions[index + 1]];
        if (first === undefined) break;
        paired.push(
          second === undefined
            ? first
            : {
                numerator:
                  first.numerator * second.denominator + second.numerator * first.denominator,
                denominator: first.denominator * second.denominator,
              },
        );
      }
      fractions = paired;
    }
    return fractions[0] ?? { numerator: 0n, denominator: 1n };
  }

  /** The sum in lowest terms; for few denominators. */
  reduced(): Rational {
    const { numerator, denominator } = this.sum();
    return Rational.of(numerator, denominator);
  }
}

/**
 * A promotion's average: of students' averages, each student counting as one, or of all marks, each
 * counting with its coefficient.
 */
export type AverageMethod = 'meanOfStudentAverages' | 'meanOfAllMarks';
