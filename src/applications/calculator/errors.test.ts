import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CalculatorErrorDetails } from '../../language/index.ts';
import { cbor, json } from '../../presentation/index.ts';
import { CallError } from '../../service/index.ts';
import type { RpcErrorObject } from '../../service/index.ts';
import { Calculator } from './calculator.ts';
import { CalculatorError } from './errors.ts';
import type { CalculatorLimits } from './limits.ts';
import { toCallError } from './service.ts';

function fail(expression: string, options: Partial<CalculatorLimits> = {}): CalculatorError {
  try {
    const result = new Calculator(options).evaluate(expression);
    assert.fail(`${expression} gave ${result}`);
  } catch (error) {
    if (error instanceof CalculatorError) return error;
    throw error;
  }
}

/** Expression, code, column. */
const failures: readonly (readonly [string, CalculatorError['code'], number])[] = [
  ['', 'EMPTY_EXPRESSION', 1],
  ['  \t', 'EMPTY_EXPRESSION', 1],
  ['2+*3', 'UNEXPECTED', 3],
  ['2**3', 'UNEXPECTED', 3],
  ['2 3', 'UNEXPECTED', 3],
  ['1 000', 'UNEXPECTED', 3],
  ['1.2.3', 'UNEXPECTED', 4],
  ['2x', 'UNEXPECTED', 2],
  ['0x10', 'UNEXPECTED', 2],
  ['1e', 'UNEXPECTED', 2],
  ['1,2,3', 'UNEXPECTED', 4],
  ['1, 2', 'UNEXPECTED', 2],
  ['1;2', 'UNEXPECTED', 2],
  ['(1;2)', 'UNEXPECTED', 3],
  ['max(1, 2; 3)', 'UNEXPECTED', 9],
  ['max(1,)', 'UNEXPECTED', 7],
  ['max(,1)', 'UNEXPECTED', 5],
  ['()', 'UNEXPECTED', 2],
  ['3 = 4', 'UNEXPECTED', 3],
  ['x = y = 3', 'UNEXPECTED', 7],
  ['x == 3', 'UNEXPECTED', 4],
  ['sqrt 4', 'UNEXPECTED', 6],
  ['1 @ 2', 'UNEXPECTED', 3],
  ['𝑥 @', 'UNEXPECTED', 3],
  ['2+', 'UNEXPECTED_END', 3],
  ['x = ', 'UNEXPECTED_END', 5],
  ['50%', 'UNEXPECTED_END', 4],
  ['(2+', 'UNEXPECTED_END', 4],
  ['1+(2', 'PARENTHESIS_NOT_CLOSED', 3],
  ['max(1, (2)', 'PARENTHESIS_NOT_CLOSED', 4],
  ['1+2)', 'PARENTHESIS_NOT_OPENED', 4],
  ['sqr(4)', 'UNKNOWN_NAME', 1],
  ['1 + nothing', 'UNKNOWN_NAME', 5],
  ['help', 'UNKNOWN_NAME', 1],
  ['help(1)', 'UNKNOWN_NAME', 1],
  ['pi(3)', 'NOT_A_FUNCTION', 1],
  ['ans(3)', 'NOT_A_FUNCTION', 1],
  ['1+sqrt', 'FUNCTION_NOT_CALLED', 3],
  ['pi = 3', 'RESERVED_NAME', 1],
  [' sqrt = 3', 'RESERVED_NAME', 2],
  ['ans = 3', 'RESERVED_NAME', 1],
  ['ans', 'NO_ANSWER_YET', 1],
  ['sqrt()', 'WRONG_ARGUMENT_COUNT', 1],
  ['sqrt(2,25)', 'WRONG_ARGUMENT_COUNT', 1],
  ['1+round(1,2,3)', 'WRONG_ARGUMENT_COUNT', 3],
  ['max()', 'WRONG_ARGUMENT_COUNT', 1],
  ['1/0', 'DIVISION_BY_ZERO', 2],
  ['1 % (3-3)', 'DIVISION_BY_ZERO', 3],
  ['0^-1', 'DIVISION_BY_ZERO', 2],
  ['sqrt(-1)', 'OUTSIDE_DOMAIN', 1],
  ['0^0', 'OUTSIDE_DOMAIN', 2],
  ['(-8)^(1/3)', 'OUTSIDE_DOMAIN', 5],
  ['ln(0)', 'OUTSIDE_DOMAIN', 1],
  ['log(-1)', 'OUTSIDE_DOMAIN', 1],
  ['log10(0)', 'OUTSIDE_DOMAIN', 1],
  ['asin(1.1)', 'OUTSIDE_DOMAIN', 1],
  ['acos(-2)', 'OUTSIDE_DOMAIN', 1],
  ['2.5!', 'OUTSIDE_DOMAIN', 4],
  ['(-1)!', 'OUTSIDE_DOMAIN', 5],
  ['round(1, 0.5)', 'OUTSIDE_DOMAIN', 1],
  ['round(1, 1e9)', 'OUTSIDE_DOMAIN', 1],
  ['1e6145', 'NUMBER_TOO_LARGE', 1],
  ['2 * 9e6144', 'NUMBER_TOO_LARGE', 3],
  ['1e-6145', 'NUMBER_TOO_SMALL', 1],
  ['1e-6144 / 2', 'NUMBER_TOO_SMALL', 9],
  ['exp(-20000)', 'NUMBER_TOO_SMALL', 1],
  ['cos(1e501)', 'ANGLE_TOO_LARGE', 1],
  ['1001!', 'FACTORIAL_TOO_LARGE', 5],
];

