import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { chooseEncoding, encodings, parseAcceptEncoding } from './encodings.ts';
import { chooseAcceptedLanguage, parseQualities, qualityOfType } from './qualities.ts';

describe('a coding', () => {
  test('that is refused is never chosen, and what is chosen is never less wanted than another', () => {
    const name = fc.constantFrom(...encodings, 'identity', '*', 'deflate');
    const member = fc
      .tuple(name, fc.constantFrom('', ';q=0', ';q=0.000', ';q=0.5', '; q=0.7', ';Q=1', ';q=1.000'))
      .map(([coding, weight]) => `${coding}${weight}`);
    fc.assert(
      fc.property(fc.array(member), fc.shuffledSubarray([...encodings]), (members, available) => {
        const accepted = parseAcceptEncoding(members.join(', '));
        const chosen = chooseEncoding(accepted, available);
        const quality = chosen === 'identity' ? 0 : accepted.qualityOf(chosen);
        if (chosen !== 'identity') {
          assert.ok(available.includes(chosen) && quality > 0);
          assert.ok((accepted.identity ?? 0) <= quality);
          assert.ok(available.every((other) => accepted.qualityOf(other) <= quality));
        } else {
          const best = Math.max(0, ...available.map((other) => accepted.qualityOf(other)));
          assert.ok(best === 0 || (accepted.identity ?? 0) > best);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is not needed where the field is missing', () => {
    assert.equal(chooseEncoding(parseAcceptEncoding(undefined), encodings), 'identity');
  });
});

describe('a weight', () => {
  test('is of at most three digits, and what has another is left out', () => {
    const qualities = parseQualities(
      'a, b;q=0.123, c;q=1.1, d;q=.5, e;q=0.1234, f;level=1;q=0.2, ,g;q=x',
    );
    assert.deepEqual(
      [...qualities],
      [
        ['a', 1],
        ['b', 0.123],
        ['f', 0.2],
      ],
    );
  });

  test('of a type is that of the nearest range', () => {
    const accept = 'text/html;q=0.9, text/*;q=0.3, */*;q=0.1';
    assert.equal(qualityOfType(accept, 'text/html'), 0.9);
    assert.equal(qualityOfType(accept, 'text/plain'), 0.3);
    assert.equal(qualityOfType(accept, 'image/png'), 0.1);
    assert.equal(qualityOfType('text/html', 'image/png'), 0);
    assert.equal(qualityOfType(undefined, 'image/png'), 1);
  });

  test('of a language counts its regions', () => {
    const choose = (accept: string | undefined): string =>
      chooseAcceptedLanguage(accept, ['en', 'fr'], 'en');
    assert.equal(choose(undefined), 'en');
    assert.equal(choose('fr-FR'), 'fr');
    assert.equal(choose('fry, de'), 'en');
    assert.equal(choose('en;q=0.5, fr;q=0.8'), 'fr');
    assert.equal(choose('fr;q=0'), 'en');
  });
});
