import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Calculator } from './calculator.ts';
import { CalculatorError } from './errors.ts';
import { functions } from './functions.ts';

/** In milliseconds of CPU time, of all threads: the collector's and the compiler's included. */
const LONGEST = 100;

function answer(calculator: Calculator, expression: string): string {
  const before = process.cpuUsage();
  let result: string;
  try {
    result = calculator.evaluate(expression);
  } catch (error) {
    if (!(error instanceof CalculatorError)) throw error;
    result = error.code;
  }
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1000;
  assert.ok(milliseconds < LONGEST, `${expression.slice(0, 80)} took ${milliseconds} ms`);
  return result;
}

/** As many pieces as an expression can hold. */
const repeatToLimit = (piece: string): string =>
  `1${piece.repeat(Math.floor(4095 / piece.length))}`;

const hostile: Readonly<Record<string, string>> = {
  '9^9^9^9': 'NUMBER_TOO_LARGE',
  '9^9^9': 'NUMBER_TOO_LARGE',
  'ln(2)^9999': '2.59289535875090139983472104448153e-1592',
  'sin(1e9000)': 'NUMBER_TOO_LARGE',
  'sin(1e6000)': 'ANGLE_TOO_LARGE',
  'exp(1e9)': 'NUMBER_TOO_LARGE',
  'exp(-1e9)': 'NUMBER_TOO_SMALL',
  'exp(1e6144)': 'NUMBER_TOO_LARGE',
  '100000!': 'FACTORIAL_TOO_LARGE',
  '1e6000!': 'FACTORIAL_TOO_LARGE',
  '170!!!!': 'FACTORIAL_TOO_LARGE',
  '1e999999999': 'NUMBER_TOO_LARGE',
  '1e99999999999999999999999': 'NUMBER_TOO_LARGE',
  '1e-9000': 'NUMBER_TOO_SMALL',
  '1e-99999999999999999999999': 'NUMBER_TOO_SMALL',
  '0e99999999999999999999999': '0',
  'tan(pi/2)': '-1792431373312990339055441025239161',
  '(1+1e-33)^1e6144': 'NUMBER_TOO_LARGE',
  '(1+1e-33)^-1e6144': 'NUMBER_TOO_SMALL',
  '(1-1e-34)^1e36': '3.7200759760208359629596958038631e-44',
  '(-1)^1e6144': '1',
  '2^1e-6144': '1',
  '1.0000000001^9007199254740991': 'NUMBER_TOO_LARGE',
  '1e6144%7e-6144': '1e-6144',
  '1e6144*1e6144': 'NUMBER_TOO_LARGE',
  '1e-6144*1e-6144': 'NUMBER_TOO_SMALL',
  'round(1e6144, 6144)': '1e6144',
  'round(1e-6144, -6144)': '0',
  'atan(1e6144)': '1.570796326794896619231321691639751',
};

test('hostile operations are answered within 100 ms and change nothing for later ones', () => {
  const calculator = new Calculator();
  for (const [expression, expected] of Object.entries(hostile)) {
    assert.equal(answer(calculator, expression), expected, expression);
    assert.equal(
      calculator.evaluate('2/3+sin(1)'),
      '1.508137651474563173319168988296966',
      expression,
    );
  }
});

const megabyte = 1_000_000;

test('hostile texts are answered within 100 ms', () => {
  const calculator = new Calculator();
  const texts: Readonly<Record<string, string>> = {
    ['('.repeat(100_000)]: 'EXPRESSION_TOO_LONG',
    ['9'.repeat(megabyte)]: 'EXPRESSION_TOO_LONG',
    ['𝑥'.repeat(megabyte)]: 'EXPRESSION_TOO_LONG',
    ['('.repeat(4096)]: 'NESTED_TOO_DEEP',
    ['-'.repeat(4096)]: 'NESTED_TOO_DEEP',
    ['abs('.repeat(1024)]: 'NESTED_TOO_DEEP',
    [')'.repeat(4096)]: 'UNEXPECTED',
    [';'.repeat(4096)]: 'UNEXPECTED',
    ['(;'.repeat(2048)]: 'UNEXPECTED',
    [`2${'^0.5'.repeat(1000)}`]: 'NESTED_TOO_DEEP',
    [`2${'^2'.repeat(128)}`]: 'NUMBER_TOO_LARGE',
    ['9'.repeat(4096)]: 'TOO_MANY_DIGITS',
    [`0.${'0'.repeat(998)}1`]: '1e-999',
    ['a'.repeat(4096)]: 'NAME_TOO_LONG',
    [`1e${'9'.repeat(4000)}`]: 'NUMBER_TOO_LARGE',
    [`1e${'0'.repeat(4000)}1`]: '10',
    ['!'.repeat(4096)]: 'UNEXPECTED',
    [`1${'!'.repeat(4095)}`]: '1',
    [`3${'!'.repeat(4095)}`]: 'FACTORIAL_TOO_LARGE',
    [`2${'²'.repeat(4095)}`]: 'NUMBER_TOO_LARGE',
    [repeatToLimit('+1')]: '2048',
    [`max(${'1,'.repeat(2000)}2)`]: '2',
  };
  for (const [text, expected] of Object.entries(texts)) {
    assert.equal(answer(calculator, text), expected, text.slice(0, 20));
  }
});

