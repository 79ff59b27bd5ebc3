import { Buffer } from 'node:buffer';

/** The bytes of an integer that is not negative, the most significant first, none of them in vain. */
export function encodeMagnitude(magnitude: bigint): Uint8Array {
  const digits = magnitude.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}

/** The integer that bytes stand for, the most significant first; none stand for 0. */
export function decodeMagnitude(bytes: Uint8Array): bigint {
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  return BigInt(`0x0${digits}`);
}

/** A number where it is exact, else a bigint: what integers become, however they were encoded. */
export function toNumberIfSafe(integer: bigint): number | bigint {
  const isSafe = integer <= Number.MAX_SAFE_INTEGER && integer >= Number.MIN_SAFE_INTEGER;
  return isSafe ? Number(integer) : integer;
}
