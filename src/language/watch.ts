import { errorText } from './errors.ts';
import { translations } from './language.ts';

/** Bytes from the first to before the last. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface ChunkSpan extends Span {
  readonly chunk: number;
}

interface RefusedError {
  readonly code: string;
  readonly text: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The places of the first and the last byte, as a hexdump counts them but in decimal. */
function places({ from, to }: Span): string {
  if (to <= from) return '';
  return to - from === 1 ? ` (${from})` : ` (${from}–${to - 1})`;
}

/** `1, 2 and 3` */
function list(words: readonly (string | number)[], and: string): string {
  const last = words.at(-1);
  return words.length < 2 ? `${last ?? ''}` : `${words.slice(0, -1).join(', ')} ${and} ${last}`;
}

/** A frame over many chunks names the first and the last: those between it fills. */
const maxNamedChunks = 4;

function nameParts(parts: readonly ChunkSpan[]): string[] {
  return parts.map((part) => `${part.chunk}${places(part)}`);
}

/** How many chunks there are from the first to the last, whether all are listed or not. */
function countChunks(parts: readonly ChunkSpan[]): number {
  return (parts.at(-1)?.chunk ?? 0) - (parts[0]?.chunk ?? 0) + 1;
}

function cutInEnglish(parts: readonly ChunkSpan[]): string {
  const named = nameParts(parts);
  return parts.length <= maxNamedChunks
    ? `; cut over chunks ${list(named, 'and')}`
    : `; cut over ${countChunks(parts)} chunks, from ${named[0]} to ${named.at(-1)}`;
}

function cutInFrench(parts: readonly ChunkSpan[]): string {
  const named = nameParts(parts);
  return parts.length <= maxNamedChunks
    ? ` ; coupé sur les morceaux ${list(named, 'et')}`
    : ` ; coupé sur ${countChunks(parts)} morceaux, de ${named[0]} à ${named.at(-1)}`;
}

/** What a transport keeps apart itself. */
type Unit = 'datagram' | 'websocket' | 'request' | 'response';

const unitsInEnglish: Readonly<Record<Unit, string>> = {
  datagram: 'datagram',
  websocket: 'WebSocket message',
  request: 'body of the request',
  response: 'body of the response',
};

const unitsInFrench: Readonly<Record<Unit, string>> = {
  datagram: 'datagramme',
  websocket: 'message WebSocket',
  request: 'corps de la requête',
  response: 'corps de la réponse',
};

const bytesInEnglish = (count: number): string => `${count} byte${count === 1 ? '' : 's'}`;
const bytesInFrench = (count: number): string => `${count} octet${count < 2 ? '' : 's'}`;

function frameInEnglish(framing: string, length: number, payload: number, at: string): string {
  switch (framing) {
    case 'chunk':
      return `${bytesInEnglish(length)}${at} as they came, no framing`;
    case 'line':
      return `a line of ${bytesInEnglish(length)}${at}, ${payload} without its end`;
    case 'length':
      return `${bytesInEnglish(length)}${at}, a length of ${length - payload} then ${payload}`;
    case 'datagram':
    case 'websocket':
    case 'request':
    case 'response':
      return `the whole ${unitsInEnglish[framing]}`;
    default:
      return `a ${framing} frame of ${bytesInEnglish(length)}${at}, ${payload} of payload`;
  }
}

function frameInFrench(framing: string, length: number, payload: number, at: string): string {
  switch (framing) {
    case 'chunk':
      return `${bytesInFrench(length)}${at} tels quels, sans tramage`;
    case 'line':
      return `une ligne de ${bytesInFrench(length)}${at}, ${payload} sans sa fin`;
    case 'length':
      return `${bytesInFrench(length)}${at}, une longueur de ${length - payload} puis ${payload}`;
    case 'datagram':
      return 'le datagramme entier';
    case 'websocket':
      return 'le message WebSocket entier';
    case 'request':
    case 'response':
      return `tout le ${unitsInFrench[framing]}`;
    default:
      return `une trame ${framing} de ${bytesInFrench(length)}${at}, dont ${payload} utiles`;
  }
}

