import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { refuse } from '../refusal.ts';

const inflate = promisify(inflateRaw);

/** Bytes that an archive may unpack to, all its files together. */
const maxUnpacked = 67_108_864;
/** Files in it. */
const maxEntries = 1_000;

const endSignature = 0x06_05_4b_50;
const entrySignature = 0x02_01_4b_50;
const endLength = 22;
const entryLength = 46;
const headerLength = 30;

/** Whether these bytes begin as a ZIP archive does. */
export function isArchive(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

function findEnd(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - endLength - 65_535);
  for (let offset = bytes.length - endLength; offset >= first; offset--) {
    if (bytes.readUInt32LE(offset) === endSignature) return offset;
  }
  return -1;
}

/**
 * Makes sure that an archive unpacks to what memory can take, whatever it says of itself, before a library
 * unpacks it (APPNOTE.TXT 6.3, sections 4.3.12 and 4.3.16).
 *
 * @throws {CallError} `FILE_TOO_LONG`, `FILE_UNREADABLE`
 */
export async function checkArchive(bytes: Buffer): Promise<void> {
  const unreadable = refuse('FILE_UNREADABLE', { problem: 'it is no whole XLSX file' });
  const end = findEnd(bytes);
  if (end === -1) throw unreadable;
  const count = bytes.readUInt16LE(end + 10);
  if (count > maxEntries) throw refuse('FILE_TOO_LONG', { limit: maxEntries, unit: 'parts' });
  let offset = bytes.readUInt32LE(end + 16);
  let rest = maxUnpacked;
  for (let index = 0; index < count; index++) {
    if (offset + entryLength > bytes.length || bytes.readUInt32LE(offset) !== entrySignature) {
      throw unreadable;
    }
    const method = bytes.readUInt16LE(offset + 10);
    const packed = bytes.readUInt32LE(offset + 20);
    const header = bytes.readUInt32LE(offset + 42);
    if (header + headerLength > bytes.length) throw unreadable;
    const start =
      header + headerLength + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
    rest -= await measure(bytes.subarray(start, start + packed), method, rest);
    if (rest < 0) throw refuse('FILE_TOO_LONG', { limit: maxUnpacked, unit: 'bytes unpacked' });
    offset +=
      entryLength +
      bytes.readUInt16LE(offset + 28) +
      bytes.readUInt16LE(offset + 30) +
      bytes.readUInt16LE(offset + 32);
  }
}

/** How long a part is once unpacked; more than `limit` when it is longer than that. */
async function measure(packed: Buffer, method: number, limit: number): Promise<number> {
  if (method === 0) return packed.length;
  if (method !== 8) throw refuse('FILE_UNREADABLE', { problem: 'it is packed in an unknown way' });
  if (limit <= 0) return 1;
  try {
    return (await inflate(packed, { maxOutputLength: limit })).length;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') return limit + 1;
    throw refuse('FILE_UNREADABLE', { problem: 'it is no whole XLSX file' });
  }
}
