/** A table of which bytes belong to a class of characters: 1 where they do. */
function classOf(accepts: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (accepts(byte) ? 1 : 0));
}

const isAlphanumeric = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a);

const among = (characters: string): ((byte: number) => boolean) => {
  const bytes = new Set(Buffer.from(characters, 'latin1'));
  return (byte) => isAlphanumeric(byte) || bytes.has(byte);
};

/** `tchar` (RFC 9110, section 5.6.2): what methods and field names are made of. */
export const tokenBytes: Uint8Array = classOf(among("!#$%&'*+-.^_`|~"));

/** What a field value may hold (RFC 9110, section 5.5): visible characters, blanks, obs-text. */
export const valueBytes: Uint8Array = classOf(
  (byte) => byte === 0x09 || (byte >= 0x20 && byte !== 0x7f),
);

/**
 * What a request target may hold: visible ASCII, without the fragment, which is never sent, and the
 * delimiters that no URI has. More than RFC 3986 allows, because browsers send `|` and `^` as they are.
 */
export const targetBytes: Uint8Array = classOf(
  (byte) => byte > 0x20 && byte < 0x7f && !'"#<>'.includes(String.fromCharCode(byte)),
);

/** The value of a hexadecimal digit, or 255. */
export const hexadecimalValues: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? 255 : value;
});

const registeredName = /^(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;
const ipv6Literal = /^\[(?:[0-9A-Fa-f:.]{2,45}|v[0-9A-Fa-f]+\.[\w.~!$&'()*+,;=:-]+)\]$/;

/**
 * Host and port as Host and the authority of an http URI have them (RFC 9110, section 7.2; RFC 3986,
 * section 3.2): no user information, and no empty host (RFC 9110, section 4.2.1).
 *
 * @returns them in lower case, or `undefined` when they are not valid.
 */
export function parseAuthority(text: string): string | undefined {
  if (text === lastText) return lastAuthority;
  const authority = readAuthority(text);
  lastText = text;
  lastAuthority = authority;
  return authority;
}

/** Most requests of a server name the host that the one before named. */
let lastText: string | undefined;
let lastAuthority: string | undefined;

function readAuthority(text: string): string | undefined {
  const colon = text.indexOf(':', text.lastIndexOf(']') + 1);
  const host = colon === -1 ? text : text.slice(0, colon);
  const port = colon === -1 ? '' : text.slice(colon + 1);
  if (!/^\d{0,5}$/.test(port) || Number(port) > 65_535) return undefined;
  if (!registeredName.test(host) && !ipv6Literal.test(host)) return undefined;
  return port === '' ? host.toLowerCase() : `${host.toLowerCase()}:${port}`;
}

/** The members of a comma-separated list, in lower case, without the empty ones (section 5.6.1). */
export function splitList(value: string): readonly string[] {
  return value
    .split(',')
    .map((member) => member.replace(/^[\t ]+|[\t ]+$/g, '').toLowerCase())
    .filter((member) => member !== '');
}
