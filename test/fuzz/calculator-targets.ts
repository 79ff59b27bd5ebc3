import assert from 'node:assert/strict';
import { Calculator, CalculatorError, functions } from '../../src/applications/calculator/index.ts';
import type { FuzzTarget } from './target.ts';

const seeds = [
  'x = 3,14\n-x^2 % max(1,5; 2)\nans!',
  'round(2.5e-3, 2) × 2³ ÷ −7',
  'sqrt(sin(pi)^2 + cos(pi)^2)\n((1+2)*(3-4))/0',
  'été = 1e6144 / 9e-6144\nln(2)^9999\ntan(1e500)',
];
const signs = Array.from('+-*/%^!()=,;²×\n');
const tokens = [...functions.keys(), ...signs, '1e-6144', '9e6144', '0.5', 'ans'];

/** Evaluates line after line: each gives a result that evaluates to itself, or an error of ours. */
const calculatorTarget: FuzzTarget = {
  name: 'calculator',
  seeds: seeds.map((text) => Buffer.from(text)),
  tokens: tokens.map((text) => Buffer.from(text)),
  run(bytes) {
    // Little work an expression, so that many are tried.
    const calculator = new Calculator({ maxWork: 600 });
    for (const line of Buffer.from(bytes).toString('utf8').split('\n')) {
      try {
        const result = calculator.evaluate(line);
        assert.equal(calculator.evaluate(result), result);
      } catch (error) {
        if (!(error instanceof CalculatorError)) throw error;
        assert.match(error.toLine('en'), /^error: \P{C}+$/u);
        assert.match(error.toLine('fr'), /^error: \P{C}+$/u);
        assert.ok(error.column >= 1 && error.column <= Array.from(line).length + 1);
      }
    }
    assert.equal(calculator.evaluate('2/3'), '0.6666666666666666666666666666666667');
  },
};

/** The calculator, line by line as over a connection. */
export const calculatorTargets: readonly FuzzTarget[] = [calculatorTarget];
