import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { compileGlob, countStars, pathSegments } from './globs.ts';

const matching: readonly (readonly [pattern: string, path: string, found: readonly string[]])[] = [
  ['/', '/', []],
  ['/a/b', '/a/b', []],
  ['/a/*', '/a/b.css', ['b.css']],
  ['/a/*.css', '/a/b.css', ['b']],
  ['/a/?.css', '/a/b.css', []],
  ['/**', '/', ['']],
  ['/**', '/a/b/', ['a/b/']],
  ['/old/**', '/old/a/b', ['a/b']],
  ['/old/**', '/old/', ['']],
  ['/old/**', '/old', ['']],
  ['/**/x/**', '/a/x/b/c', ['a', 'b/c']],
  ['/**/x/y', '/x/x/y', ['x']],
  ['*.css', '/a/b/c.css', ['a/b', 'c']],
  ['*.{css,js}', '/c.js', ['', 'c']],
  ['/*-*', '/a-b-c', ['a', 'b-c']],
  ['/{a,b}/{c,d}', '/b/c', []],
];

const failing: readonly (readonly [pattern: string, path: string])[] = [
  ['/a/*', '/a/b/c'],
  ['/a/*.css', '/a/.js'],
  ['/a/?', '/a/'],
  ['/a', '/a/'],
  ['/old/**', '/older'],
  ['*.css', '/a.css/b'],
  ['/{a,b}', '/c'],
];

describe('a glob', () => {
  for (const [pattern, path, found] of matching) {
    test(`${pattern} matches ${path}`, () => {
      assert.deepEqual(compileGlob(pattern)(path), found);
    });
  }
  for (const [pattern, path] of failing) {
    test(`${pattern} does not match ${path}`, () => {
      assert.equal(compileGlob(pattern)(path), undefined);
    });
  }

  test('sees through every other spelling of a path', () => {
    const glob = compileGlob('/admin/**');
    for (const path of ['/%61dmin/x', '//admin/x', '/./admin/x', '/a/../admin/x', '/../admin/x']) {
      assert.notEqual(glob(path), undefined, path);
    }
    assert.deepEqual(pathSegments('/%ff/a%2Fb/.'), ['%ff', 'a/b', '']);
  });

  test('refuses braces that stand for too much', () => {
    assert.throws(() => compileGlob('{a,b,c}{a,b,c}{a,b,c}{a,b,c}'), RangeError);
  });

  test('refuses a brace without its pair, and one in another', () => {
    for (const pattern of ['/{a', '/a}', '/}a{', '/{a,{b,c}}', '/{{a}']) {
      assert.throws(() => compileGlob(pattern), RangeError, pattern);
    }
  });

  test('has as many texts as the choice with the fewest stars', () => {
    for (const [pattern, stars] of [
      ['/a', 0],
      ['*.css', 2],
      ['/**/a/*-*', 3],
      ['/{*,a}/*', 1],
    ] as const) {
      assert.equal(countStars(pattern), stars, pattern);
    }
  });

  test('matches as a regular expression would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        fc.pre(pattern !== '' && pattern !== '**');
        const source = pattern.replaceAll('*', '.*').replaceAll('?', '.');
        const expected = new RegExp(`^${source}$`).test(text);
        assert.equal(compileGlob(`/${pattern}`)(`/${text}`) !== undefined, expected);
      }),
    );
  });

  test('takes no longer for a path made to be slow', () => {
    const glob = compileGlob('/*a*a*a*a*a*a*a*a*b');
    const began = performance.now();
    assert.equal(glob(`/${'a'.repeat(8_000)}`), undefined);
    assert.ok(performance.now() - began < 500);
  });
});
