import type { Example } from './commands.ts';
import { translations } from './language.ts';

/** What each setting of `guichet serve` is for, by its name. */
const settingsInEnglish: Readonly<Record<string, string>> = {
  drain: 'milliseconds that connections are given to finish when stopping',
  'idle-timeout': 'milliseconds without a byte until a connection is closed; 0 never',
  'max-connections': 'connections at a time at each endpoint',
  'message-silence': 'milliseconds of silence that end a message',
  'message-deadline': 'milliseconds from the first byte of a message to its end',
  'message-max-bytes': 'the longest message, in bytes',
  'calculator-precision': 'significant digits of the calculator',
  'calculator-deadline': 'milliseconds that one expression may take',
  'services-precision': 'significant digits of the calculator service',
  'services-max-calls': 'calls in flight at a time',
};

const settingsInFrench: Readonly<Record<string, string>> = {
  drain: "millisecondes laissées aux connexions pour finir lors de l'arrêt",
  'idle-timeout': 'millisecondes sans un octet avant de fermer une connexion ; 0 jamais',
  'max-connections': 'connexions à la fois par accès',
  'message-silence': 'millisecondes de silence qui terminent un message',
  'message-deadline': "millisecondes du premier octet d'un message à sa fin",
  'message-max-bytes': 'le plus long message, en octets',
  'calculator-precision': 'chiffres significatifs de la calculatrice',
  'calculator-deadline': "millisecondes qu'une expression peut prendre",
  'services-precision': 'chiffres significatifs du service calculatrice',
  'services-max-calls': 'appels en cours à la fois',
};

/** What each setting is for that is a text. */
const textSettingsInEnglish: Readonly<Record<string, string>> = {
  'http-root': 'the folder whose files http serves, in place of the page of welcome',
  store:
    "where what is kept is: a file, or postgres://user@host/database (default guichet.sqlite in the user's data folder)",
};

const textSettingsInFrench: Readonly<Record<string, string>> = {
  'http-root': "le dossier dont http sert les fichiers, au lieu de la page d'accueil",
  store:
    "où se garde ce qui est gardé : un fichier, ou postgres://utilisateur@hôte/base (par défaut guichet.sqlite dans le dossier de données de l'utilisateur)",
};

/** What `guichet serve` says. */
export const serveTexts = translations({
  en: {
    description: 'serve all applications, or the ones named, at their ports or where told',
    applications: 'APPLICATION or APPLICATION=ENDPOINT, as message or echo=bytes+tcp://[::1]:7007',
    host: 'the address to listen on, in place of 127.0.0.1',
    port: 'the port to listen on (of one application; 0 lets the system choose)',
    config: 'a configuration file, TOML; by default guichet.toml if it is there',
    json: 'print the table of endpoints as one line of JSON',
    settings: settingsInEnglish,
    textSettings: textSettingsInEnglish,
    usually: (value: number) => ` (default ${value})`,
    unknownApplication: (name: string, known: string) =>
      `unknown application "${name}"; known: ${known}`,
    twice: (name: string) =>
      `application "${name}" is named twice; give each endpoint as ${name}=ENDPOINT`,
    portOfOne: (source: string) =>
      `${source} goes with one application; write APPLICATION=ENDPOINT for several`,
    portTooHigh: (source: string, highest: number) =>
      `${source}: its other endpoints come after it; take ${highest} at most`,
    badHost: (source: string, host: string) =>
      `${source}: "${host}" is not a host; write a name or an address, as ::1`,
    holder: (command: string, pid: number) => `held by ${command} (process ${pid})`,
    draining: 'stopping: answers are being finished; once more ends at once',
    notRead: 'nobody reads stdout any more: what is printed there is lost',
    ready: 'ready',
    columns: ['application', 'endpoint'] as readonly string[],
    configUnreadable: (path: string, reason: string) => `cannot read ${path}: ${reason}`,
    configWrong: (path: string, place: string, reason: string) => `${path}: ${place}: ${reason}`,
    settingsNote:
      'Every option can also be set in the configuration file (idle-timeout = 1000, under [message] silence = 500, endpoints = […]) and, weaker still, by the environment (GUICHET_IDLE_TIMEOUT, GUICHET_MESSAGE_SILENCE, GUICHET_MESSAGE_ENDPOINTS).',
    examples: [
      ['guichet serve', 'everything, on 127.0.0.1'],
      ['guichet serve message', 'the message server alone; a message quit stops it'],
      ['guichet serve echo --port 7007 --watch', 'an echo server, each layer shown'],
      ['guichet serve echo=bytes+tls://[::1]:7007', 'over TLS, with a certificate of its own'],
    ] as readonly Example[],
  },
  fr: {
    description: 'servir toutes les applications, ou celles nommées, sur leurs ports ou ailleurs',
    applications: 'APPLICATION ou APPLICATION=ACCÈS, comme message ou echo=bytes+tcp://[::1]:7007',
    host: "l'adresse où écouter, au lieu de 127.0.0.1",
    port: "le port où écouter (d'une seule application ; 0 laisse choisir le système)",
    config: "un fichier de configuration, TOML ; par défaut guichet.toml s'il est là",
    json: 'afficher le tableau des accès en une ligne de JSON',
    settings: settingsInFrench,
    textSettings: textSettingsInFrench,
    usually: (value: number) => ` (par défaut ${value})`,
    unknownApplication: (name: string, known: string) =>
      `application inconnue « ${name} » ; connues : ${known}`,
    twice: (name: string) =>
      `l'application « ${name} » est nommée deux fois ; écrivez chaque accès ${name}=ACCÈS`,
    portOfOne: (source: string) =>
      `${source} va avec une seule application ; pour plusieurs, écrivez APPLICATION=ACCÈS`,
    portTooHigh: (source: string, highest: number) =>
      `${source} : ses autres accès viennent après ; prenez ${highest} au plus`,
    badHost: (source: string, host: string) =>
      `${source} : « ${host} » n'est pas un hôte ; écrivez un nom ou une adresse, comme ::1`,
    holder: (command: string, pid: number) => `tenu par ${command} (processus ${pid})`,
    draining: 'arrêt : les réponses se terminent ; encore une fois pour arrêter aussitôt',
    notRead: "plus personne ne lit la sortie : ce qui s'y affiche est perdu",
    ready: 'ready',
    columns: ['application', 'accès'],
    configUnreadable: (path: string, reason: string) => `lecture impossible de ${path} : ${reason}`,
    configWrong: (path: string, place: string, reason: string) => `${path} : ${place} : ${reason}`,
    settingsNote:
      "Chaque option peut aussi être donnée dans le fichier de configuration (idle-timeout = 1000, sous [message] silence = 500, endpoints = […]) et, plus faible encore, par l'environnement (GUICHET_IDLE_TIMEOUT, GUICHET_MESSAGE_SILENCE, GUICHET_MESSAGE_ENDPOINTS).",
    examples: [
      ['guichet serve', 'tout, sur 127.0.0.1'],
      ['guichet serve message', "le serveur de messages seul ; un message quit l'arrête"],
      ['guichet serve echo --port 7007 --watch', "un serveur d'écho, chaque couche visible"],
      ['guichet serve echo=bytes+tls://[::1]:7007', 'en TLS, avec un certificat à lui'],
    ],
  },
});

/** The texts of {@link serveTexts} in one language. */
export type ServeTexts = (typeof serveTexts)['en'];
