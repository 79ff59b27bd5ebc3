import { CalculatorError } from './errors.ts';
import type { CalculatorLimits } from './limits.ts';
import { type EndToken, type Sign, type Token, tokenize } from './tokens.ts';

/** Signs that stand between two operands. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^';

/** Signs that follow their operand. */
export type PostfixOperator = '!' | '²' | '³';

/** A parsed expression; `column` is where its operator, name or first digit stands. */
export type Expression =
  | { readonly kind: 'number'; readonly text: string; readonly column: number }
  | { readonly kind: 'name'; readonly name: string; readonly column: number }
  | {
      readonly kind: 'prefix';
      readonly operator: '+' | '-';
      readonly operand: Expression;
      readonly column: number;
    }
  | {
      readonly kind: 'postfix';
      readonly operator: PostfixOperator;
      readonly operand: Expression;
      readonly column: number;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly column: number;
    }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly operands: readonly Expression[];
      readonly column: number;
    };

/** One line: an expression, and the variable it goes to where there is one. */
export interface Statement {
  readonly target: { readonly name: string; readonly column: number } | undefined;
  readonly expression: Expression;
}

/** How tightly an operator holds the operand on its left, and the one on its right. */
type Binding =
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; left: number; right: number }
  | { readonly kind: 'postfix'; readonly operator: PostfixOperator; left: number };

const PREFIX_POWER = 30;

const bindings: ReadonlyMap<Sign, Binding> = new Map<Sign, Binding>([
  ['+', { kind: 'binary', operator: '+', left: 10, right: 11 }],
  ['-', { kind: 'binary', operator: '-', left: 10, right: 11 }],
  ['*', { kind: 'binary', operator: '*', left: 20, right: 21 }],
  ['/', { kind: 'binary', operator: '/', left: 20, right: 21 }],
  ['%', { kind: 'binary', operator: '%', left: 20, right: 21 }],
  // Right associative, and tighter on its left than a sign: -2^2 is -(2^2).
  ['^', { kind: 'binary', operator: '^', left: 40, right: 39 }],
  ['!', { kind: 'postfix', operator: '!', left: 50 }],
  ['²', { kind: 'postfix', operator: '²', left: 50 }],
  ['³', { kind: 'postfix', operator: '³', left: 50 }],
]);

/**
 * Parses one line into a tree no deeper than the limits allow, except along its left side: a chain
 * such as `1+1+1+…` nests to the left as far as it is long.
 *
 * @throws {CalculatorError} that points at what does not fit.
 *
 * @example
 * ```ts
 * import { defaultLimits, parse } from 'guichet/calculator';
 * const { target, expression } = parse('x = 1 + 2', defaultLimits);
 * if (target?.name !== 'x' || expression.kind !== 'binary') throw new Error('not an assignment');
 * ```
 */
export function parse(expression: string, limits: CalculatorLimits): Statement {
  return new Parser(tokenize(expression, limits), limits).parseStatement();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: EndToken;
  readonly #maxDepth: number;
  #position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], limits: CalculatorLimits) {
    this.#tokens = tokens;
    this.#end = { kind: 'end', column: tokens.at(-1)?.column ?? 1, written: '' };
    this.#maxDepth = limits.maxDepth;
  }

  parseStatement(): Statement {
    const first = this.#peek();
    if (first.kind === 'end') throw CalculatorError.of('EMPTY_EXPRESSION', { column: 1 });
    let target: Statement['target'];
    if (first.kind === 'name' && isSign(this.#peek(1), '=')) {
      target = { name: first.name, column: first.column };
      this.#position += 2;
    }
    const expression = this.#parseExpression(0);
    const rest = this.#peek();
    if (isSign(rest, ')')) {
      throw CalculatorError.of('PARENTHESIS_NOT_OPENED', { column: rest.column });
    }
    if (rest.kind !== 'end') throw unexpected(rest, 'operator');
    return { target, expression };
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#position + ahead] ?? this.#end;
  }

  /** Reads operators as long as they hold `left` at least as tightly as `minimumPower`. */
  #parseExpression(minimumPower: number): Expression {
    let left = this.#parseOperand();
    for (;;) {
      const token = this.#peek();
      const binding = token.kind === 'sign' ? bindings.get(token.sign) : undefined;
      if (binding === undefined || binding.left < minimumPower) return left;
      this.#position += 1;
      const { column } = token;
      if (binding.kind === 'postfix') {
        left = { kind: 'postfix', operator: binding.operator, operand: left, column };
        continue;
      }
      const { operator } = binding;
      const right =
        operator === '^'
          ? this.#nest(column, () => this.#parseExpression(binding.right))
          : this.#parseExpression(binding.right);
      left = { kind: 'binary', operator, left, right, column };
    }
  }

  #parseOperand(): Expression {
    const token = this.#peek();
    const { column } = token;
    this.#position += 1;
    if (token.kind === 'number') return { kind: 'number', text: token.text, column };
    if (token.kind === 'name') {
      if (!isSign(this.#peek(), '(')) return { kind: 'name', name: token.name, column };
      return { kind: 'call', name: token.name, operands: this.#parseArguments(), column };
    }
    if (token.kind === 'end') throw CalculatorError.of('UNEXPECTED_END', { column });
    if (token.sign === '+' || token.sign === '-') {
      const operand = this.#nest(column, () => this.#parseExpression(PREFIX_POWER));
      return { kind: 'prefix', operator: token.sign, operand, column };
    }
    if (token.sign !== '(') throw unexpected(token, 'operand');
    const inside = this.#nest(column, () => this.#parseExpression(0));
    this.#close(column);
    return inside;
  }

  #parseArguments(): readonly Expression[] {
    const opened = this.#peek().column;
    this.#position += 1;
    if (isSign(this.#peek(), ')')) {
      this.#position += 1;
      return [];
    }
    return this.#nest(opened, () => {
      const operands = [this.#parseExpression(0)];
      const separator = this.#peek();
      if (isSign(separator, ',') || isSign(separator, ';')) {
        while (isSign(this.#peek(), separator.sign)) {
          this.#position += 1;
          operands.push(this.#parseExpression(0));
        }
      }
      this.#close(opened);
      return operands;
    });
  }

  #close(opened: number): void {
    const token = this.#peek();
    if (token.kind === 'end') {
      throw CalculatorError.of('PARENTHESIS_NOT_CLOSED', { column: opened });
    }
    if (!isSign(token, ')')) throw unexpected(token, 'operator');
    this.#position += 1;
  }

  /** Only these constructs make the parser and the evaluator recurse, so the stack stays bounded. */
  #nest<Result>(column: number, read: () => Result): Result {
    if (this.#depth === this.#maxDepth) {
      throw CalculatorError.of('NESTED_TOO_DEEP', { column, limit: this.#maxDepth });
    }
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }
}

function isSign(token: Token, sign: Sign): token is Token & { readonly kind: 'sign' } {
  return token.kind === 'sign' && token.sign === sign;
}

const LONGEST_SHOWN = 20;

function unexpected(token: Token, expected: 'operand' | 'operator'): CalculatorError {
  const { column, written } = token;
  const characters = Array.from(written);
  const shown =
    characters.length > LONGEST_SHOWN ? `${characters.slice(0, LONGEST_SHOWN).join('')}…` : written;
  return CalculatorError.of('UNEXPECTED', { column, found: shown, expected });
}
