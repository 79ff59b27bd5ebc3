import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

/** Runs the command as continuous integration does: no terminal, no input, from anywhere. */
function runTests(...filters: readonly string[]) {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'test.ts'), ...filters],
    {
      cwd: tmpdir(),
      env: { ...environment, CI: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
  return { status, stderr, lines: stdout.split('\n') };
}

test('the last line counts what passed and failed, and nothing follows it', () => {
  const { status, stderr, lines } = runTests('tools/debian');
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.deepEqual(lines.slice(-2), ['2 passed, 0 failed', '']);
});

test('a filter that matches no file is a failure', () => {
  const { status, lines } = runTests('tools/debian', 'no/such/file');
  assert.equal(status, 1);
  assert.ok(lines.includes('✖ no test file matches no/such/file'));
  assert.equal(lines.at(-2), '2 passed, 1 failed');
});
