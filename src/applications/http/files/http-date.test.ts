import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { formatHttpDate, parseHttpDate } from './http-date.ts';

const moment = Date.UTC(1994, 10, 6, 8, 49, 37);
const now = Date.UTC(2026, 0, 1);

describe('a date of HTTP', () => {
  test('is read in its three forms', () => {
    assert.equal(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT', now), moment);
    assert.equal(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', now), moment);
    assert.equal(parseHttpDate('Sun Nov  6 08:49:37 1994', now), moment);
  });

  test('of two digits is never more than 50 years ahead', () => {
    const yearOf = (digits: string): number =>
      new Date(parseHttpDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`, now) ?? 0).getUTCFullYear();
    assert.deepEqual(
      ['75', '76', '77', '99', '00', '26'].map(yearOf),
      [2075, 2076, 1977, 1999, 2000, 2026],
    );
  });

  test('written is read as the same second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        assert.equal(parseHttpDate(formatHttpDate(seconds * 1000)), seconds * 1000);
      }),
    );
  });

  for (const text of [
    '',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun Nov 6 08:49:37 1994',
    '784111777',
    '1994-11-06T08:49:37Z',
  ]) {
    test(`is not “${text}”`, () => {
      assert.equal(parseHttpDate(text, now), undefined);
    });
  }
});
