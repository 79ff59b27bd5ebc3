import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renameSources } from './build.ts';

test('imports of declarations, and URLs of workers, name the JavaScript that was written', () => {
  for (const [before, after] of [
    [`import type { A } from './a.ts';`, `import type { A } from './a.js';`],
    [`export * from "../b/index.ts";`, `export * from "../b/index.js";`],
    [`import './c.ts';`, `import './c.js';`],
    [`let d: import('./d.ts').D;`, `let d: import('./d.js').D;`],
    [`new URL('e.ts', import.meta.url)`, `new URL('e.js', import.meta.url)`],
    [`import.meta.resolve('./f.ts')`, `import.meta.resolve('./f.js')`],
  ] as const) {
    assert.equal(renameSources(before), after);
  }
});

test('what names no source of ours stays as it is', () => {
  for (const text of [
    `import { A } from 'package/a.ts';`,
    `import './a.js';`,
    `import data from './a.d.ts.json';`,
    `const text = './a.ts';`,
    `new URL('https://example.org/a.ts')`,
  ]) {
    assert.equal(renameSources(text), text);
  }
});
