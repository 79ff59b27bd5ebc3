import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from 'decimal.js';
import { canonize } from '../../../test/support/canonize.ts';
import { arithmeticOf } from './arithmetic.ts';
import { Calculator } from './calculator.ts';

function evaluateAll(...expressions: readonly string[]): readonly string[] {
  const calculator = new Calculator();
  return expressions.map((expression) => calculator.evaluate(expression));
}

function expectValues(values: Readonly<Record<string, string>>): void {
  for (const [expression, expected] of Object.entries(values)) {
    assert.equal(new Calculator().evaluate(expression), expected, expression);
  }
}

test('arithmetic is decimal, as on paper', () => {
  expectValues({
    '0.1+0.2': '0.3',
    '1.1*1.1': '1.21',
    '1-0.9': '0.1',
    '3*1/3': '1',
    '10/4': '2.5',
    '1/3': '0.3333333333333333333333333333333333',
    '2/3': '0.6666666666666666666666666666666667',
    '100000000000000000000+1': '100000000000000000001',
  });
});

test('results are rounded half to even, literals included', () => {
  const calculator = new Calculator({ precision: 3 });
  assert.equal(calculator.evaluate('1.235'), '1.24');
  assert.equal(calculator.evaluate('1.245'), '1.24');
  assert.equal(calculator.evaluate('1.2450001'), '1.25');
  assert.equal(calculator.evaluate('100+0.5'), '100');
  assert.equal(calculator.evaluate('101+0.5'), '102');
});

test('operators bind as in mathematics, and powers from the right', () => {
  expectValues({
    '1+2*3': '7',
    '(1+2)*3': '9',
    '10-4-3': '3',
    '100/10/5': '2',
    '2*3%4': '2',
    '2^3^2': '512',
    '-2^2': '-4',
    '(-2)^2': '4',
    '2^-1': '0.5',
    '2^-1^2': '0.5',
    '2*-3': '-6',
    '2--3': '5',
    '+-+2': '-2',
    '-3!': '-6',
    '2^3!': '64',
    '3!^2': '36',
    '3!!': '720',
    '-3²': '-9',
    '2^3²': '512',
    '2³': '8',
  });
});

test('the remainder takes the sign of the dividend and is exact however large the quotient', () => {
  expectValues({
    '7%3': '1',
    '-7%3': '-1',
    '7%-3': '1',
    '-7%-3': '-1',
    '5.5%2': '1.5',
    '1e6144%7': '1',
    '1%1e-6144': '0',
  });
});

test('functions and constants give what a school calculator gives', () => {
  expectValues({
    pi: '3.141592653589793238462643383279503',
    π: '3.141592653589793238462643383279503',
    e: '2.718281828459045235360287471352662',
    'sqrt(2)': '1.414213562373095048801688724209698',
    'abs(-3)': '3',
    'floor(-2.5)': '-3',
    'ceil(-2.5)': '-2',
    'round(2.5)': '3',
    'round(-2.5)': '-3',
    'round(3.14159, 2)': '3.14',
    'round(1250, -2)': '1300',
    'min(3, 1, 2)': '1',
    'max(3, 1, 2)': '3',
    'max(7)': '7',
    // The constant e is itself rounded to 34 digits.
    'ln(e)': '0.9999999999999999999999999999999998',
    'log(1000)': '3',
    'log10(0.001)': '-3',
    'exp(0)': '1',
    'sin(0)': '0',
    'cos(0)': '1',
    'tan(0)': '0',
    'asin(1)*2': '3.141592653589793238462643383279502',
    'acos(-1)': '3.141592653589793238462643383279503',
    'atan(1)*4': '3.141592653589793238462643383279503',
    '0!': '1',
    '20!': '2432902008176640000',
    '4^0.5': '2',
    '27^(1/3)': '3',
  });
});

test('a factorial is exact before it is rounded', () => {
  let factorial = 1n;
  for (let n = 1; n <= 1000; n += 1) {
    factorial *= BigInt(n);
    if (n <= 30) assert.equal(new Calculator().evaluate(`${n}!`), `${factorial}`);
  }
  const unit = 10n ** 2534n;
  const rounded = canonize(`${(factorial + unit / 2n) / unit}e2534`);
  assert.equal(canonize(new Calculator().evaluate('1000!')), rounded);
});

