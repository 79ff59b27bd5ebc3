import assert from 'node:assert/strict';

/**
 * For tests: a result in the one form each value has here, `-15e-1` for -1.5: whole digits without
 * zeros at the end, and a power of ten.
 */
export function canonize(result: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e(-?\d+))?$/u.exec(result) ?? assert.fail(`not a number: ${result}`);
  const digits = `${whole}${fraction}`.replace(/^0+/u, '');
  const short = digits.replace(/0+$/u, '');
  if (short === '') return '0';
  return `${sign}${short}e${Number(exponent) - fraction.length + digits.length - short.length}`;
}
