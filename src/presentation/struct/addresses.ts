import { pathStep } from '../path.ts';
import { describe, FieldFailure } from './failure.ts';
import { FieldType } from './field-type.ts';
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from './ip-text.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** How one kind of address stands as text. */
interface AddressText {
  readonly notation: string;
  readonly length: number;
  /** What it looks like, for the error. */
  readonly likeness: string;
  /** Fills `length` bytes at `offset`, or returns false, having written anything there. */
  parse(text: string, bytes: Uint8Array, offset: number): boolean;
  format(bytes: Uint8Array, offset: number): string;
}

class AddressType extends FieldType<string> {
  readonly notation: string;
  readonly minBytes: number;
  readonly #text: AddressText;

  constructor(text: AddressText) {
    super();
    this.notation = text.notation;
    this.minBytes = text.length;
    this.#text = text;
  }

  read(reader: Reader): string {
    const offset = reader.take(this.minBytes);
    return this.#text.format(reader.bytes, offset);
  }

  write(writer: Writer, value: unknown): void {
    const offset = writer.reserve(this.minBytes);
    if (typeof value !== 'string' || !this.#text.parse(value, writer.bytes, offset)) {
      writer.fail('UNENCODABLE', `expected ${this.#text.likeness}, got ${describe(value)}`, offset);
    }
  }
}

/** An IPv4 address as dotted text, `'127.0.0.1'`, in 4 bytes. Leading zeros are refused. */
export const ipv4: FieldType<string> = new AddressType({
  notation: 'ipv4',
  length: 4,
  likeness: 'an IPv4 address such as 127.0.0.1',
  parse: parseIpv4,
  format: formatIpv4,
});

/**
 * An IPv6 address in 16 bytes: encodes any form of RFC 4291 section 2.2, decodes to the canonical one
 * of RFC 5952. Without a zone, which has no place in the 16 bytes.
 */
export const ipv6: FieldType<string> = new AddressType({
  notation: 'ipv6',
  length: 16,
  likeness: 'an IPv6 address such as 2001:db8::1',
  parse: parseIpv6,
  format: formatIpv6,
});

/** A hardware address, `'52:54:00:12:34:56'`, in 6 bytes; hyphens and capitals are accepted. */
export const mac: FieldType<string> = new AddressType({
  notation: 'mac',
  length: 6,
  likeness: 'a hardware address such as 52:54:00:12:34:56',
  parse: parseMac,
  format: formatMac,
});

/** The four integers of an IPv4 address, each from 0 to 255. */
export type Ipv4Octets = readonly [number, number, number, number];

class Ipv4OctetsType extends FieldType<Ipv4Octets> {
  readonly notation = 'ipv4Octets';
  readonly minBytes = 4;

  read(reader: Reader): Ipv4Octets {
    const offset = reader.take(4);
    const { view } = reader;
    return [
      view.getUint8(offset),
      view.getUint8(offset + 1),
      view.getUint8(offset + 2),
      view.getUint8(offset + 3),
    ];
  }

  write(writer: Writer, value: unknown): void {
    if (!Array.isArray(value) || value.length !== 4) {
      writer.fail('UNENCODABLE', `expected an array of 4 integers, got ${describe(value)}`);
    }
    const offset = writer.reserve(4);
    for (let index = 0; index < 4; index++) {
      const octet: unknown = value[index];
      if (typeof octet !== 'number' || !Number.isInteger(octet) || octet < 0 || octet > 255) {
        const problem = `expected an integer from 0 to 255, got ${describe(octet)}`;
        throw new FieldFailure('UNENCODABLE', problem, offset + index).within(pathStep(index));
      }
      writer.view.setUint8(offset + index, octet);
    }
  }
}

/**
 * An IPv4 address as an array of 4 integers, its abstract syntax, in 4 bytes, its concrete one.
 *
 * @example
 * ```ts
 * import { ipv4, ipv4Octets } from 'guichet/presentation';
 * const concrete = ipv4Octets.encode([127, 0, 0, 1]);
 * if (ipv4.decode(concrete) !== '127.0.0.1') throw new Error('another address');
 * if (ipv4Octets.decode(concrete)[0] !== 127) throw new Error('another network');
 * ```
 */
export const ipv4Octets: FieldType<Ipv4Octets> = new Ipv4OctetsType();
