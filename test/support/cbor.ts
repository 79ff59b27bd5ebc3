import { cbor } from 'guichet/presentation';
import type { Codec } from 'guichet/presentation';

/** A codec with the default options, in hexadecimal for tests. */
export const codec: Codec<unknown> = cbor();

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** The encoding of a value; the codec is the default one unless told otherwise. */
export function encodeHex(value: unknown, by: Codec<unknown> = codec): string {
  return toHex(by.encode(value));
}

/** The value of an encoding, in which spaces may set the items apart. */
export function decodeHex(hex: string, by: Codec<unknown> = codec): unknown {
  return by.decode(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** What arrives when a value is sent. */
export function copy<Value>(value: Value): Value {
  return codec.decode(codec.encode(value)) as Value;
}
