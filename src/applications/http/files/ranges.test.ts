import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseRange } from './ranges.ts';

/** The positions that one range names, said as plainly as can be. */
function positionsOf(spec: string, size: number): readonly number[] | undefined {
  const all = Array.from({ length: size }, (_, index) => index);
  const [first, last] = spec.split('-');
  if (first === '' && last === '') return undefined;
  if (first === '') return all.slice(Math.max(0, size - Number(last)));
  if (last === '') return all.filter((position) => position >= Number(first));
  if (Number(last) < Number(first)) return undefined;
  return all.filter((position) => position >= Number(first) && position <= Number(last));
}

const digits = fc.oneof(fc.constant(''), fc.nat(40).map(String), fc.constant('007'));
const spec = fc.tuple(digits, digits).map(([first, last]) => `${first}-${last}`);

describe('Range', () => {
  test('names the bytes that a plain reading of it names, each once', () => {
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 6 }), fc.nat(30), (specs, size) => {
        const expected = specs.map((one) => positionsOf(one, size));
        const ranges = parseRange(`bytes=${specs.join(' ,')}`, size, 10);
        if (expected.includes(undefined)) {
          assert.equal(ranges, 'none');
          return;
        }
        const wanted = new Set(expected.flat());
        if (wanted.size === 0) {
          assert.equal(
            ranges,
            size === 0 && specs.some((one) => /^-0*[1-9]/.test(one)) ? 'none' : 'unsatisfiable',
          );
          return;
        }
        assert.ok(Array.isArray(ranges));
        const given = ranges.flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (_, index) => first + index),
        );
        assert.equal(new Set(given).size, given.length);
        assert.deepEqual(new Set(given), wanted);
      }),
      { numRuns: 500 },
    );
  });

  test('keeps the order asked for', () => {
    assert.deepEqual(parseRange('bytes=8-9,0-1,-4', 20, 10), [
      { first: 8, last: 9 },
      { first: 0, last: 1 },
      { first: 16, last: 19 },
    ]);
  });

  test('never asks for more bytes than there are, however it is written', () => {
    const anything = fc.oneof(fc.string(), fc.stringMatching(/^bytes=[\d,\- ]{0,40}$/));
    fc.assert(
      fc.property(anything, fc.nat(1000), (value, size) => {
        const ranges = parseRange(value, size, 10);
        if (typeof ranges === 'string') return;
        const total = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
        assert.ok(total > 0 && total <= size);
        assert.ok(ranges.every(({ first, last }) => first >= 0 && first <= last && last < size));
      }),
      { numRuns: 500 },
    );
  });

  test('of thousands of digits or ranges is read in no time', () => {
    const start = performance.now();
    assert.equal(parseRange(`bytes=${'9'.repeat(30_000)}-`, 10, 10), 'unsatisfiable');
    assert.equal(parseRange(`bytes=${'0-0,'.repeat(10_000)}`, 10, 10), 'none');
    assert.equal(parseRange(`bytes=${','.repeat(30_000)}0-0`, 10, 10), 'none');
    assert.ok(performance.now() - start < 200);
  });
});
