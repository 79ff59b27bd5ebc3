import type { Example } from './commands.ts';
import { translations } from './language.ts';

/** What `guichet send` says. */
export const sendTexts = translations({
  en: {
    description: 'send one message, and print what is answered',
    endpoint: 'where, and in what: text+tcp://127.0.0.1:6666, or tcp://… for text',
    message:
      'the message; for json, cbor and struct, a value in JSON, where bytes are hexadecimal text; - reads it from stdin',
    timeout: 'milliseconds to wait for the end of the answer (default 2000)',
    answer: 'fail unless an answer comes in time',
    notJson: (reason: string) => `the message is not JSON: ${reason}`,
    notText: 'the message is not UTF-8; send it as bytes+…',
    noAnswer: (milliseconds: number) => `no answer within ${milliseconds} ms`,
    examples: [
      ['guichet send text+tcp://127.0.0.1:6666 bonjour', 'one line to the message server'],
      ['guichet send text+tcp://127.0.0.1:6667 1+2', 'one line to the calculator'],
      [
        `guichet send 'struct+tcp://127.0.0.1:7007?layout=address:ipv4' '{"address": "10.0.0.1"}'`,
        'structured data',
      ],
      ['printf quit | guichet send tcp://127.0.0.1:6666 -', 'what stdin holds'],
    ] as readonly Example[],
  },
  fr: {
    description: 'envoyer un message, et afficher la réponse',
    endpoint: 'où, et en quoi : text+tcp://127.0.0.1:6666, ou tcp://… pour du texte',
    message:
      "le message ; pour json, cbor et struct, une valeur en JSON, où les octets sont un texte hexadécimal ; - le lit sur l'entrée",
    timeout: "millisecondes d'attente de la fin de la réponse (par défaut 2000)",
    answer: 'échouer si aucune réponse ne vient à temps',
    notJson: (reason: string) => `le message n'est pas du JSON : ${reason}`,
    notText: "le message n'est pas de l'UTF-8 ; envoyez-le en bytes+…",
    noAnswer: (milliseconds: number) => `pas de réponse en ${milliseconds} ms`,
    examples: [
      ['guichet send text+tcp://127.0.0.1:6666 bonjour', 'une ligne au serveur de messages'],
      ['guichet send text+tcp://127.0.0.1:6667 1+2', 'une ligne à la calculatrice'],
      [
        `guichet send 'struct+tcp://127.0.0.1:7007?layout=address:ipv4' '{"address": "10.0.0.1"}'`,
        'une donnée structurée',
      ],
      ['printf quit | guichet send tcp://127.0.0.1:6666 -', "ce que l'entrée contient"],
    ],
  },
});

/** The texts of {@link sendTexts} in one language. */
export type SendTexts = (typeof sendTexts)['en'];
