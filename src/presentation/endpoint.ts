import { framingNames, isFramingName } from '../framing/index.ts';
import type { FramingName } from '../framing/index.ts';
import { EndpointError, formatEndpoint, isWebEndpoint, splitEndpoint } from '../transport/index.ts';
import type { EndpointErrorCode, TransportEndpoint } from '../transport/index.ts';
import { codecNames } from './codecs.ts';
import type { CodecName } from './codecs.ts';

/** How a `tls` endpoint's options name what `TlsOptions` holds. */
export interface EndpointTls {
  /** The path of the certificates to trust, PEM. */
  readonly ca?: string;
  /** The path of the certificate to show, PEM. */
  readonly cert?: string;
  /** The path of the private key, PEM. */
  readonly key?: string;
  /** The name that the server must prove. */
  readonly servername?: string;
  /** false, from `?verify=no`, accepts any certificate. */
  readonly verify: boolean;
}

/** Where to talk, and in what: each layer of the notation. */
export interface Endpoint {
  readonly codec: CodecName;
  readonly framing: FramingName;
  readonly transport: TransportEndpoint;
  /** The layout of the `struct` codec, in the notation of `parseLayout`. */
  readonly layout?: string;
  readonly tls?: EndpointTls;
}

/** What to take for what a notation leaves out. */
export interface EndpointDefaults {
  /** The codec of `tcp://127.0.0.1:6666`; without it, a notation must name one. */
  readonly codec?: CodecName;
}

const generalOptions = ['framing', 'layout'];
const tlsOptions = ['ca', 'cert', 'key', 'servername', 'verify'];

const framingOfCodec: Readonly<Record<CodecName, FramingName>> = {
  bytes: 'chunk',
  text: 'line',
  json: 'line',
  struct: 'length',
  cbor: 'length',
};

function fail(code: EndpointErrorCode, message: string, details: Record<string, unknown>): never {
  throw new EndpointError(code, message, { details });
}

/**
 * Reads an endpoint's notation, whose scheme names the layers from the top down, as in
 * `json+tcp://127.0.0.1:7000`: a codec, then a transport. The codec implies the framing (`bytes`: chunk,
 * `text` and `json`: line, `struct` and `cbor`: length; on udp, ws and http, the message itself), which
 * `?framing=length` overrides. `struct` takes its layout from `?layout=address:ipv4,port:u16`; `tls`
 * takes paths from `?ca=`, `?cert=` and `?key=`, a name from `?servername=`, and `?verify=no`.
 *
 * @throws {EndpointError} that quotes the notation and says what was expected.
 * @example
 * ```ts
 * import { parseEndpoint } from 'guichet/presentation';
 * const endpoint = parseEndpoint('json+tcp://127.0.0.1:7000');
 * if (endpoint.codec !== 'json' || endpoint.framing !== 'line') throw new Error();
 * if (endpoint.transport.transport !== 'tcp' || endpoint.transport.port !== 7000) throw new Error();
 * ```
 */
export function parseEndpoint(text: string, defaults: EndpointDefaults = {}): Endpoint {
  const { layers, transport, options } = splitEndpoint(text, defaults.codec);
  if (layers.length > 1) {
    fail(
      'MALFORMED_ENDPOINT',
      `too many layers in "${text}"; write one codec and one transport, as in json+tcp://…`,
      { endpoint: text, problem: 'layers' },
    );
  }
  const codec = readCodec(text, layers[0], defaults);
  const known = isSecure(transport) ? [...generalOptions, ...tlsOptions] : generalOptions;
  for (const option of options.keys()) {
    if (known.includes(option)) continue;
    fail('UNKNOWN_OPTION', `unknown option "${option}" in "${text}"; known: ${known.join(', ')}`, {
      endpoint: text,
      option,
      known: known.join(', '),
    });
  }
  const layout = options.get('layout');
  if (layout !== undefined && codec !== 'struct') {
    fail('BAD_OPTION', `a layout needs the struct codec: write struct+… in "${text}"`, {
      endpoint: text,
      option: 'layout',
      problem: 'codec',
    });
  }
  return {
    codec,
    framing: readFraming(text, codec, transport, options.get('framing')),
    transport,
    ...(layout !== undefined && { layout }),
    ...(isSecure(transport) && { tls: readTls(text, options) }),
  };
}

