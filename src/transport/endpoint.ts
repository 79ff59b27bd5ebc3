import { Buffer } from 'node:buffer';
import { GuichetError } from '../errors.ts';

/** Why an endpoint's notation was refused. */
export type EndpointErrorCode =
  | 'MALFORMED_ENDPOINT'
  | 'UNKNOWN_TRANSPORT'
  | 'UNKNOWN_CODEC'
  | 'UNKNOWN_FRAMING'
  | 'UNKNOWN_OPTION'
  | 'BAD_OPTION'
  | 'BAD_PORT'
  | 'BAD_HOST';

/** An endpoint whose notation is wrong; the message quotes it and says what was expected. */
export class EndpointError extends GuichetError<EndpointErrorCode> {}

/** The transports an endpoint can name. */
export const transportNames = [
  'tcp',
  'tls',
  'udp',
  'unix',
  'memory',
  'ws',
  'wss',
  'http',
  'https',
] as const;

export type TransportName = (typeof transportNames)[number];

/** A host and a port: port 0, when listening, lets the system choose one. */
export interface InternetEndpoint {
  readonly transport: 'tcp' | 'tls' | 'udp';
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** A Unix-domain stream socket. */
export interface UnixEndpoint {
  readonly transport: 'unix';
  readonly path: string;
}

/** A name known in this process alone; streams and datagrams have a space of names each. */
export interface MemoryEndpoint {
  readonly transport: 'memory';
  readonly name: string;
}

/**
 * A place on a web server: WebSocket messages (RFC 6455), or HTTP requests with one message each; `wss` and
 * `https` under TLS.
 */
export interface WebEndpoint {
  readonly transport: 'ws' | 'wss' | 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Begins with a slash, percent-encoded; `/rpc` where a notation has none. */
  readonly path: string;
}

/** Where a transport listens or connects to. */
export type TransportEndpoint = InternetEndpoint | UnixEndpoint | MemoryEndpoint | WebEndpoint;

/** Whether an endpoint is a place on a web server. */
export function isWebEndpoint(endpoint: TransportEndpoint): endpoint is WebEndpoint {
  return webTransports.has(endpoint.transport);
}

const webTransports: ReadonlySet<string> = new Set(['ws', 'wss', 'http', 'https']);

/** An endpoint's notation taken apart: who interprets the upper layers does so from here. */
export interface SplitEndpoint {
  /** What stands before the transport in the scheme, from the top layer down. */
  readonly layers: readonly string[];
  readonly transport: TransportEndpoint;
  /** What stands behind the `?`, decoded, in order. */
  readonly options: ReadonlyMap<string, string>;
}

const notation = /^(?<scheme>[a-z][a-z0-9+.-]*):(?<rest>.*)$/is;
/** `localhost:7000`, say, whose host is no scheme. */
const startsLikePort = /^\d+(\/|$|\?)/;
const authority = /^(?:\[(?<ipv6>[^\]]*)\]|(?<host>[^:[\]]*))(?::(?<port>[^:]*))?$/s;

function fail(code: EndpointErrorCode, message: string, details: Record<string, unknown>): never {
  throw new EndpointError(code, message, { details });
}

/** A host and a port with no scheme before them, and perhaps a path; or a port alone. */
const schemeless = /^(?:(?<host>\[[\da-f:.%]+\]|[\w.-]+)?:)?(?<port>\d{1,5})(?<path>\/\S*)?$/i;

/** The endpoint that was meant where the scheme was left out; else one as an example. */
function suggest(text: string, codec: string): string {
  if (/^\.{0,2}\/[^\s?]+$/.test(text)) return `${codec}+unix:${text}`;
  const { host, port, path } = schemeless.exec(text)?.groups ?? {};
  if (port === undefined || Number(port) > 65_535) {
    return `${codec}+tcp://127.0.0.1:${codec === 'json' ? 7000 : 6666}`;
  }
  const isWeb = path !== undefined && path !== '/';
  return `${codec}+${isWeb ? 'http' : 'tcp'}://${host ?? '127.0.0.1'}:${port}${isWeb ? path : ''}`;
}

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return fail('MALFORMED_ENDPOINT', `bad percent-encoding "${part}" in "${text}"`, {
      endpoint: text,
      problem: 'percent',
      part,
    });
  }
}

