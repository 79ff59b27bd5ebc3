/**
 * Sequences of Unicode's table 3-7 of well-formed UTF-8, each byte a character; a lone byte that is part
 * of none comes last.
 */
const utf8Sequences =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/**
 * What a terminal would act on rather than show: controls (ECMA-48), line and paragraph separators, and
 * the format characters that are not seen or reverse what follows (UAX #9), which make a text read as
 * something else than it is. The joiners that emoji and several scripts are written with stay.
 */
const unsafe = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const short = shortEscapes.get(character);
  if (short !== undefined) return short;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

/**
 * A text that is safe to write to a terminal: control characters and invisible marks become escapes,
 * written as Python and C write them.
 *
 * @example
 * ```ts
 * import { escapeControls } from 'guichet/observe';
 * if (escapeControls('a\u001b[2J\tb') !== 'a\\x1b[2J\\tb') throw new Error();
 * ```
 */
export function escapeControls(text: string): string {
  return text.replaceAll(unsafe, escape);
}

/**
 * JSON text that is safe to write to a terminal and means the same: what {@link escapeControls} would
 * escape becomes JSON's own escape. The text must have no line feed between its values.
 *
 * @example
 * ```ts
 * import { escapeJson } from 'guichet/observe';
 * const text = escapeJson(JSON.stringify('a\u009bb\u202ec'));
 * if (text !== '"a\\u009bb\\u202ec"') throw new Error(text);
 * ```
 */
export function escapeJson(text: string): string {
  return text.replaceAll(unsafe, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/**
 * Bytes as a text that is safe to write to a terminal: read as UTF-8 (RFC 3629), with the bytes that are
 * not as `\xff` and controls as {@link escapeControls} does. A backslash stays as it is: this is for
 * reading, not for reading back.
 *
 * @example
 * ```ts
 * import { printable } from 'guichet/observe';
 * if (printable(new Uint8Array([0xc3, 0xa9, 0xff, 0x0a])) !== 'é\\xff\\n') throw new Error();
 * ```
 */
export function printable(bytes: Uint8Array): string {
  const { buffer, byteOffset, length } = bytes;
  const latin1 = Buffer.from(buffer, byteOffset, length).toString('latin1');
  const text = latin1.replaceAll(utf8Sequences, (sequence: string) =>
    sequence.length === 1
      ? `\\x${sequence.charCodeAt(0).toString(16)}`
      : Buffer.from(sequence, 'latin1').toString(),
  );
  return escapeControls(text);
}
