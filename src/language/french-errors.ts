import { problemInFrench } from './problems.ts';

/** The details of an error by name, and its English text as `message`. */
export type Details = (name: string) => string;

/** What stands for a detail that an error does not have. */
export const unknown: string = '?';

/** Where in a value, and at which byte, a codec met what it could not take. */
function placeOf(of: Details): string {
  const [path, offset] = [of('path'), of('offset')];
  const parts = [
    path === unknown || path === '' ? '' : ` en ${path}`,
    offset === unknown ? '' : ` à l'octet ${offset}`,
  ];
  return parts.join('');
}

/** What was expected there, and what was found, where the error says it apart. */
function problemOf(of: Details, name: string = 'problem'): string {
  return of(name) === unknown ? '' : ` : ${problemInFrench(of(name))}`;
}

/** How long to wait, where that is known: rounded up to seconds. */
function waitOf(of: Details): string {
  const milliseconds = Number(of('retryAfter'));
  return milliseconds > 0 ? ` ${Math.ceil(milliseconds / 1000)} s` : '';
}

/** How long an answer is, where that is known, and how long it may be. */
function lengthOf(of: Details): string {
  const [calls, answers, length] = [of('calls'), of('answers'), of('length')];
  const isOneOf = calls !== unknown && calls !== '1';
  const answer = isOneOf ? `la réponse à l'un des ${calls} appels en cours` : 'la réponse';
  const size = answers === unknown ? `${answer} a` : `les ${answers} réponses ont`;
  return length === unknown
    ? `${answer} dépasse la limite de ${of('limit')} octets`
    : `${size} ${length} octets et la limite est ${of('limit')}`;
}

/** Answers that are too long, by what can be done about it. */
const longAnswers: ReadonlyMap<string, (of: Details) => string> = new Map([
  ['raise', (of) => `${lengthOf(of)} ; augmentez maxFrameBytes ou demandez-en moins`],
  ['stream', (of) => `${lengthOf(of)} d'un datagramme ; prenez tcp`],
  ['items', (of) => `plus de ${of('limit')} éléments ; demandez un flux`],
]);

/** How a sentence about the store begins. */
function storeOf(of: Details): string {
  return `base ${of('place')} : `;
}

/** Notations that are no endpoint, by what is wrong with them. */
const malformed: ReadonlyMap<string, (of: Details) => string> = new Map([
  ['percent', (of) => `code « % » incorrect « ${of('part')} » dans « ${of('endpoint')} »`],
  [
    'layers',
    (of) =>
      `trop de couches dans « ${of('endpoint')} » ; écrivez un codec et un transport, comme json+tcp://…`,
  ],
  [
    'path',
    (of) => `chemin de socket incorrect dans « ${of('endpoint')} » ; un chemin a de 1 à 107 octets`,
  ],
  [
    'path of a URL',
    (of) =>
      `chemin incorrect « ${of('path')} » dans « ${of('endpoint')} » ; codez-le avec des « % »`,
  ],
  ['name', (of) => `pas de nom dans « ${of('endpoint')} » ; écrivez par exemple memory://nom`],
  [
    'slashes',
    (of) =>
      `il manque « // » dans « ${of('endpoint')} » ; écrivez par exemple ${of('transport')}://127.0.0.1:7000`,
  ],
]);

/** Options that do not hold, by what is wrong with them. */
const badOptions: ReadonlyMap<string, (of: Details) => string> = new Map([
  ['twice', (of) => `option « ${of('option')} » donnée deux fois dans « ${of('endpoint')} »`],
  ['empty', (of) => `option « ${of('option')} » sans valeur dans « ${of('endpoint')} »`],
  [
    'codec',
    (of) => `une disposition demande le codec struct : écrivez struct+… dans « ${of('endpoint')} »`,
  ],
  [
    'stream',
    (of) =>
      `${of('transport')} porte un flux, qui n'a pas de datagrammes : choisissez chunk, line ou length dans « ${of('endpoint')} »`,
  ],
  [
    'message',
    (of) =>
      `un message de ${of('transport')} est sa propre trame : n'écrivez pas framing dans « ${of('endpoint')} »`,
  ],
  [
    'boolean',
    (of) => `option « ${of('option')} » incorrecte dans « ${of('endpoint')} » ; écrivez yes ou no`,
  ],
  ['pair', (of) => `les options « cert » et « key » vont ensemble dans « ${of('endpoint')} »`],
]);

