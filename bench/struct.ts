import { arrayCounted, ipv4, string8, struct, u16, u32, u64, u8 } from 'guichet/presentation';
import type { Codec } from 'guichet/presentation';
import { measureCpu, printTable } from './measure.ts';

const operations = 1000;

/** One layout declared with `struct`, and the same bytes by hand. */
interface Contest<Value> {
  readonly title: string;
  readonly declared: Codec<Value>;
  readonly byHand: Pick<Codec<Value>, 'encode' | 'decode'>;
  readonly value: Value;
}

interface Header {
  version: number;
  kind: number;
  address: string;
  port: number;
  length: number;
}

const header: Contest<Header> = {
  title: 'header, 5 fields, 12 bytes',
  declared: struct({ version: u8, kind: u8, address: ipv4, port: u16, length: u32 }),
  byHand: {
    encode({ version, kind, address, port, length }) {
      const bytes = Buffer.allocUnsafe(12);
      bytes[0] = version;
      bytes[1] = kind;
      for (const [index, octet] of address.split('.').entries()) bytes[2 + index] = Number(octet);
      bytes[6] = port >>> 8;
      bytes[7] = port;
      new DataView(bytes.buffer, bytes.byteOffset, 12).setUint32(8, length);
      return bytes;
    },
    decode(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return {
        version: view.getUint8(0),
        kind: view.getUint8(1),
        address: `${bytes[2]}.${bytes[3]}.${bytes[4]}.${bytes[5]}`,
        port: view.getUint16(6),
        length: view.getUint32(8),
      };
    },
  },
  value: { version: 1, kind: 2, address: '192.168.1.20', port: 7000, length: 4096 },
};

interface Row {
  id: bigint;
  name: string;
  marks: number[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const row: Contest<Row> = {
  title: 'row, 64-bit number, text, 8 marks',
  declared: struct({ id: u64, name: string8, marks: arrayCounted(u8, u16) }),
  byHand: {
    encode({ id, name, marks }) {
      const text = encoder.encode(name);
      const bytes = Buffer.allocUnsafe(10 + text.length + 2 * marks.length);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      view.setBigUint64(0, id);
      bytes[8] = text.length;
      bytes.set(text, 9);
      let offset = 9 + text.length;
      bytes[offset++] = marks.length;
      for (const mark of marks) {
        view.setUint16(offset, mark);
        offset += 2;
      }
      return bytes;
    },
    decode(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const textEnd = 9 + view.getUint8(8);
      const marks: number[] = [];
      const count = view.getUint8(textEnd);
      for (let index = 0; index < count; index++)
        marks.push(view.getUint16(textEnd + 1 + 2 * index));
      return { id: view.getBigUint64(0), name: decoder.decode(bytes.subarray(9, textEnd)), marks };
    },
  },
  value: { id: 123_456_789_012n, name: 'Zoé Lefèvre', marks: [12, 17, 9, 20, 14, 11, 8, 15] },
};

/** CPU nanoseconds of one call. */
function measure(work: () => unknown): number {
  return measureCpu(() => {
    for (let index = 0; index < operations; index++) work();
    return operations;
  });
}

function compete<Value>({ title, declared, byHand, value }: Contest<Value>): string[][] {
  const bytes = declared.encode(value);
  if (!Buffer.from(bytes).equals(byHand.encode(value))) throw new Error(`${title}: other bytes`);
  return [
    { name: 'encode', ours: () => declared.encode(value), theirs: () => byHand.encode(value) },
    { name: 'decode', ours: () => declared.decode(bytes), theirs: () => byHand.decode(bytes) },
  ].map(({ name, ours, theirs }) => {
    const [our, their] = [measure(ours), measure(theirs)];
    return [`${name} ${title}`, our.toFixed(0), their.toFixed(0), (our / their).toFixed(2)];
  });
}

/** Prints what a declared layout costs beside the same bytes written and read by hand. */
export async function run(): Promise<void> {
  printTable('CPU nanoseconds an operation: a declared layout, and a DataView by hand', [
    ['layout', 'struct', 'by hand', 'struct/by hand'],
    ...compete(header),
    ...compete(row),
  ]);
}
