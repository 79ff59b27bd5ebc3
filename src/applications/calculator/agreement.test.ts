import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Calculator } from './calculator.ts';
import { CalculatorError } from './errors.ts';
import { canonize } from '../../../test/support/canonize.ts';

const PYTHON = '/usr/bin/python3';

/** Reads a JSON array of expressions, answers a JSON array of `sign digits e exponent` or codes. */
const DECIMAL_ORACLE = `
import ast, json, re, sys
from decimal import *

setcontext(Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6144, Emax=6144, capitals=0,
                   traps=[InvalidOperation, DivisionByZero, Overflow, Underflow, Subnormal]))
context = getcontext()

def wide(precision):
    return Context(prec=precision, Emin=MIN_EMIN, Emax=MAX_EMAX,
                   traps=[InvalidOperation, Overflow, Underflow])

def divide(a, b):
    if b == 0: raise ZeroDivisionError
    return a / b

def remainder(a, b):
    if b == 0: raise ZeroDivisionError
    with localcontext(wide(20000)): exact = a % b
    return +exact

def power(a, b):
    if a == 0 and b < 0: raise ZeroDivisionError
    # At its own precision, ** is off by one in the last digit now and then.
    with localcontext(wide(100)): exact = a ** b
    return +exact

def positive(x):
    if x <= 0: raise InvalidOperation
    return x

def integral(rounding):
    return lambda x: x.to_integral_value(rounding)

def round_half_up(x, places=0):
    return x.scaleb(places).to_integral_value(ROUND_HALF_UP).scaleb(-places)

names = {
    'number': context.create_decimal, 'divide': divide, 'remainder': remainder, 'power': power,
    'sqrt': context.sqrt, 'exp': context.exp, 'min': min, 'max': max, 'abs': abs,
    'ln': lambda x: positive(x).ln(), 'log10': lambda x: positive(x).log10(),
    'floor': integral(ROUND_FLOOR), 'ceil': integral(ROUND_CEILING), 'round': round_half_up,
}
operators = {ast.Div: 'divide', ast.Mod: 'remainder', ast.Pow: 'power'}

class Rename(ast.NodeTransformer):
    def visit_BinOp(self, node):
        self.generic_visit(node)
        name = operators.get(type(node.op))
        if name is None: return node
        return ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], [])

def evaluate(text):
    source = re.sub(r'(?<![a-z0-9])[0-9.]+(e[+-]?[0-9]+)?', r'number("\\g<0>")', text)
    tree = Rename().visit(ast.parse(source.replace('^', '**'), mode='eval'))
    try:
        value = eval(compile(ast.fix_missing_locations(tree), '', 'eval'), {**names})
    except ZeroDivisionError: return 'DIVISION_BY_ZERO'
    except Overflow: return 'NUMBER_TOO_LARGE'
    except (Underflow, Subnormal): return 'NUMBER_TOO_SMALL'
    except InvalidOperation: return 'OUTSIDE_DOMAIN'
    if value == 0: return '0'
    sign, digits, exponent = value.as_tuple()
    text = ''.join(map(str, digits))
    short = text.rstrip('0')
    return ('-' if sign else '') + short + 'e' + str(exponent + len(text) - len(short))

json.dump([evaluate(text) for text in json.load(sys.stdin)], sys.stdout)
`;

function answer(expression: string): string {
  try {
    return canonize(new Calculator().evaluate(expression));
  } catch (error) {
    if (error instanceof CalculatorError) return error.code;
    throw error;
  }
}

const digits = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength })
    .map((drawn) => drawn.join('').replace(/^0+(?=.)/u, ''));

const number = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 100 }).map(String) },
  { weight: 2, arbitrary: fc.tuple(digits(4), digits(4)).map(([a, b]) => `${a}.${b}`) },
  { weight: 2, arbitrary: fc.tuple(digits(20), digits(20)).map(([a, b]) => `${a}.${b}`) },
  { weight: 1, arbitrary: digits(40) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(digits(12), digits(12), fc.integer({ min: -60, max: 60 }))
      .map(([a, b, scale]) => `${a}.${b}e${scale}`),
  },
);
const exponent = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -9, max: 9 }).map(String) },
  { weight: 4, arbitrary: fc.integer({ min: -300, max: 300 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('0.5', '-0.5', '1.5', '2.25') },
  { weight: 1, arbitrary: fc.tuple(digits(3), digits(30)).map(([a, b]) => `${a}.${b}`) },
);

const { expression } = fc.letrec<{ expression: string; term: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    tie('term'),
    fc
      .tuple(tie('term'), fc.constantFrom('+', '-', '*', '/', '%'), tie('expression'))
      .map(([left, operator, right]) => `${left}${operator}${right}`),
  ),
  term: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: number },
    { weight: 2, arbitrary: tie('expression').map((inside) => `(${inside})`) },
    { weight: 1, arbitrary: tie('term').map((operand) => `-${operand}`) },
    {
      weight: 2,
      arbitrary: fc.tuple(tie('term'), exponent).map(([base, raised]) => `${base}^${raised}`),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.constantFrom('sqrt', 'ln', 'log10', 'exp', 'abs', 'floor', 'ceil', 'round'),
          tie('expression'),
        )
        .map(([name, operand]) => `${name}(${operand})`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('min', 'max'), tie('expression'), tie('expression'))
        .map(([name, first, second]) => `${name}(${first}, ${second})`),
    },
  ),
}));

test("10,000 random expressions have the value, or the error, that Python's decimal gives", () => {
  const expressions = fc.sample(expression, { numRuns: 10_000, seed: 20_260_611 });
  const python = spawnSync(PYTHON, ['-c', DECIMAL_ORACLE], {
    input: JSON.stringify(expressions),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(python.stderr, '');
  const expected = JSON.parse(python.stdout) as string[];
  const differing = expressions
    .map((text, index) => ({ text, ours: answer(text), theirs: expected[index] }))
    .filter(({ ours, theirs }) => ours !== theirs);
  assert.deepEqual(differing.slice(0, 10), []);
  assert.equal(expected.length, 10_000);
  const values = expected.filter((each) => /\d/u.test(each));
  assert.ok(values.length > 5_000, `only ${values.length} of the expressions have a value`);
});