/** What `--watch` writes. */
export const watchTexts = translations({
  en: {
    opened: (transport: string, local: string) =>
      `${transport} connection open; this side is ${local}`,
    bound: (transport: string, local: string) => `${transport} socket bound to ${local}`,
    ended: (direction: 'in' | 'out'): string =>
      direction === 'in' ? 'end of data received' : 'end of data sent',
    closed: (reason: string) => `closed (${reason})${reasonsInEnglish[reason] ?? ''}`,
    chunk: (span: ChunkSpan) =>
      `chunk ${span.chunk}: ${bytesInEnglish(span.to - span.from)}${places(span)}`,
    exchanges: (transport: string) =>
      `${transport}: each message will be a POST request, its answer the response`,
    unit: (unit: Unit, length: number) => `${unitsInEnglish[unit]}: ${bytesInEnglish(length)}`,
    frame: (framing: string, message: number, from: number, length: number, payload: number) =>
      `message ${message}: ${frameInEnglish(framing, length, payload, places({ from, to: from + length }))}`,
    isChunk: ({ chunk }: ChunkSpan) => `; just chunk ${chunk}`,
    insideChunk: (span: ChunkSpan) => `; inside chunk ${span.chunk}${places(span)}`,
    cutOverChunks: cutInEnglish,
    carries: (messages: readonly number[], isPart: boolean) =>
      `; carries ${isPart ? 'part of ' : ''}message${messages.length > 1 ? 's' : ''} ${list(messages, 'and')}`,
    bytes: (length: number, text: string) => `${bytesInEnglish(length)} "${text}"`,
    call: (step: string, method: string, id: string) =>
      [step, method, id && `id ${id}`].filter(Boolean).join(' '),
    refused: ({ code, text }: RefusedError) => `refused (${code}): ${text}`,
    more: (count: number) => `… ${count} more byte${count === 1 ? '' : 's'}`,
    layers: {
      transport: 'transport',
      framing: 'framing',
      presentation: 'presentation',
      service: 'service',
    },
  },
  fr: {
    opened: (transport: string, local: string) =>
      `connexion ${transport} ouverte ; ce côté est ${local}`,
    bound: (transport: string, local: string) => `socket ${transport} lié à ${local}`,
    ended: (direction: 'in' | 'out'): string =>
      direction === 'in' ? 'fin des données reçue' : 'fin des données envoyée',
    closed: (reason: string) => `fermeture (${reason})${reasonsInFrench[reason] ?? ''}`,
    chunk: (span: ChunkSpan) =>
      `morceau ${span.chunk} : ${bytesInFrench(span.to - span.from)}${places(span)}`,
    exchanges: (transport: string) =>
      `${transport} : chaque message sera une requête POST, et sa réponse celle du serveur`,
    unit: (unit: Unit, length: number) => `${unitsInFrench[unit]} : ${bytesInFrench(length)}`,
    frame: (framing: string, message: number, from: number, length: number, payload: number) =>
      `message ${message} : ${frameInFrench(framing, length, payload, places({ from, to: from + length }))}`,
    isChunk: ({ chunk }: ChunkSpan) => ` ; juste le morceau ${chunk}`,
    insideChunk: (span: ChunkSpan) => ` ; dans le morceau ${span.chunk}${places(span)}`,
    cutOverChunks: cutInFrench,
    carries: (messages: readonly number[], isPart: boolean) => {
      const which = messages.length > 1 ? 'les messages' : 'le message';
      const ofWhich = messages.length > 1 ? 'des messages' : 'du message';
      return ` ; porte ${isPart ? `une partie ${ofWhich}` : which} ${list(messages, 'et')}`;
    },
    bytes: (length: number, text: string) => `${bytesInFrench(length)} « ${text} »`,
    call: (step: string, method: string, id: string) =>
      [stepsInFrench[step] ?? step, method, id && `id ${id}`].filter(Boolean).join(' '),
    refused: ({ code, text, details }: RefusedError) =>
      `refusé (${code}) : ${errorText('fr', { code, message: text, details: details ?? {} })}`,
    more: (count: number) => `… ${count} octet${count < 2 ? '' : 's'} de plus`,
    layers: {
      transport: 'transport',
      framing: 'tramage',
      presentation: 'présentation',
      service: 'service',
    },
  },
});

const reasonsInEnglish: Readonly<Record<string, string>> = {
  ended: ': both sides had ended',
  closed: ': by this side',
  reset: ': cut off by the peer',
  idle: ': nothing moved for too long',
  aborted: ': given up by this side',
  failed: ': an error',
};

const reasonsInFrench: Readonly<Record<string, string>> = {
  ended: ' : les deux côtés avaient fini',
  closed: ' : par ce côté',
  reset: ' : par le pair, coupée net',
  idle: " : rien n'a bougé depuis trop longtemps",
  aborted: ' : par ce côté, abandonnée',
  failed: ' : une erreur',
};

const stepsInFrench: Readonly<Record<string, string>> = {
  request: 'demande',
  notification: 'notification',
  result: 'résultat',
  error: 'erreur',
  cancel: 'annulation',
  item: 'élément',
};
