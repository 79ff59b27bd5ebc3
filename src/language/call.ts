import type { Example } from './commands.ts';
import { translations } from './language.ts';

/** What `guichet call` says. */
export const callTexts = translations({
  en: {
    description: 'make one call, and print the answer as JSON; without METHOD, list the methods',
    endpoint: 'where, and in what: json+tcp://127.0.0.1:7000, cbor+tcp://…, json+udp://…',
    method: 'as calculator.evaluate',
    params: 'the parameters in JSON, by name {…} or by position […]; - reads them from stdin',
    deadline: 'milliseconds to wait for the answer (default 30000)',
    idempotencyKey: 'a key that makes the call safe to repeat',
    session: "the session's token",
    stream: 'print each item of a stream on a line as it comes',
    describe: 'print what the method takes and gives, in place of calling it',
    notJson: (reason: string) =>
      `the parameters are not JSON: ${reason}; write them by name, '{"expression":"1+2"}', or by position, '["1+2"]'`,
    notParameters: (given: string) =>
      `the parameters are ${given}: write them by name, '{"expression":"1+2"}', or by position, '["1+2"]'`,
    noMethod: (method: string, known: string) =>
      `no method "${method}" there${known === '' ? '; guichet call ENDPOINT lists them' : `; known: ${known}`}`,
    noCalls: (codec: string) => `no calls in ${codec}: write json+… or cbor+…`,
    parameters: 'parameters',
    result: 'result',
    streamOf: 'stream of',
    optional: 'optional',
    examples: 'examples',
    json: 'with --describe, or without METHOD, print what OpenRPC says as JSON',
    examplesOfUse: [
      ['guichet call json+tcp://127.0.0.1:7000', 'the methods there'],
      [
        `guichet call json+tcp://127.0.0.1:7000 calculator.evaluate '{"expression": "1+2"}'`,
        'one call',
      ],
    ] as readonly Example[],
  },
  fr: {
    description:
      'faire un appel, et afficher la réponse en JSON ; sans méthode, lister les méthodes',
    endpoint: 'où, et en quoi : json+tcp://127.0.0.1:7000, cbor+tcp://…, json+udp://…',
    method: 'comme calculator.evaluate',
    params: "les paramètres en JSON, par nom {…} ou par position […] ; - les lit sur l'entrée",
    deadline: "millisecondes d'attente de la réponse (par défaut 30000)",
    idempotencyKey: "une clé qui permet de répéter l'appel sans risque",
    session: 'le jeton de la session',
    stream: "afficher chaque élément d'un flux sur une ligne dès qu'il vient",
    describe: "afficher ce que la méthode prend et donne, au lieu de l'appeler",
    notJson: (reason: string) =>
      `les paramètres ne sont pas du JSON : ${reason} ; écrivez-les par nom, '{"expression":"1+2"}', ou par position, '["1+2"]'`,
    notParameters: (given: string) =>
      `les paramètres sont ${given} : écrivez-les par nom, '{"expression":"1+2"}', ou par position, '["1+2"]'`,
    noMethod: (method: string, known: string) =>
      `pas de méthode « ${method} » à cet accès${known === '' ? ' ; guichet call ACCÈS les liste' : ` ; connues : ${known}`}`,
    noCalls: (codec: string) => `pas d'appels en ${codec} : écrivez json+… ou cbor+…`,
    parameters: 'paramètres',
    result: 'résultat',
    streamOf: 'flux de',
    optional: 'facultatif',
    examples: 'exemples',
    json: "avec --describe, ou sans méthode, afficher ce qu'OpenRPC dit, en JSON",
    examplesOfUse: [
      ['guichet call json+tcp://127.0.0.1:7000', 'les méthodes à cet accès'],
      [
        `guichet call json+tcp://127.0.0.1:7000 calculator.evaluate '{"expression": "1+2"}'`,
        'un appel',
      ],
    ],
  },
});

/** The texts of {@link callTexts} in one language. */
export type CallTexts = (typeof callTexts)['en'];