test('each error has its code and points at its column', () => {
  for (const [expression, code, column] of failures) {
    const error = fail(expression);
    assert.deepEqual([error.code, error.column], [code, column], expression);
    assert.equal(error.details['column'], column);
  }
});

test('every error is one line in English and in French, with its column in both', () => {
  for (const [expression, , column] of failures) {
    const error = fail(expression);
    assert.equal(error.message, error.describe('en'));
    assert.match(
      error.describe('en'),
      new RegExp(`^[^\\p{C}]* at column ${column}\\b[^\\p{C}]*$`, 'u'),
    );
    assert.match(
      error.describe('fr'),
      new RegExp(`^[^\\p{C}]* à la colonne ${column}\\b[^\\p{C}]*$`, 'u'),
    );
    assert.equal(error.toLine('en'), `error: ${error.message}`);
    assert.equal(error.toLine('fr'), `error: ${error.describe('fr')}`);
  }
});

test('every error crosses a call in JSON and in CBOR, and says the same on the other side', () => {
  const graphs = cbor();
  for (const [expression, code] of failures) {
    const error = fail(expression);
    const sent = { ...toCallError(error).toObject() };
    for (const received of [json.decode(json.encode(sent)), graphs.decode(graphs.encode(sent))]) {
      const { data } = CallError.fromObject(received as RpcErrorObject, 'calculator.evaluate');
      assert.equal(data?.['reason'], code, expression);
      const again = CalculatorError.of(
        code,
        data['details'] as CalculatorErrorDetails[typeof code],
      );
      assert.equal(again.describe('fr'), error.describe('fr'), expression);
    }
  }
});

