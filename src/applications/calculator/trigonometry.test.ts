import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { canonize } from '../../../test/support/canonize.ts';
import { Calculator } from './calculator.ts';

/** The oracle counts in units of 10^-700, in whole numbers, and shares nothing with decimal.js. */
const SCALE = 700;
const ONE = 10n ** BigInt(SCALE);

/** The arctangent of 1/n, by its series. */
function arctangentOfInverse(n: bigint): bigint {
  let power = ONE / n;
  let sum = power;
  for (let odd = 3n; power !== 0n; odd += 2n) {
    power /= -n * n;
    sum += power / odd;
  }
  return sum;
}

/** Machin: pi/4 = 4 atan(1/5) - atan(1/239). */
const PI = 4n * (4n * arctangentOfInverse(5n) - arctangentOfInverse(239n));

function sine(angle: bigint): bigint {
  let term = angle % (2n * PI);
  let sum = term;
  const square = (term * term) / ONE;
  for (let factor = 2n; term !== 0n; factor += 2n) {
    term = (-term * square) / (ONE * factor * (factor + 1n));
    sum += term;
  }
  return sum;
}

const cosine = (angle: bigint): bigint => sine(angle + PI / 2n);

/** A number in units of 10^-SCALE; its digits below that are cut off. */
function scale(text: string): bigint {
  const [, sign = '', digits = '', exponent = ''] =
    /^(-?)(\d+)(?:e(-?\d+))?$/u.exec(canonize(text)) ?? assert.fail(text);
  const shift = Number(exponent) + SCALE;
  const value =
    shift >= 0 ? BigInt(digits) * 10n ** BigInt(shift) : BigInt(digits) / 10n ** BigInt(-shift);
  return sign === '-' ? -value : value;
}

/** 34 digits of numerator / denominator, in the form of `canonize`. */
function roundQuotient(numerator: bigint, denominator: bigint): string {
  const isNegative = numerator < 0n !== denominator < 0n;
  const size = (value: bigint): bigint => (value < 0n ? -value : value);
  const quotient = (size(numerator) * 10n ** 400n) / size(denominator);
  const digits = quotient.toString();
  const unit = 10n ** BigInt(digits.length - 34);
  const rounded = (quotient + unit / 2n) / unit;
  return canonize(`${isNegative ? '-' : ''}${rounded}e${digits.length - 34 - 400}`);
}

const digitString = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 33 })
  .map((digits) => digits.join(''));

/** Angles of up to 34 digits whose first is at 10^minimum to 10^maximum. */
const angles = (minimum: number, maximum: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.integer({ min: 1, max: 9 }),
      digitString,
      fc.integer({ min: minimum, max: maximum }),
    )
    .map(([sign, first, digits, exponent]) => `${sign}${first}.${digits}e${exponent}`);

const calculator = new Calculator();
const evaluate = (expression: string): string => canonize(calculator.evaluate(expression));

for (const [kind, minimum, maximum] of [
  ['ordinary', -2, 3],
  ['tiny', -90, -3],
  ['huge', 4, 250],
] as const) {
  test(`sin, cos and tan of ${kind} angles are right to the last digit`, () => {
    fc.assert(
      fc.property(angles(minimum, maximum), (angle) => {
        const radians = scale(angle);
        assert.equal(evaluate(`sin(${angle})`), roundQuotient(sine(radians), ONE));
        assert.equal(evaluate(`cos(${angle})`), roundQuotient(cosine(radians), ONE));
        assert.equal(evaluate(`tan(${angle})`), roundQuotient(sine(radians), cosine(radians)));
      }),
      { numRuns: 100 },
    );
  });
}

test('sin and tan next to multiples of pi/2 are right to the last digit', () => {
  for (let turns = 1; turns <= 50; turns += 1) {
    const angle = calculator.evaluate(`${turns} * pi / 2`);
    const radians = scale(angle);
    assert.equal(evaluate(`sin(${angle})`), roundQuotient(sine(radians), ONE));
    assert.equal(evaluate(`tan(${angle})`), roundQuotient(sine(radians), cosine(radians)));
  }
});

test('asin, acos and atan lie within half a unit of their last digit', () => {
  const isNearest = (
    result: string,
    direct: (angle: bigint) => readonly [numerator: bigint, denominator: bigint],
    argument: string,
  ): boolean => {
    const [, , digits = '', exponent = ''] =
      /^(-?)(\d+)e(-?\d+)$/u.exec(canonize(result)) ?? assert.fail(result);
    const halfUnit = 5n * 10n ** BigInt(Number(exponent) + digits.length - 35 + SCALE);
    const [below, above] = [scale(result) - halfUnit, scale(result) + halfUnit].map((angle) => {
      const [numerator, denominator] = direct(angle);
      return numerator * ONE - scale(argument) * denominator;
    });
    // Between the two angles the difference changes its sign.
    return below !== undefined && above !== undefined && below < 0n !== above < 0n;
  };
  const arguments_ = fc.oneof(
    angles(-40, -2),
    angles(-1, -1),
    fc.constantFrom(
      '0.9999999999999999999999999999999999',
      '-0.9999999999999999999999999999999999',
      '0.9999999999999999999',
      '1e-30',
    ),
  );
  fc.assert(
    fc.property(arguments_, (argument) => {
      const angleOf = (name: string): string => calculator.evaluate(`${name}(${argument})`);
      assert.ok(isNearest(angleOf('asin'), (angle) => [sine(angle), ONE], argument));
      assert.ok(isNearest(angleOf('acos'), (angle) => [cosine(angle), ONE], argument));
    }),
    { numRuns: 100 },
  );
  fc.assert(
    fc.property(fc.oneof(angles(-40, 2), angles(3, 60)), (argument) => {
      const result = calculator.evaluate(`atan(${argument})`);
      assert.ok(isNearest(result, (angle) => [sine(angle), cosine(angle)], argument));
    }),
    { numRuns: 100 },
  );
});

test('the sine of 1e500 is found, that of 1e501 refused', () => {
  assert.match(calculator.evaluate('sin(1e500)'), /^-?0\.\d+$/u);
  assert.throws(() => calculator.evaluate('sin(1e501)'), { code: 'ANGLE_TOO_LARGE', column: 1 });
});
