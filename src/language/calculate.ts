import type { Example } from './commands.ts';
import { translations } from './language.ts';

/** What the calculator's server and its client say, beside the errors of expressions. */
export const calculateTexts = translations({
  en: {
    late: (milliseconds: number) => `no result within ${milliseconds} ms`,
    failed: 'the calculation failed',
    notText: 'the line is not UTF-8',
    tooLong: 'the line is too long',
    description: 'calculate, by a server: an interactive prompt, or each line of stdin',
    endpoint:
      'the server, text+tcp://… by its lines, json+tcp://… by calls (default json+tcp://127.0.0.1:7000)',
    expression: 'one expression, in place of the prompt',
    welcome: (endpoint: string) => `${endpoint}; help explains, quit or Ctrl-D ends`,
    help: (functions: readonly string[], constants: string): readonly (readonly string[])[] => [
      ['expressions', '2 + 3*4   (1 + 2)/3   -7 % 3   2^10   3²   5!   1.5e-3'],
      ['decimals', '0.5 or 0,5; among arguments max(0.5, 2) or max(0,5; 2)'],
      ...functions.map((line, index) => [index === 0 ? 'functions' : '', line]),
      ['constants', constants],
      ['memory', 'x = 3 keeps 3 as x; ans is the last result'],
      ['to leave', 'quit, exit or Ctrl-D'],
    ],
    lost: 'the server ended the connection',
    noCalculations: (codec: string) =>
      `no calculations in ${codec}: write text+…, json+… or cbor+…`,
    examples: [
      ['guichet calculate', 'a prompt, with a history'],
      ["guichet calculate '2^10'", 'one expression'],
      ["guichet calculate json+tcp://127.0.0.1:7000 '2^10'", 'the same, and where'],
      ['echo 1+2 | guichet calculate text+tcp://127.0.0.1:6667', 'each line of stdin'],
    ] as readonly Example[],
  },
  fr: {
    late: (milliseconds: number) => `pas de résultat en ${milliseconds} ms`,
    failed: 'le calcul a échoué',
    notText: "la ligne n'est pas de l'UTF-8",
    tooLong: 'la ligne est trop longue',
    description: "calculer, par un serveur : une invite, ou chaque ligne de l'entrée",
    endpoint:
      'le serveur, text+tcp://… par ses lignes, json+tcp://… par des appels (par défaut json+tcp://127.0.0.1:7000)',
    expression: "une expression, au lieu de l'invite",
    welcome: (endpoint: string) => `${endpoint} ; help explique, quit ou Ctrl-D termine`,
    help: (functions: readonly string[], constants: string) => [
      ['expressions', '2 + 3*4   (1 + 2)/3   -7 % 3   2^10   3²   5!   1,5e-3'],
      ['décimales', '0,5 ou 0.5 ; parmi les arguments max(0,5; 2) ou max(0.5, 2)'],
      ...functions.map((line, index) => [index === 0 ? 'fonctions' : '', line]),
      ['constantes', constants],
      ['mémoire', 'x = 3 garde 3 sous le nom x ; ans est le dernier résultat'],
      ['pour finir', 'quit, exit ou Ctrl-D'],
    ],
    lost: 'le serveur a terminé la connexion',
    noCalculations: (codec: string) =>
      `pas de calculs en ${codec} : écrivez text+…, json+… ou cbor+…`,
    examples: [
      ['guichet calculate', 'une invite, avec un historique'],
      ["guichet calculate '2^10'", 'une expression'],
      ["guichet calculate json+tcp://127.0.0.1:7000 '2^10'", 'la même, et où'],
      ['echo 1+2 | guichet calculate text+tcp://127.0.0.1:6667', "chaque ligne de l'entrée"],
    ],
  },
});

/** The texts of {@link calculateTexts} in one language. */
export type CalculateTexts = (typeof calculateTexts)['en'];
