import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApplicationErrorCode } from '../src/applications/index.ts';
import type { SiteErrorCode } from '../src/applications/http/site/index.ts';
import { FramingError, length, line } from '../src/framing/index.ts';
import type { FramingErrorCode } from '../src/framing/index.ts';
import { errorText } from '../src/language/index.ts';
import { CodecError, LayoutError, json, parseLayout, text } from '../src/presentation/index.ts';
import type { CodecErrorCode, LayoutErrorCode } from '../src/presentation/index.ts';
import { TransportError, connect, listen } from '../src/transport/index.ts';
import type { CallErrorCode } from '../src/service/index.ts';
import type { SessionErrorCode } from '../src/session/index.ts';
import type { StoreErrorCode } from '../src/store/index.ts';
import type { EndpointErrorCode, TransportErrorCode } from '../src/transport/index.ts';

/** What an application says in its own words. */
type WordedByApplications = 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND' | 'CONFLICT' | 'FAILED';

type Code =
  | ApplicationErrorCode
  | Exclude<CallErrorCode, WordedByApplications>
  | CodecErrorCode
  | EndpointErrorCode
  | FramingErrorCode
  | LayoutErrorCode
  | SessionErrorCode
  | StoreErrorCode
  | SiteErrorCode
  | TransportErrorCode;

/** Every code there is: one that is missing here does not compile. */
const codes: Readonly<Record<Code, true>> = {
  ABORTED: true,
  ACCESS_DENIED: true,
  LOGIN_BUSY: true,
  LOGIN_REFUSED: true,
  PASSWORD_UNFIT: true,
  SESSION_NEEDED: true,
  ADDRESS_IN_USE: true,
  ADDRESS_NOT_AVAILABLE: true,
  BAD_HOST: true,
  BAD_OPTION: true,
  BAD_CERTIFICATE: true,
  BAD_ERROR_PAGE: true,
  BAD_PASSWORD_FILE: true,
  BAD_PORT: true,
  CONNECTION_CLOSED: true,
  CONNECTION_REFUSED: true,
  CONNECTION_RESET: true,
  CONNECT_TIMEOUT: true,
  DATAGRAM_TOO_LONG: true,
  DECODER_CLOSED: true,
  ENDPOINT_UNSUITED: true,
  FILE_UNREADABLE: true,
  LOG_UNWRITABLE: true,
  FRAME_TOO_LONG: true,
  FRAME_TRUNCATED: true,
  FRAME_UNENCODABLE: true,
  HANDLER_FAILED: true,
  HOST_NOT_FOUND: true,
  IDLE_TIMEOUT: true,
  INVALID_CODEC_LIMIT: true,
  INVALID_FRAME_LIMIT: true,
  INVALID_LAYOUT: true,
  LAYOUT_SYNTAX: true,
  MALFORMED: true,
  MALFORMED_ENDPOINT: true,
  MESSAGE_TOO_SLOW: true,
  PATH_NOT_FOUND: true,
  PERMISSION_DENIED: true,
  STORE_BUSY: true,
  STORE_CLOSED: true,
  STORE_CONFLICT: true,
  STORE_CONSTRAINT: true,
  STORE_CORRUPT: true,
  STORE_DUPLICATE: true,
  STORE_FAILED: true,
  STORE_FOREIGN: true,
  STORE_FULL: true,
  STORE_NEWER: true,
  STORE_OVERLOADED: true,
  STORE_REFERENCE: true,
  STORE_TIMEOUT: true,
  STORE_UNCERTAIN: true,
  STORE_UNREACHABLE: true,
  STORE_UNSUITED: true,
  TLS_FAILED: true,
  TOO_DEEP: true,
  TOO_LARGE: true,
  TRAILING_BYTES: true,
  TRANSPORT_FAILED: true,
  TRUNCATED: true,
  UNENCODABLE: true,
  UNKNOWN_CODEC: true,
  UNKNOWN_FIELD_TYPE: true,
  UNKNOWN_FRAMING: true,
  UNKNOWN_OPTION: true,
  UNKNOWN_TRANSPORT: true,
  UNREACHABLE: true,
  MESSAGE_TOO_LONG: true,
  WRITE_AFTER_END: true,
  PARSE_ERROR: true,
  INVALID_REQUEST: true,
  METHOD_NOT_FOUND: true,
  INVALID_PARAMS: true,
  INTERNAL_ERROR: true,
  OVERLOADED: true,
  DEADLINE_EXCEEDED: true,
  CANCELLED: true,
  RESULT_UNENCODABLE: true,
  INVALID_RESULT: true,
  ANSWER_TOO_LONG: true,
  UNAVAILABLE: true,
  WEBSOCKET_CLOSED: true,
  WEB_REFUSED: true,
};

