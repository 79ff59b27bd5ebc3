import { translations } from './language.ts';

const none: Readonly<Record<string, string>> = {};

/** One command line, and what it does. */
export type Example = readonly [commandLine: string, does: string];

/** What the command line says of itself, and of mistakes on it. */
export const commandTexts = translations({
  en: {
    description: 'Serve client-server programs, call them, watch every layer of them, check them.',
    versionOption: 'print the version',
    helpOption: 'print this help',
    helpCommand: 'print the help of a command',
    langOption: 'en or fr; by default that of LANG',
    watchOption: 'print each message layer by layer as it passes, on stderr',
    seeHelp: (command: string) => `; see ${command} --help`,
    examples: 'Examples:',
    exitCodes: 'Exit codes: 0 done, 1 what was asked for failed, 2 the command line was wrong.',
    usage: [
      ['guichet serve', 'start everything; the table says what listens where'],
      ['guichet send text+tcp://127.0.0.1:6666 bonjour', 'send one message'],
      ['guichet echo bytes+tcp://127.0.0.1:6668 --watch', 'check an echo, layer by layer'],
    ] as readonly Example[],
    /** Headings of the help by what commander calls them. */
    headings: none,
    /** Names of arguments and values in the help and in mistakes. */
    placeholders: none,
    mistakes: {
      unknownOption: (option: string) => `unknown option ${option}`,
      unknownCommand: (command: string) => `unknown command ${command}`,
      missingArgument: (argument: string) => `missing argument ${argument}`,
      optionMissingArgument: (option: string) => `option ${option} needs a value`,
      excessArguments: 'too many arguments',
      didYouMean: (names: string) => `; did you mean ${names}?`,
      or: 'or',
      unknownLanguage: (language: string, known: string) =>
        `unknown language "${language}"; known: ${known}`,
      notANumber: (name: string, text: string, min: number, max: number) =>
        `${name}: "${text}" is not a whole number from ${min} to ${max}`,
      inputTooLong: (limit: number) => `stdin has more than ${limit} bytes`,
    },
    notShown: (count: number) => `… ${count} lines not shown: stderr is read too slowly`,
    notPrinted: (reason: string) => `cannot write the results: ${reason}`,
  },
  fr: {
    description:
      'Servir des programmes client-serveur, les appeler, en voir chaque couche, les vérifier.',
    versionOption: 'afficher la version',
    helpOption: 'afficher cette aide',
    helpCommand: "afficher l'aide d'une commande",
    langOption: 'en ou fr ; par défaut celle de LANG',
    watchOption:
      "afficher chaque message, couche par couche, à son passage, sur la sortie d'erreur",
    seeHelp: (command: string) => ` ; voir ${command} --help`,
    examples: 'Exemples :',
    exitCodes:
      'Codes de sortie : 0 fait, 1 ce qui était demandé a échoué, 2 la ligne de commande est fausse.',
    usage: [
      ['guichet serve', 'tout démarrer ; le tableau dit ce qui écoute où'],
      ['guichet send text+tcp://127.0.0.1:6666 bonjour', 'envoyer un message'],
      ['guichet echo bytes+tcp://127.0.0.1:6668 --watch', 'vérifier un écho, couche par couche'],
    ],
    headings: {
      Usage: 'Utilisation :',
      Arguments: 'Arguments :',
      Options: 'Options :',
      Commands: 'Commandes :',
    },
    placeholders: {
      command: 'commande',
      language: 'langue',
      endpoint: 'accès',
      message: 'message',
      method: 'méthode',
      params: 'paramètres',
      expression: 'expression',
      applications: 'applications',
      number: 'nombre',
      bytes: 'octets',
      milliseconds: 'millisecondes',
      address: 'adresse',
      file: 'fichier',
      page: 'page',
      answer: 'réponse',
      addresses: 'adresses',
      path: 'chemin',
      text: 'texte',
      globs: 'motifs',
      charset: 'jeu',
      directives: 'directives',
      methods: 'méthodes',
      origins: 'origines',
      names: 'noms',
      root: 'racine',
      folder: 'dossier',
      key: 'clé',
      token: 'jeton',
      promotion: 'promotion',
      student: 'étudiant',
      family: 'nom',
      given: 'prénom',
      account: 'compte',
      assessment: 'évaluation',
      mark: 'note',
      marks: 'notes',
      value: 'valeur',
      change: 'modification',
      label: 'intitulé',
      day: 'jour',
      year: 'année',
      format: 'format',
      name: 'nom',
      place: 'endroit',
    },
    mistakes: {
      unknownOption: (option: string) => `option inconnue ${option}`,
      unknownCommand: (command: string) => `commande inconnue ${command}`,
      missingArgument: (argument: string) => `il manque l'argument ${argument}`,
      optionMissingArgument: (option: string) => `l'option ${option} attend une valeur`,
      excessArguments: "trop d'arguments",
      didYouMean: (names: string) => ` ; vouliez-vous dire ${names} ?`,
      or: 'ou',
      unknownLanguage: (language: string, known: string) =>
        `langue inconnue « ${language} » ; connues : ${known}`,
      notANumber: (name: string, text: string, min: number, max: number) =>
        `${name} : « ${text} » n'est pas un nombre entier de ${min} à ${max}`,
      inputTooLong: (limit: number) => `l'entrée a plus de ${limit} octets`,
    },
    notShown: (count: number) =>
      `… ${count} lignes omises : la sortie d'erreur est lue trop lentement`,
    notPrinted: (reason: string) => `les résultats ne peuvent pas être écrits : ${reason}`,
  },
});

/** The texts of the command line in one language. */
export type CommandTexts = (typeof commandTexts)['en'];
