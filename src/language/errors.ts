import type { Language } from './language.ts';

/** The part of an error that its translation needs. */
export interface CodedError {
  readonly code: string;
  /** The English text. */
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

type Details = (name: string) => string;

/** What stands for a detail that an error does not have. */
const unknown = '?';

/** Errors in French by their stable code; English is the error's own message. */
const french: Readonly<Record<string, (details: Details) => string>> = {
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
  ABORTED: (of) => `${of('endpoint')} : abandonné`,
  FRAME_TOO_LONG: (of) =>
    of('length') === unknown
      ? `une trame dépasse la limite de ${of('limit')} octets`
      : `une trame de ${of('length')} octets dépasse la limite de ${of('limit')}`,
  FRAME_TRUNCATED: () => "les données s'arrêtent au milieu d'une trame",
  FRAME_UNENCODABLE: () =>
    'ce message ne tient pas dans une ligne ; choisissez ?framing=length ou retirez la fin de ligne',
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
  BAD_OPTION: (of) => `option « ${of('option')} » incorrecte dans « ${of('endpoint')} »`,
  BAD_PORT: (of) =>
    `port incorrect « ${of('port')} » dans « ${of('endpoint')} » ; un port est un nombre de 0 à 65535`,
  BAD_HOST: (of) =>
    `hôte incorrect dans « ${of('endpoint')} » ; écrivez par exemple ${of('example')}`,
  MALFORMED_ENDPOINT: (of) =>
    `« ${of('endpoint')} » n'est pas un point d'accès ; écrivez par exemple text+tcp://127.0.0.1:6666`,
};

/**
 * What an error says, in the reader's language: one line. A code without a translation keeps its
 * English text rather than lose what it says.
 */
export function errorText(language: Language, error: CodedError): string {
  const translate = language === 'fr' ? french[error.code] : undefined;
  if (translate === undefined) return error.message;
  return translate((name) => {
    const value = error.details[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : unknown;
  });
}