/** Why a file could not be read. */
const unreadable: ReadonlyMap<string, string> = new Map([
  ['ENOENT', "il n'y a pas de tel fichier"],
  ['EACCES', "sa lecture n'est pas permise"],
  ['EISDIR', "c'est un dossier"],
  ['EFTYPE', "ce n'est pas un fichier ordinaire"],
]);

/** Why the system would not let a log be written. */
const unwritable: ReadonlyMap<string, string> = new Map([
  ['ENOENT', "il n'y a pas de tel dossier"],
  ['ENOTDIR', "il n'y a pas de tel dossier"],
  ['EACCES', "son écriture n'est pas permise"],
  ['EROFS', "son écriture n'est pas permise"],
  ['EISDIR', "c'est un dossier"],
  ['ENXIO', 'personne ne lit ce tube'],
]);

/** What is wrong with a certificate or its key. */
const certificateProblems: ReadonlyMap<string, (of: Details) => string> = new Map([
  ['certificate', (of: Details) => `${of('path')} ne contient pas de certificat (PEM)`],
  ['key', (of: Details) => `${of('path')} ne contient pas de clé privée (PEM)`],
  ['pair', (of: Details) => `${of('path')} n'est pas la clé de ${of('cert')}`],
  ['encrypted', (of: Details) => `${of('path')} est chiffrée ; il la faut sans phrase secrète`],
]);

/** What is wrong with a password file. */
const passwordProblems: ReadonlyMap<string, string> = new Map([
  ['form', 'pas de la forme utilisateur:condensat'],
  ['hash', "condensat d'une sorte qui n'est pas lue ici ; refaites-le avec htpasswd -B"],
  ['size', 'fichier trop long'],
]);

/**
 * Errors in French by their stable code; English is the error's own message. Of the errors of calls, those
 * that an application words itself are not here.
 */
