import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findLine } from './sioux-lines.ts';

const text = `# a site
root = "public"

"odd key" = 1
list = [
  "a",
  "b",
]
one.two = { three = 3 }

[table]
key = """
several
lines"""   # with a comment
other = true

[[hosts]]
names = ["a"]
[[hosts]]
names = ["b"]
deep = { er = 1 }
`;

describe('the line of a key', () => {
  for (const [path, line] of [
    [['root'], 2],
    [['odd key'], 4],
    [['list'], 5],
    [['list', 1], 5],
    [['one', 'two', 'three'], 9],
    [['table', 'key'], 12],
    [['table', 'other'], 15],
    [['hosts', 0, 'names'], 18],
    [['hosts', 1, 'names'], 20],
    [['hosts', 1, 'deep', 'er'], 21],
    [['table'], 11],
    [['nothing'], undefined],
    [['__proto__'], undefined],
    [[], undefined],
  ] as const) {
    test(`is ${line} for ${path.join('.') || 'nothing'}`, () => {
      assert.equal(findLine(text, path), line);
    });
  }

  test('is not looked for in a file that is very long', () => {
    assert.equal(findLine(`${'\n'.repeat(3_000)}a = 1\n`, ['a']), undefined);
  });
});