test('every error has a French text of one line, whatever details it carries', () => {
  for (const code of Object.keys(codes)) {
    for (const details of [{}, { endpoint: 'tcp://h:1', limit: 5, problem: 'twice', path: '.a' }]) {
      const message = 'the English text';
      const french = errorText('fr', { code, message, details });
      assert.notEqual(french, message, `${code} has none`);
      assert.match(french, /^[^\n]+$/);
      assert.ok(!french.includes('undefined'), code);
      assert.equal(errorText('en', { code, message, details }), message);
    }
  }
});

test('a code without a translation keeps its English text', () => {
  for (const code of ['NO_SUCH_CODE', 'toString', '__proto__']) {
    const error = { code, message: 'the English text', details: {} };
    assert.equal(errorText('fr', error), 'the English text');
  }
});

/** The French of what a function throws. */
function frenchOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    const isOurs =
      error instanceof CodecError || error instanceof LayoutError || error instanceof FramingError;
    assert.ok(isOurs, String(error));
    return errorText('fr', error);
  }
  throw new Error('nothing was thrown');
}

test('what layouts, codecs and framings throw is told in French with its place', () => {
  const address = parseLayout('address:ipv4,ports:u16[2]');
  const encode = (value: Record<string, unknown>): string => frenchOf(() => address.encode(value));
  const cases: [string, string][] = [
    [
      encode({ address: 'a or b', ports: [1, 2] }),
      'cet encodage ne peut pas porter la valeur en .address à l\'octet 0 : attendu une adresse IPv4 comme 127.0.0.1, reçu "a or b"',
    ],
    [
      encode({ address: '10.0.0.1', ports: [1, 70_000] }),
      "cet encodage ne peut pas porter la valeur en .ports[1] à l'octet 6 : attendu un entier de 0 à 65535, reçu 70000",
    ],
    [
      encode({ address: '10.0.0.1', ports: [1] }),
      "cet encodage ne peut pas porter la valeur en .ports à l'octet 4 : attendu un tableau de 2, reçu un tableau de 1",
    ],
    [
      encode({ address: '10.0.0.1', ports: [1, 2], x: 1 }),
      'cet encodage ne peut pas porter la valeur à l\'octet 8 : attendu seulement address ou ports, reçu le champ "x" en plus',
    ],
    [
      frenchOf(() => address.decode(new Uint8Array(5))),
      "les octets s'arrêtent avant la fin de la valeur en .ports[0] à l'octet 4 : attendu 2 octets ; il en reste 1",
    ],
    [
      frenchOf(() => parseLayout('address:ipv4 port')),
      'la disposition s\'écarte de sa notation à la position 13 : attendu "," ou la fin, reçu "port"',
    ],
    [
      frenchOf(() => parseLayout('a:u61')),
      'type inconnu « u61 » à la position 2 de la disposition',
    ],
    [
      frenchOf(() => text.decode(new Uint8Array([65, 255]))),
      "ces octets ne suivent pas les règles de l'encodage à l'octet 1",
    ],
    [
      frenchOf(() => json.encode({ a: [Number.NaN] })),
      'cet encodage ne peut pas porter la valeur en .a[0]',
    ],
    [
      frenchOf(() => line({ maxFrameBytes: 2 }).encode(new Uint8Array(3))),
      'une trame de 3 octets dépasse la limite de 2',
    ],
    [
      frenchOf(() =>
        length()
          .decoder(() => undefined)
          .push(new Uint8Array([255, 0, 0, 0])),
      ),
      'une trame de 4278190080 octets dépasse la limite de 1048576',
    ],
    [
      frenchOf(() =>
        line({ maxFrameBytes: 2 })
          .decoder(() => undefined)
          .push(new Uint8Array(9)),
      ),
      'une trame dépasse la limite de 2 octets',
    ],
  ];
  for (const [french, expected] of cases) assert.equal(french, expected);
});

test('what transports throw is told in both languages with its endpoint', async () => {
  const tell = async (act: () => Promise<unknown>): Promise<[string, string]> => {
    const error = await act().then(
      () => assert.fail('nothing was thrown'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof TransportError);
    return [errorText('en', error), errorText('fr', error)];
  };
  await using listener = await listen('tcp://127.0.0.1:0', { data: () => undefined });
  const { port } = listener.endpoint as { port: number };
  const place = `tcp://127.0.0.1:${port}`;
  assert.deepEqual(await tell(() => listen(place, { data: () => undefined })), [
    `${place}: the address is already in use; stop its holder or take another`,
    `${place} : l'adresse est déjà prise ; arrêtez qui la tient ou prenez-en une autre`,
  ]);
  assert.deepEqual(await tell(() => connect('tcp://127.0.0.1:1', { data: () => undefined })), [
    'tcp://127.0.0.1:1: nobody listens there; start the server, or check the port',
    "tcp://127.0.0.1:1 : personne n'y écoute ; démarrez le serveur ou vérifiez le port",
  ]);
  assert.deepEqual(await tell(() => connect('unix:/nowhere/at.all', { data: () => undefined })), [
    'unix:/nowhere/at.all: no such path; start the server, or check the path',
    'unix:/nowhere/at.all : chemin introuvable ; démarrez le serveur ou vérifiez le chemin',
  ]);
});
