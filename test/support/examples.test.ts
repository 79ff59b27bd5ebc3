import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDocumentedExamples, findPageExamples } from './examples.ts';

const fence = '```';

test('the blocks of doc comments are found, with their line and what they document', () => {
  const module = `import 'node:net';
/**
 * Does a thing.
 *
 * @example
 * ${fence}ts
 * const a = 1;
 *
 *   indented(a);
 * ${fence}
 */
export async function doThing(): Promise<void> {}

export class Thing {
  /**
   * ${fence}ts
   * first();
   * ${fence}
   * and
   * ${fence}ts
   * second();
   * ${fence}
   */
  static readonly field = 1;
}
/* ${fence}ts
 * no doc comment
 * ${fence} */
/** ${fence}sh
 * no TypeScript
 * ${fence}
 */
`;
  assert.deepEqual(findDocumentedExamples('a.ts', module), [
    { file: 'a.ts', line: 7, symbol: 'doThing', code: 'const a = 1;\n\n  indented(a);\n' },
    { file: 'a.ts', line: 17, symbol: 'field', code: 'first();\n' },
    { file: 'a.ts', line: 21, symbol: 'field', code: 'second();\n' },
  ]);
});

test('the blocks of a page are found where they use the package', () => {
  const page = `# Title
${fence}ts
const onlyToRead = true;
${fence}
## Part two
${fence}ts
import { tap } from 'guichet/observe';
${fence}
${fence}python
import guichet
${fence}
`;
  assert.deepEqual(findPageExamples('a.md', page), [
    { file: 'a.md', line: 7, symbol: 'Part two', code: "import { tap } from 'guichet/observe';\n" },
  ]);
});
