import { type Translations, translations } from './language.ts';

/** Where in the expression an error is: 1 is the first character. */
interface Place {
  readonly column: number;
}

interface Limit extends Place {
  readonly limit: number;
}

interface Name extends Place {
  readonly name: string;
}

/** Every way a calculation can fail, by its stable code, with the values its text speaks about. */
export interface CalculatorErrorDetails {
  readonly EMPTY_EXPRESSION: Place;
  readonly EXPRESSION_TOO_LONG: Limit;
  readonly NESTED_TOO_DEEP: Limit;
  readonly TOO_MANY_DIGITS: Limit;
  readonly NAME_TOO_LONG: Limit;
  readonly TOO_MANY_VARIABLES: Limit;
  readonly TOO_MUCH_WORK: Place;
  readonly UNEXPECTED: Place & {
    readonly found: string;
    readonly expected: 'operand' | 'operator';
  };
  readonly UNEXPECTED_END: Place;
  readonly PARENTHESIS_NOT_CLOSED: Place;
  readonly PARENTHESIS_NOT_OPENED: Place;
  readonly UNKNOWN_NAME: Name & { readonly suggestion?: string };
  readonly NOT_A_FUNCTION: Name;
  readonly FUNCTION_NOT_CALLED: Name;
  readonly RESERVED_NAME: Name;
  readonly NO_ANSWER_YET: Place;
  readonly WRONG_ARGUMENT_COUNT: Name & {
    readonly minimum: number;
    /** Left out where there may be any number. */
    readonly maximum?: number;
    readonly actual: number;
  };
  readonly DIVISION_BY_ZERO: Place;
  readonly OUTSIDE_DOMAIN: Name & {
    readonly operands: readonly string[];
    /** What was asked for, and what it needs, in signs both languages share: `sqrt(x)`, `x >= 0`. */
    readonly form: string;
    readonly condition: string;
  };
  readonly NUMBER_TOO_LARGE: Limit;
  readonly NUMBER_TOO_SMALL: Limit;
  readonly ANGLE_TOO_LARGE: Limit;
  readonly FACTORIAL_TOO_LARGE: Limit;
}

/** Stable, in capitals, never translated: `DIVISION_BY_ZERO`, `UNEXPECTED`… */
export type CalculatorErrorCode = keyof CalculatorErrorDetails;

type CalculatorTexts = {
  readonly [Code in CalculatorErrorCode]: (details: CalculatorErrorDetails[Code]) => string;
};

const english: CalculatorTexts = {
  EMPTY_EXPRESSION: ({ column }) =>
    `nothing to calculate at column ${column}: type an expression, such as 1+2`,
  EXPRESSION_TOO_LONG: ({ column, limit }) =>
    `too long at column ${column}: at most ${limit} characters`,
  NESTED_TOO_DEEP: ({ column, limit }) =>
    `too deep at column ${column}: at most ${limit} levels of parentheses, signs and powers`,
  TOO_MANY_DIGITS: ({ column, limit }) =>
    `number too long at column ${column}: at most ${limit} digits`,
  NAME_TOO_LONG: ({ column, limit }) =>
    `name too long at column ${column}: at most ${limit} characters`,
  TOO_MANY_VARIABLES: ({ column, limit }) =>
    `too many variables at column ${column}: at most ${limit}, assign one of them again`,
  TOO_MUCH_WORK: ({ column }) =>
    `too much work at column ${column}: calculate it in several expressions`,
  UNEXPECTED: ({ column, found, expected }) =>
    `unexpected '${found}' at column ${column}: ${
      expected === 'operand' ? "a number, a name or '(' goes here" : 'an operator goes here'
    }`,
  UNEXPECTED_END: ({ column }) =>
    `unexpected end at column ${column}: a number, a name or '(' goes here`,
  PARENTHESIS_NOT_CLOSED: ({ column }) =>
    `parenthesis opened at column ${column} and never closed: add a ')'`,
  PARENTHESIS_NOT_OPENED: ({ column }) =>
    `parenthesis closed at column ${column} and never opened: remove this ')'`,
  UNKNOWN_NAME: ({ column, name, suggestion }) =>
    `unknown name ${name} at column ${column}${suggestion === undefined ? '' : `: did you mean ${suggestion}?`}`,
  NOT_A_FUNCTION: ({ column, name }) =>
    `${name} is not a function at column ${column}: multiply with *`,
  FUNCTION_NOT_CALLED: ({ column, name }) =>
    `${name} is a function at column ${column}: write ${name}(...)`,
  RESERVED_NAME: ({ column, name }) =>
    `${name} cannot be assigned at column ${column}: choose another name`,
  NO_ANSWER_YET: ({ column }) =>
    `no previous answer at column ${column}: calculate something first`,
  WRONG_ARGUMENT_COUNT: ({ column, name, minimum, maximum, actual }) =>
    `${name} takes ${countArguments(minimum, maximum, 'or', 'at least', 'argument')}, not ${actual}, at column ${column}${
      actual > (maximum ?? Infinity) ? ': here a comma separates, write decimals with a point' : ''
    }`,
  DIVISION_BY_ZERO: ({ column }) => `division by zero at column ${column}`,
  OUTSIDE_DOMAIN: ({ column, name, operands, form, condition }) =>
    `${name} is not defined for ${operands.join(' and ')} at column ${column}: ${form} needs ${condition}`,
  NUMBER_TOO_LARGE: ({ column, limit }) =>
    `number too large at column ${column}: it must stay below 1e${limit + 1}`,
  NUMBER_TOO_SMALL: ({ column, limit }) =>
    `number too close to zero at column ${column}: the smallest is 1e-${limit}`,
  ANGLE_TOO_LARGE: ({ column, limit }) =>
    `angle too large at column ${column}: it must stay below 1e${limit + 1}`,
  FACTORIAL_TOO_LARGE: ({ column, limit }) =>
    `factorial too large at column ${column}: at most ${limit}!`,
};