function splitOptions(query: string, text: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const pair of query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals), text);
    if (options.has(name)) {
      fail('BAD_OPTION', `option "${name}" stands twice in "${text}"`, {
        endpoint: text,
        option: name,
        problem: 'twice',
      });
    }
    options.set(name, equals === -1 ? '' : decode(pair.slice(equals + 1), text));
  }
  return options;
}

function splitAuthority<Transport extends TransportName>(
  transport: Transport,
  part: string,
  text: string,
) {
  const groups = authority.exec(part)?.groups;
  // Colons in plenty are an IPv6 address whose brackets were left out.
  const host6 = groups === undefined && /^[\da-f:.]*:[\da-f:.]*:/i.test(part);
  const example = `${transport}://${host6 ? '[::1]' : '127.0.0.1'}:7000`;
  if (groups === undefined) {
    fail('BAD_HOST', `bad host and port "${part}" in "${text}"; write for example ${example}`, {
      endpoint: text,
      part,
      example,
    });
  }
  const host = groups['ipv6'] ?? decode(groups['host'] ?? '', text);
  // RFC 6874: the zone of a link-local address is behind %25, which people write as a bare %.
  const address = groups['ipv6'] === undefined ? host : host.replace('%25', '%');
  if (address === '' || /[\s/@?#[\]\0]/.test(address)) {
    fail('BAD_HOST', `no host in "${text}"; write for example ${example}`, {
      endpoint: text,
      part,
      example,
    });
  }
  const port = groups['port'] ?? '';
  if (port === '') {
    fail('BAD_PORT', `no port in "${text}"; write for example ${example}`, {
      endpoint: text,
      port,
      example,
    });
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    fail('BAD_PORT', `bad port "${port}" in "${text}"; a port is a number from 0 to 65535`, {
      endpoint: text,
      port,
    });
  }
  return { transport, host: address, port: Number(port) };
}

function requireSlashes(place: string, transport: TransportName, text: string): void {
  if (!place.startsWith('//')) {
    fail(
      'MALFORMED_ENDPOINT',
      `no "//" in "${text}"; write for example ${transport}://127.0.0.1:7000`,
      { endpoint: text, problem: 'slashes', transport },
    );
  }
}

/**
 * Takes an endpoint's notation apart: `json+tcp://127.0.0.1:7000?framing=length`,
 * `cbor+unix:/run/guichet.sock`, `text+memory://name`. The scheme reads from the top layer down and its
 * last part is the transport; hosts and ports are those of RFC 3986, section 3.2.
 *
 * @param codec the one to suggest above what is no endpoint for want of a scheme. Default `text`.
 * @throws {EndpointError} that quotes the notation and says what was expected.
 * @example
 * ```ts
 * import { splitEndpoint } from 'guichet/transport';
 * const { layers, transport } = splitEndpoint('json+tcp://[::1]:7000');
 * if (layers[0] !== 'json' || transport.transport !== 'tcp' || transport.host !== '::1') throw new Error();
 * ```
 */
export function splitEndpoint(text: string, codec: string = 'text'): SplitEndpoint {
  const groups = notation.exec(text)?.groups;
  // Half a surrogate pair is no character: no percent-encoding could name it again.
  const isText = text.isWellFormed();
  if (!isText || groups === undefined || startsLikePort.test(groups['rest'] ?? '')) {
    const example = suggest(text, codec);
    fail('MALFORMED_ENDPOINT', `"${text}" is not an endpoint; write for example ${example}`, {
      endpoint: text,
      problem: 'notation',
      example,
    });
  }
  const layers = (groups['scheme'] ?? '').toLowerCase().split('+');
  const last = layers.pop() ?? '';
  const transport = transportNames.find((name) => name === last);
  if (transport === undefined) {
    const known = transportNames.join(', ');
    fail('UNKNOWN_TRANSPORT', `unknown transport "${last}" in "${text}"; known: ${known}`, {
      endpoint: text,
      transport: last,
      known,
    });
  }
  const rest = groups['rest'] ?? '';
  const question = rest.indexOf('?');
  const place = question === -1 ? rest : rest.slice(0, question);
  const options = splitOptions(question === -1 ? '' : rest.slice(question + 1), text);
  const afterSlashes = place.startsWith('//') ? place.slice(2) : place;
  switch (transport) {
    case 'unix': {
      const path = decode(afterSlashes, text);
      // The address holds 108 bytes with the final NUL (unix(7)); a longer path would be cut short.
      if (path === '' || path.includes('\0') || Buffer.byteLength(path) > 107) {
        fail('MALFORMED_ENDPOINT', `bad socket path in "${text}"; a path has 1 to 107 bytes`, {
          endpoint: text,
          problem: 'path',
        });
      }
      return { layers, transport: { transport, path }, options };
    }
    case 'memory': {
      const name = decode(afterSlashes, text);
      if (name === '') {
        fail('MALFORMED_ENDPOINT', `no name in "${text}"; write for example memory://name`, {
          endpoint: text,
          problem: 'name',
        });
      }
      return { layers, transport: { transport, name }, options };
    }
    case 'ws':
    case 'wss':
    case 'http':
    case 'https': {
      requireSlashes(place, transport, text);
      const slash = afterSlashes.indexOf('/');
      const part = slash === -1 ? afterSlashes : afterSlashes.slice(0, slash);
      const path = slash === -1 ? '/rpc' : afterSlashes.slice(slash);
      if (!/^[\w/.~!$&'()*+,;=:@%-]*$/.test(path)) {
        fail('MALFORMED_ENDPOINT', `bad path "${path}" in "${text}"; percent-encode it`, {
          endpoint: text,
          problem: 'path of a URL',
          path,
        });
      }
      return { layers, transport: { ...splitAuthority(transport, part, text), path }, options };
    }
    case 'tcp':
    case 'tls':
    case 'udp': {
      requireSlashes(place, transport, text);
      const part = afterSlashes.endsWith('/') ? afterSlashes.slice(0, -1) : afterSlashes;
      return { layers, transport: splitAuthority(transport, part, text), options };
    }
  }
}

/** The notation of a transport endpoint, IPv6 hosts in brackets: `tcp://[::1]:7000`. */
export function formatEndpoint(endpoint: TransportEndpoint): string {
  switch (endpoint.transport) {
    case 'unix': {
      const path = encodeURI(endpoint.path).replaceAll('?', '%3F');
      // Without an authority's slashes, these would be taken for one, or for a port.
      const needsSlashes = path.startsWith('//') || startsLikePort.test(path);
      return `unix:${needsSlashes ? '//' : ''}${path}`;
    }
    case 'memory':
      return `memory://${encodeURIComponent(endpoint.name)}`;
    case 'ws':
    case 'wss':
    case 'http':
    case 'https':
      return formatUrl(endpoint);
    case 'tcp':
    case 'tls':
    case 'udp':
      return `${endpoint.transport}://${formatEscaped(endpoint)}`;
  }
}

function formatEscaped({ host, port }: InternetEndpoint | WebEndpoint): string {
  // RFC 6874: in an IPv6 address only the percent sign of the zone is escaped.
  const escaped = host.includes(':') ? host.replace('%', '%25') : host.replaceAll('%', '%25');
  return formatHostAndPort(escaped, port);
}

/** The URL of a place on a web server. */
export function formatUrl(endpoint: WebEndpoint): string {
  return `${endpoint.transport}://${formatEscaped(endpoint)}${endpoint.path}`;
}

/** `127.0.0.1:7000`, `[::1]:7000`. */
export function formatHostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A transport endpoint from its notation, or as it is. No codec may stand in it. */
export function toTransportEndpoint(endpoint: string | TransportEndpoint): TransportEndpoint {
  if (typeof endpoint !== 'string') return endpoint;
  const { layers, transport, options } = splitEndpoint(endpoint);
  if (layers.length > 0 || options.size > 0) {
    fail(
      'MALFORMED_ENDPOINT',
      `"${endpoint}" names more than a transport; write ${formatEndpoint(transport)}`,
      { endpoint, problem: 'layers' },
    );
  }
  return transport;
}
