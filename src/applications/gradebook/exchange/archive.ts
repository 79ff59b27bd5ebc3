import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { refuse } from '../refusal.ts';

const inflate = promisify(inflateRaw);

/** Bytes that an archive may unpack to, all its files together. */
const maxUnpacked = 67_108_864;
/** Files in it. */
const maxEntries = 1_000;

const headerSignature = 0x04_03_4b_50;
const entrySignature = 0x02_01_4b_50;
const endSignature = 0x06_05_4b_50;
const headerLength = 30;
const entryLength = 46;
const endLength = 22;

/** One file of an archive, unpacked. */
export interface ArchivePart {
  readonly name: Buffer;
  readonly content: Buffer;
}

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
 * Unpacks the files that the directory of an archive names, as long as memory can take them, whatever it
 * says of itself (APPNOTE.TXT 6.3, sections 4.3.12 and 4.3.16).
 *
 * @throws {CallError} `FILE_TOO_LONG`, `FILE_UNREADABLE`
 */
export async function unpackArchive(bytes: Buffer): Promise<readonly ArchivePart[]> {
  const unreadable = refuse('FILE_UNREADABLE', { problem: 'NO_WHOLE_XLSX' });
  const end = findEnd(bytes);
  if (end === -1) throw unreadable;
  const count = bytes.readUInt16LE(end + 10);
  if (count > maxEntries) throw refuse('FILE_TOO_LONG', { limit: maxEntries, unit: 'parts' });
  const parts: ArchivePart[] = [];
  let offset = bytes.readUInt32LE(end + 16);
  let rest = maxUnpacked;
  for (let index = 0; index < count; index++) {
    if (offset + entryLength > bytes.length || bytes.readUInt32LE(offset) !== entrySignature) {
      throw unreadable;
    }
    const method = bytes.readUInt16LE(offset + 10);
    const packed = bytes.readUInt32LE(offset + 20);
    const nameLength = bytes.readUInt16LE(offset + 28);
    const header = bytes.readUInt32LE(offset + 42);
    if (header + headerLength > bytes.length) throw unreadable;
    const start =
      header + headerLength + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
    const content = await unpack(bytes.subarray(start, start + packed), method, rest);
    rest -= content.length;
    const name = bytes.subarray(offset + entryLength, offset + entryLength + nameLength);
    parts.push({ name, content });
    offset +=
      entryLength + nameLength + bytes.readUInt16LE(offset + 30) + bytes.readUInt16LE(offset + 32);
  }
  return parts;
}

/** One file of an archive. @throws {CallError} `FILE_TOO_LONG` when it is longer than `limit`. */
async function unpack(packed: Buffer, method: number, limit: number): Promise<Buffer> {
  const tooLong = refuse('FILE_TOO_LONG', { limit: maxUnpacked, unit: 'bytesUnpacked' });
  if (method === 0) {
    if (packed.length > limit) throw tooLong;
    return packed;
  }
  if (method !== 8) throw refuse('FILE_UNREADABLE', { problem: 'UNKNOWN_PACKING' });
  if (limit <= 0) throw tooLong;
  try {
    return await inflate(packed, { maxOutputLength: limit });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLong;
    throw refuse('FILE_UNREADABLE', { problem: 'NO_WHOLE_XLSX' });
  }
}

/**
 * An archive of nothing but these files, unpacked: whoever reads it finds the same ones, by its directory
 * or by what stands before each file, which may tell different things in an archive of somebody else's.
 */
export function packArchive(parts: readonly ArchivePart[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of parts) {
    const header = Buffer.alloc(headerLength);
    header.writeUInt32LE(headerSignature, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt32LE(crc32(content), 14);
    header.writeUInt32LE(content.length, 18);
    header.writeUInt32LE(content.length, 22);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(entryLength);
    entry.writeUInt32LE(entrySignature, 0);
    // The same fields, after the version of whoever made it.
    header.copy(entry, 6, 4, 28);
    entry.writeUInt32LE(offset, 42);
    files.push(header, name, content);
    directory.push(entry, name);
    offset += headerLength + name.length + content.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(endLength);
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, listed, end]);
}
