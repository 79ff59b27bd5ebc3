import { refuse } from '../refusal.ts';

/** A text as it was read from a file, and how. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
}

function startsWith(bytes: Uint8Array, ...prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

function decodeAs(bytes: Uint8Array, encoding: DecodedText['encoding']): DecodedText {
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw refuse('FILE_UNREADABLE', { problem: 'BAD_ENCODING', encoding });
  }
}

/** Whether these bytes are UTF-8: what was written in another encoding hardly ever is. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    // A byte that UTF-8 does not allow there.
    return false;
  }
}

/**
 * The text of a file, whoever wrote it: by its byte order mark, else UTF-8 where it is that, else
 * Windows-1252, which spreadsheets in Western Europe write and of which Latin-1 is a part (WHATWG Encoding).
 *
 * @throws {CallError} `FILE_UNREADABLE`
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (startsWith(bytes, 0xff, 0xfe)) return decodeAs(bytes, 'utf-16le');
  if (startsWith(bytes, 0xfe, 0xff)) return decodeAs(bytes, 'utf-16be');
  const decoded = isUtf8(bytes) ? decodeAs(bytes, 'utf-8') : decodeAs(bytes, 'windows-1252');
  if (decoded.text.includes('\0')) throw refuse('FILE_UNREADABLE', { problem: 'NO_TEXT' });
  return decoded;
}
