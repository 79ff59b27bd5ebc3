const dot = 0x2e;
const zero = 0x30;

/**
 * Reads a dotted IPv4 address into 4 bytes at `offset`: four decimal numbers from 0 to 255 without
 * leading zeros, which some readers take as octal. Returns whether it was one.
 */
export function parseIpv4(text: string, bytes: Uint8Array, offset: number): boolean {
  if (text.length < 7 || text.length > 15) return false;
  let octet = 0;
  let digits = 0;
  let index = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = at < text.length ? text.charCodeAt(at) : dot;
    if (character === dot) {
      if (digits === 0 || index === 4) return false;
      bytes[offset + index] = octet;
      index++;
      octet = 0;
      digits = 0;
      continue;
    }
    const digit = character - zero;
    if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return false;
    octet = octet * 10 + digit;
    digits++;
    if (octet > 255) return false;
  }
  return index === 4;
}

/** The 4 bytes at `offset` as a dotted address. */
export function formatIpv4(bytes: Uint8Array, offset: number): string {
  return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
}

/**
 * Reads an IPv6 address in any form of RFC 4291 section 2.2 into 16 bytes at `offset`: eight groups,
 * `::` for one or more groups of zeros, a dotted IPv4 address as the last two. No zone.
 */
export function parseIpv6(text: string, bytes: Uint8Array, offset: number): boolean {
  if (text.length < 2 || text.length > 45) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const [front = '', back] = halves;
  const head = parseGroups(front, back === undefined);
  const tail = back === undefined ? [] : parseGroups(back, true);
  if (head === undefined || tail === undefined) return false;
  const zeros = 8 - head.length - tail.length;
  if (back === undefined ? zeros !== 0 : zeros < 1) return false;
  const groups = [...head, ...Array.from({ length: zeros }, () => 0), ...tail];
  for (const [index, group] of groups.entries()) {
    bytes[offset + 2 * index] = group >>> 8;
    bytes[offset + 2 * index + 1] = group & 0xff;
  }
  return true;
}

/** The 16-bit groups between colons, of which the last two may be a dotted address at the end. */
function parseGroups(text: string, atEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (atEnd && index === parts.length - 1 && part.includes('.')) {
      const octets = new Uint8Array(4);
      if (!parseIpv4(part, octets, 0)) return undefined;
      const [first = 0, second = 0, third = 0, fourth = 0] = octets;
      groups.push((first << 8) | second, (third << 8) | fourth);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

/**
 * The 16 bytes at `offset` in the canonical text of RFC 5952: lower case, no leading zeros, `::` for
 * the first of the longest runs of two or more groups of zeros, and IPv4-mapped addresses with
 * their IPv4 part dotted (its section 5).
 */
export function formatIpv6(bytes: Uint8Array, offset: number): string {
  const groups: number[] = [];
  for (let at = offset; at < offset + 16; at += 2) {
    groups.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  }
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatIpv4(bytes, offset + 12)}`;
  }
  const { start, length } = longestZeros(groups);
  const write = (part: readonly number[]): string =>
    part.map((group) => group.toString(16)).join(':');
  if (length < 2) return write(groups);
  return `${write(groups.slice(0, start))}::${write(groups.slice(start + length))}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: index + 1 - length, length };
  }
  return longest;
}

/** Reads a hardware address, six pairs of hexadecimal digits between colons or hyphens. */
export function parseMac(text: string, bytes: Uint8Array, offset: number): boolean {
  if (!/^[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){5})$/i.test(text)) return false;
  for (let index = 0; index < 6; index++) {
    bytes[offset + index] = Number.parseInt(text.slice(3 * index, 3 * index + 2), 16);
  }
  return true;
}

/** The 6 bytes at `offset`, in lower case between colons. */
export function formatMac(bytes: Uint8Array, offset: number): string {
  return Array.from(bytes.subarray(offset, offset + 6), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join(':');
}
