/** How {@link hexdump} draws. */
export interface HexdumpOptions {
  /** The offset written beside the first byte. Default 0. */
  readonly offset?: number;
  /** Bytes a line. Default 16. */
  readonly width?: number;
  /** Bytes drawn at most; a last line counts the others. Default 512. */
  readonly maxBytes?: number;
  /** What the last line says of the others. Default `… 3 more bytes`. */
  readonly more?: (count: number) => string;
}

function moreInEnglish(count: number): string {
  return `… ${count} more byte${count === 1 ? '' : 's'}`;
}

function drawLine(bytes: Uint8Array, start: number, end: number, width: number): string {
  let hexadecimal = '';
  let characters = '';
  for (let index = start; index < start + width; index++) {
    const byte = index < end ? bytes[index] : undefined;
    if ((index - start) % 8 === 0 && index > start) hexadecimal += ' ';
    hexadecimal += byte === undefined ? '   ' : `${byte.toString(16).padStart(2, '0')} `;
    if (byte !== undefined) {
      characters += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
    }
  }
  return `${hexadecimal} ${characters}`;
}

/**
 * Bytes as lines of offset, hexadecimal and ASCII, as `hexdump -C` and Wireshark draw them; what is not
 * printable ASCII is a dot.
 *
 * @example
 * ```ts
 * import { hexdump } from 'guichet/observe';
 * const [line] = hexdump(new TextEncoder().encode('bonjour\n'));
 * if (line !== '00000000  62 6f 6e 6a 6f 75 72 0a                           bonjour.') throw new Error(line);
 * ```
 */
export function hexdump(bytes: Uint8Array, options: HexdumpOptions = {}): string[] {
  const { offset = 0, width = 16, maxBytes = 512, more = moreInEnglish } = options;
  const lines: string[] = [];
  const drawn = Math.min(bytes.length, maxBytes);
  for (let start = 0; start < drawn; start += width) {
    const label = (offset + start).toString(16).padStart(8, '0');
    lines.push(`${label}  ${drawLine(bytes, start, drawn, width)}`);
  }
  if (bytes.length > drawn) lines.push(`${' '.repeat(10)}${more(bytes.length - drawn)}`);
  return lines;
}