test('results are plain between 0.000001 and 10^34, and scientific beyond', () => {
  expectValues({
    '0.000001': '0.000001',
    '0.0000001': '1e-7',
    '0.00000015': '1.5e-7',
    '10^33': `1${'0'.repeat(33)}`,
    '10^34': '1e34',
    '-1.5*10^40': '-1.5e40',
    '2^100': '1267650600228229401496703205376',
    '-0': '0',
    '0*-1': '0',
    '1.500': '1.5',
    '007': '7',
    '.5': '0.5',
    '5.': '5',
    '1.5e-3': '0.0015',
    '1.5E+3': '1500',
  });
});

test('a comma is a decimal comma unless it separates the arguments of a call', () => {
  expectValues({
    '3,14': '3.14',
    '1,5e2': '150',
    'max(1,2)': '2',
    'max(1, 2)': '2',
    'max(1,5)': '5',
    'max(1,5; 2)': '2',
    'max(1,5; 1,25)': '1.5',
    'max(1;2,3)': '2.3',
    'min(2,5, 3)': '2',
    'max((1,5), 1)': '1.5',
    'sqrt((2,25))': '1.5',
    'max(1,5; min(2,5))': '2',
    'max(min(1,5; 2), 1)': '1.5',
    'round(3,14159; 2)': '3.14',
  });
});

test('typographic signs and spaces are understood', () => {
  expectValues({
    '2×3÷4−1': '0.5',
    '2·3⋅4': '24',
    '1e−3': '0.001',
    ' 1\t+\u{a0}2\u{202f}': '3',
    'max (1 , 2)': '2',
  });
});

test('variables belong to one calculator and ans is the last result', () => {
  assert.deepEqual(evaluateAll('x = 3', 'x', 'x^2', 'ans + x', 'x = x + 1', 'ans', 'x*ans'), [
    '3',
    '3',
    '9',
    '12',
    '4',
    '4',
    '16',
  ]);
  assert.throws(() => new Calculator().evaluate('x'), { code: 'UNKNOWN_NAME' });
  assert.throws(() => new Calculator().evaluate('ans'), { code: 'NO_ANSWER_YET', column: 1 });
});

test('names may be written in any alphabet, composed or not', () => {
  assert.deepEqual(evaluateAll('e\u{301}té = 2', '\u{e9}te\u{301} + 1', 'α_1 = 5', 'α_1'), [
    '2',
    '3',
    '5',
    '5',
  ]);
});

test('names that objects have in JavaScript mean nothing until they are assigned', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    const calculator = new Calculator();
    assert.throws(() => calculator.evaluate(name), { code: 'UNKNOWN_NAME' });
    assert.throws(() => calculator.evaluate(`${name}(1)`), { code: 'UNKNOWN_NAME' });
    assert.equal(calculator.evaluate(`${name} = 3`), '3');
    assert.equal(calculator.evaluate(`${name} + 1`), '4');
  }
});

test('an expression that fails leaves variables and ans as they were', () => {
  const calculator = new Calculator();
  calculator.evaluate('x = 3');
  calculator.evaluate('5');
  for (const failing of ['x = 1/0', 'x = ', 'y = 1/0', 'ln(0)', 'x = 2)', '']) {
    assert.throws(() => calculator.evaluate(failing));
  }
  assert.deepEqual(calculator.memory, { ans: '5', variables: [['x', '3']] });
});

test('another calculator goes on from the memory of one', () => {
  const first = new Calculator();
  assert.deepEqual(first.memory, { variables: [] });
  first.evaluate('third = 1/3');
  first.evaluate('large = 1e6000/7');
  const second = new Calculator({}, first.memory);
  assert.deepEqual(second.memory, first.memory);
  assert.equal(second.evaluate('ans - large'), '0');
  assert.equal(second.evaluate('third - 1/3'), '0');
});

test('calculators of different precisions do not disturb one another or decimal.js itself', () => {
  const [narrow, wide] = [new Calculator({ precision: 5 }), new Calculator({ precision: 50 })];
  for (const expression of ['sin(1)', '2^0.5', 'exp(1)', 'tan(1e100)', 'ln(2)']) {
    const digits = wide.evaluate(expression).replace(/\D/gu, '').replace(/^0+/u, '').length;
    assert.ok(digits >= 45, expression);
    assert.ok(narrow.evaluate(expression).length <= 8, expression);
  }
  assert.equal(Decimal.precision, 20);
  assert.equal(Decimal.rounding, Decimal.ROUND_HALF_UP);
});

test('the precision is put back when decimal.js throws in the middle of a calculation', () => {
  const arithmetic = arithmeticOf(34);
  const sine = (): unknown => arithmetic.parse('1e2000').sin();
  assert.throws(() => arithmetic.run(sine), /Precision limit exceeded/u);
  expectValues({ '1/3': '0.3333333333333333333333333333333333', '2/3*3': '2' });
});