export const frenchErrors: ReadonlyMap<string, (of: Details) => string> = new Map(
  Object.entries<(of: Details) => string>({
    CONNECTION_REFUSED: (of) =>
      `${of('endpoint')} : personne n'y écoute ; démarrez le serveur ou vérifiez le port`,
    CONNECT_TIMEOUT: (of) => `${of('endpoint')} : pas de réponse à temps`,
    CONNECTION_RESET: (of) => `${of('endpoint')} : le pair a réinitialisé la connexion`,
    CONNECTION_CLOSED: (of) => `${of('endpoint')} : la connexion est fermée`,
    IDLE_TIMEOUT: (of) => `${of('endpoint')} : rien n'a bougé pendant ${of('idleTimeout')} ms`,
    HOST_NOT_FOUND: (of) => `${of('endpoint')} : hôte inconnu ; vérifiez son nom`,
    UNREACHABLE: (of) => `${of('endpoint')} : aucune route vers cet hôte`,
    ADDRESS_IN_USE: (of) =>
      `${of('endpoint')} : l'adresse est déjà prise ; arrêtez qui la tient ou prenez-en une autre`,
    ADDRESS_NOT_AVAILABLE: (of) => `${of('endpoint')} : cette machine n'a pas cette adresse`,
    PERMISSION_DENIED: (of) =>
      `${of('endpoint')} : interdit ; les ports sous 1024 et certains chemins demandent plus de droits`,
    PATH_NOT_FOUND: (of) =>
      `${of('endpoint')} : chemin introuvable ; démarrez le serveur ou vérifiez le chemin`,
    TLS_FAILED: (of) => `${of('endpoint')} : échec de TLS : ${of('text')}`,
    DATAGRAM_TOO_LONG: (of) =>
      `${of('endpoint')} : ${of('length')} octets ne tiennent pas dans un datagramme de ${of('limit')} au plus ; préférez tcp`,
    MESSAGE_TOO_LONG: (of) =>
      `${of('endpoint')} : un message dépasse la limite de ${of('limit')} octets`,
    WRITE_AFTER_END: () => 'écriture après la fin : cette direction est terminée',
    ABORTED: (of) => `${of('endpoint')} : abandonné`,
    HANDLER_FAILED: (of) => `${of('endpoint')} : le programme qui traite la connexion a échoué`,
    WEB_REFUSED: (of) => `${of('endpoint')} : a répondu ${of('answer')} ; vérifiez le chemin`,
    WEBSOCKET_CLOSED: (of) => `${of('endpoint')} : WebSocket fermé : ${of('why')}`,
    TRANSPORT_FAILED: (of) => `${of('endpoint')} : échec du système : ${of('text')}`,
    FRAME_TOO_LONG: (of) =>
      of('length') === unknown
        ? `une trame dépasse la limite de ${of('limit')} octets`
        : `une trame de ${of('length')} octets dépasse la limite de ${of('limit')}`,
    FRAME_TRUNCATED: () => "les données s'arrêtent au milieu d'une trame",
    FRAME_UNENCODABLE: () =>
      'ce message ne tient pas dans une ligne ; choisissez ?framing=length ou retirez la fin de ligne',
    DECODER_CLOSED: () => 'ce décodeur a échoué ou fini ; prenez-en un autre',
    INVALID_FRAME_LIMIT: (of) =>
      `maxFrameBytes vaut ${of('limit')} : donnez un nombre entier de 1 à 4294967295`,
    MALFORMED: (of) =>
      `ces octets ne suivent pas les règles de l'encodage${placeOf(of)}${problemOf(of)}`,
    TRUNCATED: (of) =>
      `les octets s'arrêtent avant la fin de la valeur${placeOf(of)}${problemOf(of)}`,
    TRAILING_BYTES: (of) => `il reste des octets après la valeur${placeOf(of)}${problemOf(of)}`,
    UNENCODABLE: (of) => `cet encodage ne peut pas porter la valeur${placeOf(of)}${problemOf(of)}`,
    TOO_DEEP: (of) => `la valeur est imbriquée trop profondément${placeOf(of)}`,
    TOO_LARGE: (of) => `la valeur dépasse la limite${placeOf(of)}${problemOf(of)}`,
    INVALID_CODEC_LIMIT: (of) => `limite de codec incorrecte : ${of('limit')}`,
    LAYOUT_SYNTAX: (of) =>
      `la disposition s'écarte de sa notation à la position ${of('offset')}${problemOf(of, 'expected')}, reçu ${problemInFrench(of('found'))}`,
    UNKNOWN_FIELD_TYPE: (of) =>
      `type inconnu « ${of('type')} » à la position ${of('offset')} de la disposition`,
    INVALID_LAYOUT: () => 'cette disposition se contredit',
    UNKNOWN_CODEC: (of) =>
      of('codec') === ''
        ? `pas de codec dans « ${of('endpoint')} » ; écrivez-en un devant le transport : ${of('known')}`
        : `codec inconnu « ${of('codec')} » dans « ${of('endpoint')} » ; connus : ${of('known')}`,
    UNKNOWN_FRAMING: (of) =>
      `tramage inconnu « ${of('framing')} » dans « ${of('endpoint')} » ; connus : ${of('known')}`,
    UNKNOWN_TRANSPORT: (of) =>
      `transport inconnu ou impropre « ${of('transport')} » dans « ${of('endpoint')} » ; possibles : ${of('known')}`,
    UNKNOWN_OPTION: (of) =>
      `option inconnue « ${of('option')} » dans « ${of('endpoint')} » ; connues : ${of('known')}`,
    BAD_OPTION: (of) =>
      badOptions.get(of('problem'))?.(of) ??
      `option « ${of('option')} » incorrecte dans « ${of('endpoint')} »`,
    BAD_PORT: (of) =>
      of('port') === ''
        ? `pas de port dans « ${of('endpoint')} » ; écrivez par exemple ${of('example')}`
        : `port incorrect « ${of('port')} » dans « ${of('endpoint')} » ; un port est un nombre de 0 à 65535`,
    BAD_HOST: (of) =>
      `hôte incorrect dans « ${of('endpoint')} » ; écrivez par exemple ${of('example')}`,
    MALFORMED_ENDPOINT: (of) =>
      malformed.get(of('problem'))?.(of) ??
      `« ${of('endpoint')} » n'est pas un point d'accès ; écrivez par exemple ${of('example')}`,
    ENDPOINT_UNSUITED: (of) =>
      `${of('application')} ne peut pas être servie à ${of('endpoint')} ; écrivez par exemple ${of('example')}`,
    BAD_CERTIFICATE: (of) =>
      certificateProblems.get(of('problem'))?.(of) ??
      `${of('path')} ne peut pas servir : ${of('reason')}`,
    LOG_UNWRITABLE: (of) =>
      `écriture impossible du journal ${of('path')} : ${unwritable.get(of('errno')) ?? of('errno')}`,
    FILE_UNREADABLE: (of) =>
      `lecture impossible de ${of('path')} : ${unreadable.get(of('errno')) ?? of('errno')}`,
    BAD_ERROR_PAGE: (of) => `${of('path')} : plus de ${of('limit')} octets`,
    BAD_PASSWORD_FILE: (of) =>
      `${of('path')}, ligne ${of('line')} : ${passwordProblems.get(of('problem')) ?? 'fichier de mots de passe incorrect'}`,
    MESSAGE_TOO_SLOW: (of) =>
      `un message n'était pas entier après ${of('deadline')} ms ; sa connexion a été coupée`,
    PARSE_ERROR: (of) => `le message n'a pas pu être décodé : ${of('message')}`,
    INVALID_REQUEST: (of) => `le message n'est pas une demande : ${of('message')}`,
    METHOD_NOT_FOUND: (of) => `il n'y a pas de méthode « ${of('method')} » à cet accès`,
    INVALID_PARAMS: (of) => `les paramètres ne conviennent pas : ${of('message')}`,
    INTERNAL_ERROR: (of) => `${of('method')} : la méthode a échoué`,
    OVERLOADED: () => "trop d'appels sont en cours ; réessayez plus tard",
    DEADLINE_EXCEEDED: (of) =>
      of('deadline') === unknown
        ? `${of('method')} : pas de réponse à temps`
        : `${of('method')} : pas de réponse en ${of('deadline')} ms`,
    CANCELLED: (of) => `${of('method')} : appel annulé`,
    RESULT_UNENCODABLE: (of) => `${of('method')} : le résultat ne peut pas être encodé`,
    INVALID_RESULT: (of) => `${of('method')} : le résultat n'est pas celui que la méthode promet`,
    ANSWER_TOO_LONG: (of) =>
      `${of('method')} : ${longAnswers.get(of('advice'))?.(of) ?? 'la réponse est trop longue ; prenez un autre transport'}`,
    ACCESS_DENIED: (of) => `${of('method')} : votre compte ne le permet pas`,
    LOGIN_BUSY: () => 'trop de monde se connecte en même temps ; réessayez dans un instant',
    LOGIN_REFUSED: (of) =>
      `le nom ou le mot de passe est faux, ou trop d'essais ont échoué : vérifiez l'un et l'autre, et attendez avant de réessayer${waitOf(of)}`,
    PASSWORD_UNFIT: (of) =>
      `un mot de passe a au moins ${of('min')} caractères, au plus ${of('max')} octets, et n'est pas le nom du compte`,
    SESSION_NEEDED: (of) =>
      `${of('method')} : il faut une session, et celle-ci n'en est pas une ou a pris fin ; connectez-vous par session.open`,
    STORE_BUSY: (of) =>
      `${storeOf(of)}un autre processus en tient le verrou ; réessayez, ou arrêtez ce processus`,
    STORE_CLOSED: (of) => `${storeOf(of)}elle a été fermée`,
    STORE_CONFLICT: (of) =>
      `${storeOf(of)}d'autres n'ont cessé de changer la même chose en même temps ; réessayez`,
    STORE_CONSTRAINT: (of) => `${storeOf(of)}une règle de ses tables l'interdit : ${of('text')}`,
    STORE_CORRUPT: (of) =>
      `${storeOf(of)}elle ne se lit pas comme une base de données (${of('text')}) ; restaurez une sauvegarde`,
    STORE_DUPLICATE: (of) => `${storeOf(of)}cela y est déjà : ${of('text')}`,
    STORE_FAILED: (of) => `${storeOf(of)}échec de la base : ${of('text')}`,
    STORE_FOREIGN: (of) =>
      `${storeOf(of)}elle appartient à un autre programme ; choisissez un autre endroit avec --store`,
    STORE_FULL: (of) =>
      `${storeOf(of)}il n'y a plus de place ; faites-en, et tout reprendra de soi-même`,
    STORE_NEWER: (of) =>
      `${storeOf(of)}un Guichet plus récent l'a faite (elle a ${of('text')}) ; mettez celui-ci à jour`,
    STORE_OVERLOADED: (of) => `${storeOf(of)}trop de travaux attendent ; réessayez plus tard`,
    STORE_REFERENCE: (of) => `${storeOf(of)}on s'y réfère à ce qui n'y est pas : ${of('text')}`,
    STORE_TIMEOUT: (of) => `${storeOf(of)}le travail a pris trop de temps et a été défait`,
    STORE_UNCERTAIN: (of) =>
      `${storeOf(of)}la connexion s'est perdue pendant l'enregistrement, et rien ne dit si le changement est gardé ; regardez avant de le refaire`,
    STORE_UNREACHABLE: (of) => `${storeOf(of)}elle est hors d'atteinte : ${of('text')}`,
    STORE_UNSUITED: (of) => `${storeOf(of)}cette sorte de base ne le peut pas : ${of('text')}`,
    UNAVAILABLE: (of) =>
      of('cause') === unknown
        ? `${of('method')} : la connexion s'est perdue avant la réponse`
        : `${of('method')} : ${of('cause')}`,
  }),
);