const french: CalculatorTexts = {
  EMPTY_EXPRESSION: ({ column }) =>
    `rien à calculer à la colonne ${column} : tapez une expression, par exemple 1+2`,
  EXPRESSION_TOO_LONG: ({ column, limit }) =>
    `expression trop longue à la colonne ${column} : ${limit} caractères au plus`,
  NESTED_TOO_DEEP: ({ column, limit }) =>
    `imbrication trop profonde à la colonne ${column} : ${limit} niveaux de parenthèses, signes et puissances au plus`,
  TOO_MANY_DIGITS: ({ column, limit }) =>
    `nombre trop long à la colonne ${column} : ${limit} chiffres au plus`,
  NAME_TOO_LONG: ({ column, limit }) =>
    `nom trop long à la colonne ${column} : ${limit} caractères au plus`,
  TOO_MANY_VARIABLES: ({ column, limit }) =>
    `trop de variables à la colonne ${column} : ${limit} au plus, réaffectez-en une`,
  TOO_MUCH_WORK: ({ column }) =>
    `trop de travail à la colonne ${column} : calculez en plusieurs expressions`,
  UNEXPECTED: ({ column, found, expected }) =>
    `« ${found} » inattendu à la colonne ${column} : il faut ici ${
      expected === 'operand' ? 'un nombre, un nom ou « ( »' : 'un opérateur'
    }`,
  UNEXPECTED_END: ({ column }) =>
    `fin inattendue à la colonne ${column} : il faut ici un nombre, un nom ou « ( »`,
  PARENTHESIS_NOT_CLOSED: ({ column }) =>
    `parenthèse ouverte à la colonne ${column} et jamais fermée : ajoutez une « ) »`,
  PARENTHESIS_NOT_OPENED: ({ column }) =>
    `parenthèse fermée à la colonne ${column} et jamais ouverte : retirez cette « ) »`,
  UNKNOWN_NAME: ({ column, name, suggestion }) =>
    `nom inconnu ${name} à la colonne ${column}${suggestion === undefined ? '' : ` : vouliez-vous dire ${suggestion} ?`}`,
  NOT_A_FUNCTION: ({ column, name }) =>
    `${name} n'est pas une fonction à la colonne ${column} : multipliez avec *`,
  FUNCTION_NOT_CALLED: ({ column, name }) =>
    `${name} est une fonction à la colonne ${column} : écrivez ${name}(...)`,
  RESERVED_NAME: ({ column, name }) =>
    `${name} ne peut pas être affecté à la colonne ${column} : choisissez un autre nom`,
  NO_ANSWER_YET: ({ column }) =>
    `pas de réponse précédente à la colonne ${column} : calculez d'abord quelque chose`,
  WRONG_ARGUMENT_COUNT: ({ column, name, minimum, maximum, actual }) =>
    `${name} prend ${countArguments(minimum, maximum, 'ou', 'au moins', 'argument')}, pas ${actual}, à la colonne ${column}${
      actual > (maximum ?? Infinity)
        ? ' : ici la virgule sépare, écrivez les décimales avec un point'
        : ''
    }`,
  DIVISION_BY_ZERO: ({ column }) => `division par zéro à la colonne ${column}`,
  OUTSIDE_DOMAIN: ({ column, name, operands, form, condition }) =>
    `${name} n'est pas défini pour ${operands.join(' et ')} à la colonne ${column} : ${form} demande ${condition}`,
  NUMBER_TOO_LARGE: ({ column, limit }) =>
    `nombre trop grand à la colonne ${column} : il doit rester sous 1e${limit + 1}`,
  NUMBER_TOO_SMALL: ({ column, limit }) =>
    `nombre trop proche de zéro à la colonne ${column} : le plus petit est 1e-${limit}`,
  ANGLE_TOO_LARGE: ({ column, limit }) =>
    `angle trop grand à la colonne ${column} : il doit rester sous 1e${limit + 1}`,
  FACTORIAL_TOO_LARGE: ({ column, limit }) =>
    `factorielle trop grande à la colonne ${column} : ${limit}! au plus`,
};

/**
 * What the calculator says when it cannot answer: one line, the column included, without the
 * `error: ` that the text protocol puts before it.
 *
 * @example
 * ```ts
 * import { calculatorTexts } from 'guichet/language';
 * const text = calculatorTexts.fr.DIVISION_BY_ZERO({ column: 2 });
 * if (text !== 'division par zéro à la colonne 2') throw new Error(text);
 * ```
 */
export const calculatorTexts: Translations<CalculatorTexts> = translations({
  en: english,
  fr: french,
});

function countArguments(
  minimum: number,
  maximum: number | undefined,
  or: string,
  atLeast: string,
  argument: string,
): string {
  if (maximum === undefined) return `${atLeast} ${minimum} ${argument}`;
  const counts = minimum === maximum ? `${minimum}` : `${minimum} ${or} ${maximum}`;
  return `${counts} ${argument}${maximum > 1 ? 's' : ''}`;
}
