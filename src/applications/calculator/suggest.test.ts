import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNearest } from './suggest.ts';

const names = ['sqrt', 'sin', 'asin', 'ceil', 'floor', 'pi', 'e', 'total'];

test('a misspelt name suggests the nearest one', () => {
  const suggestions = {
    sqr: 'sqrt',
    sqtr: 'sqrt',
    sqqrt: 'sqrt',
    asim: 'asin',
    SIN: 'sin',
    flor: 'floor',
    totl: 'total',
    ottla: 'total',
    ttal: 'total',
    PI: 'pi',
  };
  for (const [name, expected] of Object.entries(suggestions)) {
    assert.equal(findNearest(name, names), expected, name);
  }
});

test('a name like no other suggests nothing', () => {
  for (const name of ['x', 'xy', 'pe', 'abcdef', 'something', 'latot', '']) {
    assert.equal(findNearest(name, names), undefined, name);
  }
});

test('of two names as near, the first is suggested', () => {
  assert.equal(findNearest('mix', ['min', 'fix']), 'min');
  assert.equal(findNearest('abc', ['abcd', 'abc']), 'abc');
});
