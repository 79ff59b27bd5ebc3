import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestFileResult } from './run-test-file.ts';

/** Runs a file of that text, in a process that is not itself a test: node:test refuses to nest. */
function runText(text: string, limits = { test: 10_000, file: 20_000 }): TestFileResult {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-run-'));
  try {
    const file = join(folder, 'some.test.ts');
    writeFileSync(file, `import { describe, it, before, test } from 'node:test';\n${text}`);
    const script = join(folder, 'script.mjs');
    const parameters = `${JSON.stringify(file)}, ${JSON.stringify(limits)}`;
    writeFileSync(
      script,
      `import { runTestFile } from ${JSON.stringify(join(import.meta.dirname, 'run-test-file.ts'))};
      console.log(JSON.stringify(await runTestFile(${parameters})));`,
    );
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const { stdout, stderr } = spawnSync(process.execPath, [script], {
      encoding: 'utf8',
      env: environment,
      timeout: 20_000,
    });
    assert.equal(stderr, '');
    return JSON.parse(stdout) as TestFileResult;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function count(text: string): readonly [passed: number, failed: number] {
  const { passed, failed } = runText(text);
  return [passed, failed];
}

test('every test counts once, at whatever depth, and suites do not', () => {
  const { passed, failed, failures } = runText(`
    test('one', () => {});
    test('two', async (t) => { await t.test('three', () => {}); });
    describe('suite', () => { it('four', () => {}); });
  `);
  assert.deepEqual({ passed, failed, failures }, { passed: 4, failed: 0, failures: [] });
});

test('a failure is told whole, with the names that lead to it and what the file printed', () => {
  const { passed, failed, failures } = runText(`
    test('fine', () => {});
    describe('outer', () => {
      it('inner', () => { console.log('a trace'); throw new Error('boom', { cause: 'a reason' }); });
    });
  `);
  assert.deepEqual([passed, failed], [1, 1]);
  const [failure = '', output] = failures;
  assert.match(failure, /some\.test\.ts › outer › inner\n.*boom[^]*some\.test\.ts:5[^]*a reason/);
  assert.equal(output, '✖ what it printed:\na trace');
});

test('a test skipped or to do counts as failed', () => {
  assert.deepEqual(count(`test.skip('a', () => {}); test('b', () => {});`), [1, 1]);
  assert.deepEqual(count(`test.todo('a'); test('b', (t) => t.skip('why'));`), [0, 2]);
});

test('a hook that fails, and an error after the test, count as failures', () => {
  const hook = `describe('s', () => { before(() => { throw new Error('x'); }); it('a', () => {}); });`;
  assert.deepEqual(count(hook), [0, 2]);
  const { failed, failures } = runText(`
    test('a', () => { setTimeout(() => { throw new Error('too late'); }, 5); });
  `);
  assert.equal(failed, 1);
  assert.match(failures.join('\n'), /too late/);
});

test('a file that holds no test, exits before their end, or does not load counts as failed', () => {
  assert.deepEqual(count(''), [0, 1]);
  assert.deepEqual(count(`test('a', async () => { await null; process.exit(0); });`), [0, 1]);
  assert.deepEqual(count(`const a: = 1;`), [0, 1]);
});

test('a test that hangs, and a process that does not end, fail when their time is over', () => {
  const { passed, failed, failures } = runText(
    `test('a', () => {}); test('b', () => new Promise(() => setInterval(() => {}, 1000)));`,
    { test: 300, file: 2000 },
  );
  assert.deepEqual([passed, failed], [1, 2]);
  assert.match(failures.join('\n'), /› b\ntest timed out after 300ms[^]*left a handle open/);
});
