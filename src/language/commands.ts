import { translations } from './language.ts';

const headingsInEnglish: Readonly<Record<string, string>> = {};

/** What the command line says of itself, and of mistakes on it. */
export const commandTexts = translations({
  en: {
    description: 'Serve client-server programs, call them, watch every layer of them, check them.',
    versionOption: 'print the version',
    helpOption: 'print this help',
    helpCommand: 'print the help of a command',
    langOption: 'en or fr; by default that of LANG',
    watchOption: 'print each message layer by layer as it passes',
    seeHelp: '; see guichet --help',
    headings: headingsInEnglish,
    mistakes: {
      unknownOption: (option: string) => `unknown option ${option}`,
      unknownCommand: (command: string) => `unknown command ${command}`,
      missingArgument: (argument: string) => `missing argument ${argument}`,
      optionMissingArgument: (option: string) => `option ${option} needs a value`,
      excessArguments: 'too many arguments',
      unknownLanguage: (language: string, known: string) =>
        `unknown language "${language}"; known: ${known}`,
      notANumber: (text: string, min: number, max: number) =>
        `"${text}" is not a whole number from ${min} to ${max}`,
    },
    serve: {
      description: 'serve all applications, or the ones named, at their ports or where told',
      applications:
        'APPLICATION or APPLICATION=ENDPOINT, as message or echo=bytes+tcp://[::1]:7007',
      host: 'the address to listen on, in place of 127.0.0.1',
      port: 'the port to listen on (of one application; 0 lets the system choose)',
      config: 'a configuration file, TOML; by default guichet.toml if it is there',
      unknownApplication: (name: string, known: string) =>
        `unknown application "${name}"; known: ${known}`,
      twice: (name: string) =>
        `application "${name}" is named twice; give each endpoint as ${name}=ENDPOINT`,
      portOfOne: '--port goes with one application; write APPLICATION=ENDPOINT for several',
      holder: (command: string, pid: number) => `held by ${command} (process ${pid})`,
      setting: (name: string, usual: number) =>
        `${settingsInEnglish[name] ?? name} (default ${usual})`,
      draining: 'draining; once more to stop at once',
      ready: 'ready',
      columns: ['application', 'endpoint'] as readonly string[],
      configUnreadable: (path: string, reason: string) => `cannot read ${path}: ${reason}`,
      configWrong: (path: string, place: string, reason: string) => `${path}: ${place}: ${reason}`,
    },
    send: {
      description: 'send one message, and print what is answered',
      endpoint: 'where, and in what: text+tcp://127.0.0.1:6666',
      message: 'the message; for json, cbor and struct, a value in JSON; - reads it from stdin',
      timeout: 'milliseconds to wait for the end of the answer (default 2000)',
      answer: 'fail unless an answer comes in time',
      notJson: (reason: string) => `the message is not JSON: ${reason}`,
      noAnswer: (milliseconds: number) => `no answer within ${milliseconds} ms`,
    },
  },
  fr: {
    description:
      'Servir des programmes client-serveur, les appeler, en voir chaque couche, les vérifier.',
    versionOption: 'afficher la version',
    helpOption: 'afficher cette aide',
    helpCommand: "afficher l'aide d'une commande",
    langOption: 'en ou fr ; par défaut celle de LANG',
    watchOption: 'afficher chaque message, couche par couche, à son passage',
    seeHelp: ' ; voir guichet --help',
    headings: {
      Usage: 'Utilisation :',
      Arguments: 'Arguments :',
      Options: 'Options :',
      Commands: 'Commandes :',
    },
    mistakes: {
      unknownOption: (option: string) => `option inconnue ${option}`,
      unknownCommand: (command: string) => `commande inconnue ${command}`,
      missingArgument: (argument: string) => `il manque l'argument ${argument}`,
      optionMissingArgument: (option: string) => `l'option ${option} attend une valeur`,
      excessArguments: "trop d'arguments",
      unknownLanguage: (language: string, known: string) =>
        `langue inconnue « ${language} » ; connues : ${known}`,
      notANumber: (text: string, min: number, max: number) =>
        `« ${text} » n'est pas un nombre entier de ${min} à ${max}`,
    },
    serve: {
      description: 'servir toutes les applications, ou celles nommées, sur leurs ports ou ailleurs',
      applications:
        'APPLICATION ou APPLICATION=ENDPOINT, comme message ou echo=bytes+tcp://[::1]:7007',
      host: "l'adresse où écouter, au lieu de 127.0.0.1",
      port: "le port où écouter (d'une seule application ; 0 laisse choisir le système)",
      config: "un fichier de configuration, TOML ; par défaut guichet.toml s'il est là",
      unknownApplication: (name: string, known: string) =>
        `application inconnue « ${name} » ; connues : ${known}`,
      twice: (name: string) =>
        `l'application « ${name} » est nommée deux fois ; écrivez chaque accès ${name}=ENDPOINT`,
      portOfOne:
        '--port va avec une seule application ; pour plusieurs, écrivez APPLICATION=ENDPOINT',
      holder: (command: string, pid: number) => `tenu par ${command} (processus ${pid})`,
      setting: (name: string, usual: number) =>
        `${settingsInFrench[name] ?? name} (par défaut ${usual})`,
      draining: 'arrêt en cours ; encore une fois pour arrêter aussitôt',
      ready: 'ready',
      columns: ['application', 'accès'],
      configUnreadable: (path: string, reason: string) =>
        `lecture impossible de ${path} : ${reason}`,
      configWrong: (path: string, place: string, reason: string) =>
        `${path} : ${place} : ${reason}`,
    },
    send: {
      description: 'envoyer un message, et afficher la réponse',
      endpoint: 'où, et en quoi : text+tcp://127.0.0.1:6666',
      message: "le message ; pour json, cbor et struct, une valeur en JSON ; - le lit sur l'entrée",
      timeout: "millisecondes d'attente de la fin de la réponse (2000 par défaut)",
      answer: 'échouer si aucune réponse ne vient à temps',
      notJson: (reason: string) => `le message n'est pas du JSON : ${reason}`,
      noAnswer: (milliseconds: number) => `pas de réponse en ${milliseconds} ms`,
    },
  },
});

/** The texts of the command line in one language. */
export type CommandTexts = (typeof commandTexts)['en'];

const settingsInEnglish: Readonly<Record<string, string>> = {
  drain: 'milliseconds that connections are given to finish when stopping',
  'idle-timeout': 'milliseconds without a byte until a connection is closed; 0 never',
  'max-connections': 'connections at a time at each endpoint',
  'calculator-precision': 'significant digits of the calculator',
  'calculator-deadline': 'milliseconds that one expression may take',
  'services-precision': 'significant digits of the calculator service',
  'services-max-calls': 'calls in flight at a time',
  'message-silence': 'milliseconds of silence that end a message',
  'message-max-bytes': 'the longest message, in bytes',
};

const settingsInFrench: Readonly<Record<string, string>> = {
  drain: "millisecondes laissées aux connexions pour finir lors de l'arrêt",
  'idle-timeout': 'millisecondes sans un octet avant de fermer une connexion ; 0 jamais',
  'max-connections': 'connexions à la fois par accès',
  'calculator-precision': 'chiffres significatifs de la calculatrice',
  'calculator-deadline': "millisecondes qu'une expression peut prendre",
  'services-precision': 'chiffres significatifs du service calculatrice',
  'services-max-calls': 'appels en cours à la fois',
  'message-silence': 'millisecondes de silence qui terminent un message',
  'message-max-bytes': 'le plus long message, en octets',
};
