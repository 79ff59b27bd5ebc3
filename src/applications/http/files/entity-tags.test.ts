import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { matchesStrongly, matchesWeakly, parseEntityTags } from './entity-tags.ts';

describe('a list of tags', () => {
  test('is read whatever its tags hold', () => {
    assert.deepEqual(parseEntityTags('"a"'), ['"a"']);
    assert.deepEqual(parseEntityTags('"a,b", W/"c" ,, "" ,'), ['"a,b"', 'W/"c"', '""']);
    assert.equal(parseEntityTags(' * '), '*');
    for (const malformed of ['a', '"a', '"a" "b"', 'w/"a"', '"a"b', '*, "a"', "'a'"]) {
      assert.equal(parseEntityTags(malformed), undefined, malformed);
    }
  });

  test('gives back what was joined', () => {
    const tag = fc
      .tuple(fc.constantFrom('', 'W/'), fc.stringMatching(/^[!#-~]{0,9}$/))
      .map(([weakness, opaque]) => `${weakness}"${opaque}"`);
    fc.assert(
      fc.property(fc.array(tag), fc.constantFrom(',', ', ', ' ,\t'), (tags, separator) => {
        assert.deepEqual(parseEntityTags(tags.join(separator)), tags);
      }),
    );
  });

  test('is read in time proportional to its length', () => {
    const start = performance.now();
    assert.equal(parseEntityTags(`${' '.repeat(50_000)}x`), undefined);
    assert.equal(parseEntityTags('"a" '.repeat(20_000)), undefined);
    assert.ok(performance.now() - start < 1000);
  });

  test('matches strongly and weakly as RFC 9110, section 8.8.3.2, has it', () => {
    for (const [one, other, strongly, weakly] of [
      ['W/"1"', 'W/"1"', false, true],
      ['W/"1"', 'W/"2"', false, false],
      ['W/"1"', '"1"', false, true],
      ['"1"', '"1"', true, true],
    ] as const) {
      assert.equal(matchesStrongly(one, other), strongly);
      assert.equal(matchesWeakly(one, other), weakly);
    }
  });
});
