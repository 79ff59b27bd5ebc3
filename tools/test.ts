import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formatCheck, runChecks } from './check.ts';
import { ensureDebianPackages } from './debian.ts';
import { runTestFile } from './run-test-file.ts';

const root = join(import.meta.dirname, '..');

/** `test` first: what spans folders takes longest, and is best not left to the end. */
const patterns = ['test', 'src', 'tools', 'web'].map((folder) => `${folder}/**/*.test.ts`);

/** How many files run at a time, each in its own process. */
const concurrency = 2;

/** In milliseconds. */
const limits = { test: 60_000, file: 200_000 };

let passed = 0;
let failed = 0;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(reason: string): void {
  failed++;
  say(`✖ ${reason}`);
}

/** The files asked for: all of them, or those whose path begins with, or holds, one of the filters. */
function findFiles(filters: readonly string[]): readonly string[] {
  const exclude = (path: string) => path.endsWith('node_modules');
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root, exclude }).sort());
  if (filters.length === 0) return files;
  for (const filter of filters) {
    if (!files.some((file) => file.includes(filter))) fail(`no test file matches ${filter}`);
  }
  return files.filter((file) => filters.some((filter) => file.includes(filter)));
}

async function runFiles(files: readonly string[]): Promise<void> {
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runTestFile(join(root, file), limits);
      passed += result.passed;
      failed += result.failed;
      const seconds = (result.milliseconds / 1000).toFixed(1);
      const mark = result.failed === 0 ? '✔' : '✖';
      say(`${mark} ${file}: ${result.passed} passed, ${result.failed} failed (${seconds} s)`);
      for (const failure of result.failures) say(`\n${failure}\n`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

async function main(filters: readonly string[]): Promise<void> {
  const missing = ensureDebianPackages();
  if (missing !== undefined) {
    fail(missing);
    return;
  }
  const files = findFiles(filters);
  if (files.length === 0) fail(`no test file at all in ${patterns.join(', ')}`);
  if (filters.length === 0) {
    await runChecks((check) => {
      if (check.passed) passed++;
      else failed++;
      say(formatCheck(check));
    });
  }
  await runFiles(files);
}

process.chdir(root);
// The tests speak English whatever the language of whoever runs them.
process.env['LC_ALL'] = 'C.UTF-8';
await main(process.argv.slice(2).map((filter) => relative(root, join(root, filter))));
say(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
