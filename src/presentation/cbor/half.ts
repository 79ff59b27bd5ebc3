/** Views of the same two and four bytes, through which the bits of a float are read and written. */
const half = new Float16Array(1);
const halfBits = new Uint16Array(half.buffer);
const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** The number that 16 bits stand for as a half-precision float (IEEE 754, binary16). */
export function readHalf(bits: number): number {
  halfBits[0] = bits;
  return half[0] ?? 0;
}

/**
 * The 16 bits of a number that single precision carries exactly, or -1 when half precision does not.
 * By the bits of the single, because rounding to half is not an instruction everywhere.
 */
export function writeHalf(value: number): number {
  single[0] = value;
  const bits = singleBits[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7f_ffff;
  if (exponent >= 113 && exponent <= 142) {
    // A normal half has 10 bits of fraction, and an exponent biased by 15 instead of 127.
    return (fraction & 0x1fff) === 0 ? sign | ((exponent - 112) << 10) | (fraction >>> 13) : -1;
  }
  if (exponent >= 103 && exponent <= 112) {
    // A subnormal half counts units of 2^-24; the single's leading bit is implicit.
    const shift = 126 - exponent;
    const significand = fraction | 0x80_0000;
    return (significand & ((1 << shift) - 1)) === 0 ? sign | (significand >>> shift) : -1;
  }
  if (exponent === 0xff) return fraction === 0 ? sign | 0x7c00 : 0x7e00;
  return exponent === 0 && fraction === 0 ? sign : -1;
}