test('the texts of the common errors say what to do', () => {
  const texts: Readonly<Record<string, readonly [english: string, french: string]>> = {
    '1/0': ['division by zero at column 2', 'division par zéro à la colonne 2'],
    '2+*3': [
      "unexpected '*' at column 3: a number, a name or '(' goes here",
      '« * » inattendu à la colonne 3 : il faut ici un nombre, un nom ou « ( »',
    ],
    '2 3': [
      "unexpected '3' at column 3: an operator goes here",
      '« 3 » inattendu à la colonne 3 : il faut ici un opérateur',
    ],
    'sqrt(-1)': [
      'sqrt is not defined for -1 at column 1: sqrt(x) needs x >= 0',
      "sqrt n'est pas défini pour -1 à la colonne 1 : sqrt(x) demande x >= 0",
    ],
    'sqr(4)': [
      'unknown name sqr at column 1: did you mean sqrt?',
      'nom inconnu sqr à la colonne 1 : vouliez-vous dire sqrt ?',
    ],
    '(1': [
      "parenthesis opened at column 1 and never closed: add a ')'",
      'parenthèse ouverte à la colonne 1 et jamais fermée : ajoutez une « ) »',
    ],
    'sqrt(2,25)': [
      'sqrt takes 1 argument, not 2, at column 1: here a comma separates, write decimals with a point',
      'sqrt prend 1 argument, pas 2, à la colonne 1 : ici la virgule sépare, écrivez les décimales avec un point',
    ],
    'round()': [
      'round takes 1 or 2 arguments, not 0, at column 1',
      'round prend 1 ou 2 arguments, pas 0, à la colonne 1',
    ],
    'max()': [
      'max takes at least 1 argument, not 0, at column 1',
      'max prend au moins 1 argument, pas 0, à la colonne 1',
    ],
  };
  for (const [expression, [english, french]] of Object.entries(texts)) {
    const error = fail(expression);
    assert.deepEqual([error.describe('en'), error.describe('fr')], [english, french]);
  }
});

test('what does not show, or is long, is quoted so that it does', () => {
  assert.equal(fail('\u{7}').details['found'], 'U+0007');
  assert.equal(fail('1\u{202e}').details['found'], 'U+202E');
  assert.equal(fail('1 \u{301}').details['found'], 'U+0301');
  assert.equal(fail('\u{d800}').details['found'], 'U+D800');
  assert.equal(fail(`1 ${'2'.repeat(50)}`).details['found'], `${'2'.repeat(20)}…`);
});

test('limits of the text are errors that name the limit', () => {
  assert.deepEqual(fail('1+1+1', { maxLength: 4 }).details, { column: 5, limit: 4 });
  assert.deepEqual(fail('((1))', { maxDepth: 1 }).details, { column: 2, limit: 1 });
  assert.deepEqual(fail('1+1.2345678901', { precision: 1, maxDigits: 10 }).details, {
    column: 3,
    limit: 10,
  });
  assert.deepEqual(fail('1+abcd', { maxNameLength: 3 }).details, { column: 3, limit: 3 });
  assert.equal(fail('1+1+1+1', { maxWork: 2 }).code, 'TOO_MUCH_WORK');
});

test('the length is counted in characters', () => {
  const calculator = new Calculator({ maxLength: 3 });
  assert.equal(calculator.evaluate('𝑥=2'), '2');
  assert.throws(() => calculator.evaluate('𝑥=23'), { code: 'EXPRESSION_TOO_LONG', column: 4 });
});

test('a variable too many is refused, one assigned again is not', () => {
  const calculator = new Calculator({ maxVariables: 2 });
  calculator.evaluate('x = 1');
  calculator.evaluate('y = 2');
  assert.throws(() => calculator.evaluate('z = 3'), {
    code: 'TOO_MANY_VARIABLES',
    column: 1,
    details: { column: 1, limit: 2 },
  });
  assert.equal(calculator.evaluate('x = 4'), '4');
});

test('options outside their range are refused', () => {
  for (const options of [
    { precision: 0 },
    { precision: 101 },
    { precision: 2.5 },
    { precision: 34, maxDigits: 39 },
    { maxLength: Infinity },
    { maxDepth: Number.NaN },
    { maxExponent: 33 },
    { maxAngleExponent: 701 },
    { maxWork: 0 },
  ]) {
    assert.throws(() => new Calculator(options), { code: 'INVALID_OPTION' });
  }
});
