import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAnchors, findBlocks, findInlineCode, findLinks, replaceBlock } from './pages.ts';

const page = `# One \`two\`, three

A [link](other.md#there) and \`code\`, not [this\`](no.md)\`.

\`\`\`sh
# not a heading
[not a link](no.md)
\`\`\`

- A list:

  \`\`\`console
  $ echo a
  a
  \`\`\`

# One two three
`;

test('blocks are found with their lines, those in lists without their indentation', () => {
  assert.deepEqual(findBlocks(page), [
    { info: 'sh', line: 6, indent: '', code: '# not a heading\n[not a link](no.md)\n' },
    { info: 'console', line: 13, indent: '  ', code: '$ echo a\na\n' },
  ]);
});

test('a block is replaced where it stands, and nothing else changes', () => {
  const [, block] = findBlocks(page);
  assert.ok(block);
  const changed = replaceBlock(page, block, '$ echo b\nb\n\nc\n');
  assert.equal(changed, page.replace('  $ echo a\n  a\n', '  $ echo b\n  b\n\n  c\n'));
});

test('links and code are found outside of blocks', () => {
  assert.deepEqual(findLinks(page), ['other.md#there']);
  assert.deepEqual(findInlineCode('`a` and ``b ` c``\n```ts\n`d`\n```\n'), ['a', 'b ` c']);
});

test('anchors are those that GitHub gives, numbered when they come again', () => {
  assert.deepEqual([...findAnchors(page)], ['one-two-three', 'one-two-three-1']);
  assert.deepEqual(
    [...findAnchors('## 3. Chaque touche dès sa frappe\n')],
    ['3-chaque-touche-dès-sa-frappe'],
  );
});
