import type { Example } from './commands.ts';
import { translations } from './language.ts';

const bytesInEnglish = (count: number): string => `${count} byte${count === 1 ? '' : 's'}`;
const bytesInFrench = (count: number): string => `${count} octet${count < 2 ? '' : 's'}`;
/** French counts 0 as one. */
const plural = (count: number): string => (count < 2 ? '' : 's');
const milliseconds = (time: number): string => time.toFixed(time < 10 ? 3 : 1);

/** What `guichet echo` says. */
export const echoTexts = translations({
  en: {
    description: 'send, check that what comes back is identical, print the diagnosis and the time',
    endpoint: 'where: bytes+tcp://127.0.0.1:6668, or tcp://…, udp://…',
    message: 'what to send; - reads it from stdin (default bonjour)',
    count: 'messages to send, one after the other (default 1)',
    size: 'send messages of so many bytes, of every value, in place of MESSAGE',
    interval: 'milliseconds from one message to the next (default 0)',
    timeout: 'milliseconds of silence after which an answer is given up (default 2000)',
    interactive: 'send each key as it is typed',
    json: 'print results as lines of JSON',
    exclusive: (one: string, other: string) => `${one} and ${other} do not go together`,
    streamOnly: '--interactive needs a stream; write bytes+tcp://…',
    identical: (sent: number, time: number) =>
      `identical: ${bytesInEnglish(sent)} sent and received in ${milliseconds(time)} ms`,
    different: (offset: number) => `different: the first other byte is at offset ${offset}`,
    sent: 'sent',
    received: 'received',
    notOf: (codec: string, why: string) =>
      `what was sent is no value of ${codec}, and a server of ${codec} drops whoever sends that: ${why}`,
    missing: (count: number, received: number, sent: number) =>
      `${bytesInEnglish(count)} missing: ${received} of ${sent} came back`,
    stopped: {
      timeout: (time: number) => `, then nothing for ${time} ms`,
      end: (_time: number) => ', then the end of data',
      reset: (_time: number) => ', then the connection was lost',
    },
    extra: (count: number) => `${bytesInEnglish(count)} too many came back`,
    late: (count: number) => `${bytesInEnglish(count)} came too late`,
    more: (count: number) => `… ${bytesInEnglish(count)} more`,
    reply: (sequence: number, sent: number, verdict: string, time: number) =>
      `${bytesInEnglish(sent)} seq=${sequence} ${verdict} time=${milliseconds(time)} ms`,
    failure: (sequence: number, sent: number, verdict: string) =>
      `${bytesInEnglish(sent)} seq=${sequence} ${verdict}`,
    verdicts: { identical: 'identical', different: 'different', lost: 'lost' },
    summary: (sent: number, identical: number, different: number, lost: number) =>
      `${sent} sent, ${identical} identical, ${different} different, ${lost} lost`,
    times: (least: number, median: number, high: number) =>
      `min/median/p99 = ${milliseconds(least)}/${milliseconds(median)}/${milliseconds(high)} ms`,
    typed: 'typed ',
    echoed: 'echoed',
    keys: 'each key is sent as it is typed; Ctrl-D ends, Ctrl-C leaves at once',
    closedByPeer: 'the server ended the connection',
    examples: [
      ['guichet echo tcp://127.0.0.1:6668 bonjour', 'one message there and back'],
      ['guichet echo udp://127.0.0.1:6668 --count 10 --interval 100', 'as ping does'],
      ['guichet echo tcp://127.0.0.1:6668 --size 1000000', 'a message that comes back in pieces'],
      ['guichet echo tcp://127.0.0.1:6668 --interactive', 'each key, typed and echoed'],
    ] as readonly Example[],
  },
  fr: {
    description:
      'envoyer, vérifier que ce qui revient est identique, afficher le diagnostic et le temps',
    endpoint: 'où : bytes+tcp://127.0.0.1:6668, ou tcp://…, udp://…',
    message: "quoi envoyer ; - le lit sur l'entrée (par défaut bonjour)",
    count: "nombre de messages, l'un après l'autre (par défaut 1)",
    size: "envoyer des messages de tant d'octets, de toutes les valeurs, au lieu de MESSAGE",
    interval: "millisecondes d'un message au suivant (par défaut 0)",
    timeout: 'millisecondes de silence avant de renoncer à une réponse (par défaut 2000)',
    interactive: 'envoyer chaque touche dès sa frappe',
    json: 'afficher les résultats en lignes de JSON',
    exclusive: (one: string, other: string) => `${one} et ${other} ne vont pas ensemble`,
    streamOnly: '--interactive demande un flux ; écrivez bytes+tcp://…',
    identical: (sent: number, time: number) =>
      `identiques : ${bytesInFrench(sent)} envoyé${plural(sent)} et reçu${plural(sent)} en ${milliseconds(time)} ms`,
    different: (offset: number) =>
      `différents : le premier octet qui diffère est à la position ${offset}`,
    sent: 'envoyé',
    received: 'reçu',
    notOf: (codec: string, why: string) =>
      `ce qui est parti n'est pas une valeur de ${codec}, et un serveur de ${codec} coupe qui l'envoie : ${why}`,
    missing: (count: number, received: number, sent: number) =>
      `il manque ${bytesInFrench(count)} : ${received} sur ${sent} ${received < 2 ? 'est revenu' : 'sont revenus'}`,
    stopped: {
      timeout: (time: number) => `, puis rien pendant ${time} ms`,
      end: (_time: number) => ', puis la fin des données',
      reset: (_time: number) => ', puis la connexion a été perdue',
    },
    extra: (count: number) =>
      `${bytesInFrench(count)} de trop ${count < 2 ? 'est revenu' : 'sont revenus'}`,
    late: (count: number) =>
      `${bytesInFrench(count)} ${count < 2 ? 'est arrivé' : 'sont arrivés'} trop tard`,
    more: (count: number) => `… ${bytesInFrench(count)} de plus`,
    reply: (sequence: number, sent: number, verdict: string, time: number) =>
      `${bytesInFrench(sent)} seq=${sequence} ${verdict} temps=${milliseconds(time)} ms`,
    failure: (sequence: number, sent: number, verdict: string) =>
      `${bytesInFrench(sent)} seq=${sequence} ${verdict}`,
    verdicts: { identical: 'identique', different: 'différent', lost: 'perdu' },
    summary: (sent: number, identical: number, different: number, lost: number) =>
      [
        `${sent} envoyé${plural(sent)}`,
        `${identical} identique${plural(identical)}`,
        `${different} différent${plural(different)}`,
        `${lost} perdu${plural(lost)}`,
      ].join(', '),
    times: (least: number, median: number, high: number) =>
      `min/médiane/p99 = ${milliseconds(least)}/${milliseconds(median)}/${milliseconds(high)} ms`,
    typed: 'frappe',
    echoed: 'écho  ',
    keys: 'chaque touche part dès sa frappe ; Ctrl-D termine, Ctrl-C quitte aussitôt',
    closedByPeer: 'le serveur a terminé la connexion',
    examples: [
      ['guichet echo tcp://127.0.0.1:6668 bonjour', 'un message, aller et retour'],
      ['guichet echo udp://127.0.0.1:6668 --count 10 --interval 100', 'comme ping'],
      ['guichet echo tcp://127.0.0.1:6668 --size 1000000', 'un message qui revient en morceaux'],
      ['guichet echo tcp://127.0.0.1:6668 --interactive', 'chaque touche, frappe et écho'],
    ],
  },
});

/** The texts of `guichet echo` in one language. */
export type EchoTexts = (typeof echoTexts)['en'];
