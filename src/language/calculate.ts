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
      'the server (default json+tcp://127.0.0.1:7000); text+tcp://… speaks its line protocol',
    expression: 'one expression, in place of the prompt',
    welcome: (endpoint: string) => `${endpoint}; quit or Ctrl-D ends`,
    lost: 'the server ended the connection',
  },
  fr: {
    late: (milliseconds: number) => `pas de résultat en ${milliseconds} ms`,
    failed: 'le calcul a échoué',
    notText: "la ligne n'est pas de l'UTF-8",
    tooLong: 'la ligne est trop longue',
    description: "calculer, par un serveur : une invite, ou chaque ligne de l'entrée",
    endpoint:
      'le serveur (json+tcp://127.0.0.1:7000 par défaut) ; text+tcp://… parle son protocole de lignes',
    expression: "une expression, au lieu de l'invite",
    welcome: (endpoint: string) => `${endpoint} ; quit ou Ctrl-D termine`,
    lost: 'le serveur a terminé la connexion',
  },
});

/** The texts of {@link calculateTexts} in one language. */
export type CalculateTexts = (typeof calculateTexts)['en'];