test('texts as long and as deep as the options allow are answered without overflowing the stack', () => {
  const generous = new Calculator({
    maxLength: megabyte,
    maxDepth: 1000,
    maxDigits: megabyte,
    maxWork: 100_000,
  });
  const code = (expression: string): string => {
    try {
      return generous.evaluate(expression).slice(0, 20);
    } catch (error) {
      if (error instanceof CalculatorError) return error.code;
      throw error;
    }
  };
  assert.equal(code('('.repeat(100_000)), 'NESTED_TOO_DEEP');
  assert.equal(code('9'.repeat(megabyte)), 'NUMBER_TOO_LARGE');
  assert.equal(code(`0.${'9'.repeat(megabyte - 2)}`), '1');
  assert.equal(code(`${'('.repeat(1000)}1${')'.repeat(1000)}`), '1');
  assert.equal(code(`${'abs(1+2*'.repeat(1000)}1${')'.repeat(1000)}`).length, 20);
  assert.equal(code(`${'-'.repeat(1000)}1`), '1');
  assert.equal(code(`1${'^1'.repeat(1000)}`), '1');
  assert.equal(code(`1${'+1'.repeat(100_000)}`), '100001');
  assert.equal(code(`1${'+1'.repeat(100_001)}`), 'TOO_MUCH_WORK');
  assert.equal(code(`1${'!'.repeat(100_000)}`), 'TOO_MUCH_WORK');
});

test('an expression full of the costliest operations is answered within 100 ms', () => {
  const pieces = [
    '/7',
    '%7',
    '^.5',
    '+2^.5',
    '+7^99',
    '+9e6000%7',
    '+1.1^99999',
    '+999!',
    '²',
    '³',
  ];
  for (const name of functions.keys()) pieces.push(`+${name}(.3)`, `+${name}(9e500)`);
  for (const precision of [34, 100]) {
    const calculator = new Calculator({ precision });
    for (const piece of pieces) answer(calculator, repeatToLimit(piece));
  }
});

test('a hundred variables of the longest names are kept, one more is refused', () => {
  const calculator = new Calculator();
  const name = (index: number): string => `${'n'.repeat(60)}${1000 + index}`;
  for (let index = 0; index < 100; index += 1) answer(calculator, `${name(index)} = ${index}`);
  assert.equal(answer(calculator, `${name(100)} = 1`), 'TOO_MANY_VARIABLES');
  assert.equal(answer(calculator, name(100)), 'UNKNOWN_NAME');
  assert.equal(answer(calculator, name(99)), '99');
});

const words = [
  ...functions.keys(),
  ...'+-*/%^!=(),;.²³×÷−π()() \n\0é𝑥\ud800'.split(''),
  ...'pi e ans x y __proto__ 0 1 9 2.5 3,5 1e 1e99 1e-6000 999999999999999999999999'.split(' '),
];

const text = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 40 }).map(join) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 60 }) },
);

function join(parts: readonly string[]): string {
  return parts.join('');
}

test('any text gives a result or a CalculatorError within 100 ms', () => {
  const calculator = new Calculator();
  fc.assert(
    fc.property(text, (expression) => {
      answer(calculator, expression);
    }),
    { numRuns: 5000 },
  );
});

test('a result evaluated again is itself, at any precision', () => {
  const operand = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.bigInt().map(String),
  );
  const operator = fc.constantFrom('+', '-', '*', '/', '%');
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      operand,
      operator,
      operand,
      (precision, left, sign, right) => {
        fc.pre(Number(right) !== 0);
        const calculator = new Calculator({ precision });
        const result = calculator.evaluate(`(${left})${sign}(${right})`);
        assert.equal(calculator.evaluate(result), result);
        assert.equal(calculator.evaluate('ans'), result);
      },
    ),
    { numRuns: 2000 },
  );
});