function readCodec(text: string, name: string | undefined, defaults: EndpointDefaults): CodecName {
  if (name === undefined && defaults.codec !== undefined) return defaults.codec;
  const codec = codecNames.find((known) => known === name);
  if (codec !== undefined) return codec;
  const known = codecNames.join(', ');
  return name === undefined
    ? fail('UNKNOWN_CODEC', `no codec in "${text}"; write one before the transport: ${known}`, {
        endpoint: text,
        codec: '',
        known,
      })
    : fail('UNKNOWN_CODEC', `unknown codec "${name}" in "${text}"; known: ${known}`, {
        endpoint: text,
        codec: name,
        known,
      });
}

/** Whether an endpoint is under TLS, and takes its options. */
function isSecure({ transport }: TransportEndpoint): boolean {
  return transport === 'tls' || transport === 'wss' || transport === 'https';
}

function impliedFraming(codec: CodecName, transport: TransportEndpoint): FramingName {
  // A message of the web is its own frame, as a datagram is.
  const isWhole = transport.transport === 'udp' || isWebEndpoint(transport);
  return isWhole ? 'datagram' : framingOfCodec[codec];
}

function readFraming(
  text: string,
  codec: CodecName,
  transport: TransportEndpoint,
  name: string | undefined,
): FramingName {
  if (name === undefined) return impliedFraming(codec, transport);
  if (!isFramingName(name)) {
    const known = framingNames.join(', ');
    return fail('UNKNOWN_FRAMING', `unknown framing "${name}" in "${text}"; known: ${known}`, {
      endpoint: text,
      framing: name,
      known,
    });
  }
  if (isWebEndpoint(transport) && name !== 'datagram') {
    return fail(
      'BAD_OPTION',
      `a message of ${transport.transport} is its own frame: leave framing out of "${text}"`,
      { endpoint: text, option: 'framing', problem: 'message', transport: transport.transport },
    );
  }
  if (
    name === 'datagram' &&
    !isWebEndpoint(transport) &&
    transport.transport !== 'udp' &&
    transport.transport !== 'memory'
  ) {
    return fail(
      'BAD_OPTION',
      `${transport.transport} carries a stream, which has no datagrams: choose chunk, line or length in "${text}"`,
      { endpoint: text, option: 'framing', problem: 'stream', transport: transport.transport },
    );
  }
  return name;
}

function readTls(text: string, options: ReadonlyMap<string, string>): EndpointTls {
  const tls: Record<string, string> = {};
  for (const name of ['ca', 'cert', 'key', 'servername']) {
    const value = options.get(name);
    if (value === undefined) continue;
    if (value === '') {
      fail('BAD_OPTION', `option "${name}" has no value in "${text}"`, {
        endpoint: text,
        option: name,
        problem: 'empty',
      });
    }
    tls[name] = value;
  }
  const verify = options.get('verify') ?? 'yes';
  if (verify !== 'yes' && verify !== 'no') {
    fail('BAD_OPTION', `option "verify" is "${verify}" in "${text}"; write yes or no`, {
      endpoint: text,
      option: 'verify',
      problem: 'boolean',
    });
  }
  if ((tls['cert'] === undefined) !== (tls['key'] === undefined)) {
    fail('BAD_OPTION', `options "cert" and "key" go together in "${text}"`, {
      endpoint: text,
      option: 'cert',
      problem: 'pair',
    });
  }
  return { ...tls, verify: verify === 'yes' };
}

/** What an option's value need not hide: a layout, a path stay readable. */
const plainInValue = /%(?:2C|2F|3A|3C|3D|3E|5B|5D|7B|7D)/g;

/**
 * The notation of an endpoint, without what it implies: what `parseEndpoint` reads back to the same.
 *
 * @example
 * ```ts
 * import { formatEndpointNotation, parseEndpoint } from 'guichet/presentation';
 * const text = formatEndpointNotation(parseEndpoint('json+tcp://[::1]:7000?framing=line'));
 * if (text !== 'json+tcp://[::1]:7000') throw new Error(text);
 * ```
 */
export function formatEndpointNotation(endpoint: Endpoint): string {
  const { codec, framing, transport, layout, tls } = endpoint;
  const options: string[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value === undefined) return;
    options.push(
      `${name}=${encodeURIComponent(value).replaceAll(plainInValue, decodeURIComponent)}`,
    );
  };
  if (framing !== impliedFraming(codec, transport)) add('framing', framing);
  add('layout', layout);
  add('ca', tls?.ca);
  add('cert', tls?.cert);
  add('key', tls?.key);
  add('servername', tls?.servername);
  if (tls?.verify === false) add('verify', 'no');
  const query = options.length === 0 ? '' : `?${options.join('&')}`;
  return `${codec}+${formatEndpoint(transport)}${query}`;
}
