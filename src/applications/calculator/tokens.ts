import { CalculatorError } from './errors.ts';
import type { CalculatorLimits } from './limits.ts';

/** The signs of the language, one spelling each: `×` is read as `*`, `÷` as `/`, `−` as `-`. */
export type Sign =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | '!'
  | '²'
  | '³'
  | '('
  | ')'
  | ','
  | ';'
  | '=';

interface TokenBase {
  /** In characters (code points), 1 the first. */
  readonly column: number;
  /** As it was typed. */
  readonly written: string;
}

/** A number; `text` has a decimal point whatever was typed. */
export interface NumberToken extends TokenBase {
  readonly kind: 'number';
  readonly text: string;
}

/** The name of a constant, a function or a variable; `name` is in Unicode normal form C. */
export interface NameToken extends TokenBase {
  readonly kind: 'name';
  readonly name: string;
}

/** An operator, a parenthesis or a separator. */
export interface SignToken extends TokenBase {
  readonly kind: 'sign';
  readonly sign: Sign;
}

/** After the last character. */
export interface EndToken extends TokenBase {
  readonly kind: 'end';
}

/** What an expression is cut into. */
export type Token = NumberToken | NameToken | SignToken | EndToken;

const signs: ReadonlyMap<string, Sign> = new Map<string, Sign>([
  ['+', '+'],
  ['-', '-'],
  ['−', '-'],
  ['*', '*'],
  ['×', '*'],
  ['·', '*'],
  ['⋅', '*'],
  ['/', '/'],
  ['÷', '/'],
  ['%', '%'],
  ['^', '^'],
  ['!', '!'],
  ['²', '²'],
  ['³', '³'],
  ['(', '('],
  [')', ')'],
  [',', ','],
  [';', ';'],
  ['=', '='],
]);

const spaces = /\s+/uy;
const nameLetters = /[\p{L}_][\p{L}\p{M}\d_]*/uy;
const numberWithPoint = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+\-−]?\d+)?/uy;
const numberWithPointOrComma = /(?:\d+(?:\.\d*|,\d+)?|\.\d+)(?:[eE][+\-−]?\d+)?/uy;

/**
 * Cuts an expression into tokens, the last of kind `end`.
 *
 * A comma between two digits is a decimal comma, except directly inside the parentheses of a call
 * that holds no `;` at the same level: there it separates arguments. So `3,14` is one number,
 * `max(1,5)` has two arguments, and `max(1,5; 2)` two as well, the first 1.5.
 *
 * @throws {CalculatorError} `EXPRESSION_TOO_LONG`, `TOO_MANY_DIGITS`, `NAME_TOO_LONG` or `UNEXPECTED`.
 */
export function tokenize(expression: string, limits: CalculatorLimits): readonly Token[] {
  refuseTooLong(expression, limits.maxLength);
  const callsWithSemicolons = findCallsWithSemicolons(expression);
  const tokens: Token[] = [];
  const commaSeparates: boolean[] = [];
  let position = 0;
  let column = 1;

  while (position < expression.length) {
    const blank = readAt(spaces, expression, position);
    position += blank.length;
    column += blank.length;
    if (position === expression.length) break;

    const sign = signs.get(expression.charAt(position));
    if (sign !== undefined) {
      if (sign === '(') {
        const opensCall = tokens.at(-1)?.kind === 'name';
        commaSeparates.push(opensCall && !callsWithSemicolons.has(position));
      } else if (sign === ')') {
        commaSeparates.pop();
      }
      tokens.push({ kind: 'sign', sign, column, written: expression.charAt(position) });
      position += 1;
      column += 1;
      continue;
    }

    const number = readAt(
      commaSeparates.at(-1) === true ? numberWithPoint : numberWithPointOrComma,
      expression,
      position,
    );
    if (number !== '') {
      tokens.push(numberToken(number, column, limits.maxDigits));
      position += number.length;
      column += number.length;
      continue;
    }

    const name = readAt(nameLetters, expression, position);
    if (name === '') {
      const found = String.fromCodePoint(expression.codePointAt(position) ?? 0);
      const expected = endsOperand(tokens.at(-1)) ? 'operator' : 'operand';
      throw CalculatorError.of('UNEXPECTED', { column, found: showCharacter(found), expected });
    }
    const length = countCharacters(name);
    if (length > limits.maxNameLength) {
      throw CalculatorError.of('NAME_TOO_LONG', { column, limit: limits.maxNameLength });
    }
    tokens.push({ kind: 'name', name: name.normalize('NFC'), column, written: name });
    position += name.length;
    column += length;
  }
  tokens.push({ kind: 'end', column, written: '' });
  return tokens;
}

function readAt(pattern: RegExp, text: string, position: number): string {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? '';
}

function numberToken(written: string, column: number, maxDigits: number): NumberToken {
  const text = written.replace(',', '.').replace('−', '-');
  const exponentAt = text.search(/e/iu);
  const mantissa = exponentAt === -1 ? text : text.slice(0, exponentAt);
  const digits = mantissa.length - (mantissa.includes('.') ? 1 : 0);
  if (digits > maxDigits) {
    throw CalculatorError.of('TOO_MANY_DIGITS', { column, limit: maxDigits });
  }
  return { kind: 'number', text, column, written };
}

/** Where the `(` are whose list, at its own level, holds a `;`. */
function findCallsWithSemicolons(expression: string): ReadonlySet<number> {
  const found = new Set<number>();
  if (!expression.includes(';')) return found;
  const open: number[] = [];
  for (let position = 0; position < expression.length; position += 1) {
    const character = expression.charAt(position);
    if (character === '(') open.push(position);
    else if (character === ')') open.pop();
    else if (character === ';') {
      const innermost = open.at(-1);
      if (innermost !== undefined) found.add(innermost);
    }
  }
  return found;
}

function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  return token.kind === 'sign' ? [')', '!', '²', '³'].includes(token.sign) : token.kind !== 'end';
}

function refuseTooLong(expression: string, limit: number): void {
  // A character takes one or two UTF-16 units: most expressions need no counting.
  if (expression.length <= limit) return;
  if (expression.length > 2 * limit || countCharacters(expression) > limit) {
    throw CalculatorError.of('EXPRESSION_TOO_LONG', { column: limit + 1, limit });
  }
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** A character that would break the line or not show is named by its number instead. */
function showCharacter(character: string): string {
  if (!/[\p{C}\p{Z}\p{M}]/u.test(character)) return character;
  const number = character.codePointAt(0) ?? 0;
  return `U+${number.toString(16).toUpperCase().padStart(4, '0')}`;
}
