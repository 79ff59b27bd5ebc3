import { translations } from './language.ts';

const listed = (numbers: readonly number[]): string => numbers.join(', ');

/** What `--watch` writes. */
export const watchTexts = translations({
  en: {
    opened: (transport: string, local: string, remote: string) =>
      `${transport} connection open, ${local} with ${remote}`,
    listening: (transport: string, local: string) => `${transport} socket bound to ${local}`,
    ended: (direction: 'in' | 'out'): string =>
      direction === 'in' ? "the peer's end of data" : 'end of data sent',
    closed: (reason: string) => `closed: ${reason}`,
    chunk: (index: number, length: number, from: number, to: number) =>
      `chunk ${index}: ${length} bytes, [${from}, ${to})`,
    datagram: (length: number, peer: string) => `datagram: ${length} bytes, ${peer}`,
    frame: (framing: string, message: number, length: number, payload: number) =>
      `${framing} frame, message ${message}: ${length} bytes, ${payload} of payload`,
    inChunks: (from: number, to: number, chunks: readonly string[]) =>
      `at [${from}, ${to}) from chunk${chunks.length > 1 ? 's' : ''} ${chunks.join(' + ')}`,
    at: (from: number, to: number) => `at [${from}, ${to})`,
    carries: (messages: readonly number[]) =>
      `carrying message${messages.length > 1 ? 's' : ''} ${listed(messages)}`,
    value: (codec: string) => `${codec}:`,
    refused: (code: string, text: string) => `refused, ${code}: ${text}`,
    layers: {
      transport: 'transport',
      framing: 'framing',
      presentation: 'presentation',
      service: 'service',
    },
  },
  fr: {
    opened: (transport: string, local: string, remote: string) =>
      `connexion ${transport} ouverte, ${local} avec ${remote}`,
    listening: (transport: string, local: string) => `socket ${transport} lié à ${local}`,
    ended: (direction: 'in' | 'out'): string =>
      direction === 'in' ? 'fin des données du pair' : 'fin des données envoyée',
    closed: (reason: string) => `fermée : ${closeReasonsInFrench[reason] ?? reason}`,
    chunk: (index: number, length: number, from: number, to: number) =>
      `morceau ${index} : ${length} octets, [${from}, ${to})`,
    datagram: (length: number, peer: string) => `datagramme : ${length} octets, ${peer}`,
    frame: (framing: string, message: number, length: number, payload: number) =>
      `trame ${framing}, message ${message} : ${length} octets, dont ${payload} utiles`,
    inChunks: (from: number, to: number, chunks: readonly string[]) =>
      `en [${from}, ${to}) ${chunks.length > 1 ? 'des morceaux' : 'du morceau'} ${chunks.join(' + ')}`,
    at: (from: number, to: number) => `en [${from}, ${to})`,
    carries: (messages: readonly number[]) =>
      `portant ${messages.length > 1 ? 'les messages' : 'le message'} ${listed(messages)}`,
    value: (codec: string) => `${codec} :`,
    refused: (code: string, text: string) => `refusé, ${code} : ${text}`,
    layers: {
      transport: 'transport',
      framing: 'tramage',
      presentation: 'présentation',
      service: 'service',
    },
  },
});

const closeReasonsInFrench: Readonly<Record<string, string>> = {
  ended: 'en ordre (ended)',
  closed: 'de ce côté (closed)',
  reset: 'réinitialisée (reset)',
  idle: 'inactive (idle)',
  aborted: 'abandonnée (aborted)',
  failed: 'en échec (failed)',
};
