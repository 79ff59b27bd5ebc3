import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Example } from './support/examples.ts';
import { findDocumentedExamples, findPageExamples } from './support/examples.ts';

const root = join(import.meta.dirname, '..');

/** How long an example may run, in milliseconds: none is meant to last. */
const deadline = 20_000;

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

const modules = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
const pages = globSync(['README.md', 'docs/**/*.md'], { cwd: root });
const examples = [
  ...modules.sort().flatMap((file) => findDocumentedExamples(file, read(file))),
  ...pages.sort().flatMap((file) => findPageExamples(file, read(file))),
];

/** Inside the package, where it can be imported by its own name. */
const parent = join(root, '.examples');
const folder = join(parent, String(process.pid));
mkdirSync(folder, { recursive: true });
after(() => {
  rmSync(folder, { recursive: true });
  try {
    rmdirSync(parent);
  } catch (error) {
    // Another run of these tests has its folder there.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
});

const files = new Map(
  examples.map((example, index) => {
    const path = join(folder, `${index}.ts`);
    // The empty export makes a module of an example without imports.
    writeFileSync(path, `${example.code}export {};\n`);
    return [path, example];
  }),
);

/** Puts the place of the example in the stead of that of the file it was written to. */
function translate(output: string): string {
  const places = /(?:file:\/\/)?\S*\.examples\/\d+\/(\d+)\.ts(?:[(:](\d+)[,:]\d+\)?)?/g;
  return output.replaceAll(places, (_, index: string, line = '1') => {
    const example = examples[Number(index)];
    return `${example?.file}:${(example?.line ?? 1) + Number(line) - 1}`;
  });
}

/** Runs a module in a thread of its own, which is to end by itself. */
async function runModule(path: string): Promise<void> {
  const worker = new Worker(pathToFileURL(path), { stdout: true, stderr: true });
  let output = '';
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => {
    reject(new Error(`still running after ${deadline} ms: does it close what it opened?`));
    void worker.terminate();
  }, deadline);
  worker.once('error', reject).once('exit', resolve);
  try {
    assert.equal(await promise, 0, 'its exit code');
  } catch (error) {
    const { stack = '' } = error instanceof Error ? error : new Error(String(error));
    assert.fail(translate(`${stack}\n${output}`));
  } finally {
    clearTimeout(timer);
  }
}

test('there are examples', () => {
  assert.ok(examples.length > 0);
});

test('the examples type-check', async () => {
  const project = join(folder, 'tsconfig.json');
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  writeFileSync(
    project,
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'] }),
  );
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const output = await new Promise<string>((resolve) => {
    const parameters = [tsc, '-p', project, '--pretty', 'false'];
    execFile(process.execPath, parameters, { cwd: root }, (error, stdout, stderr) =>
      resolve(error === null ? '' : stdout + stderr),
    );
  });
  assert.equal(translate(output), '');
});

function nameExample({ file, line, symbol }: Example): string {
  return `${file}:${line} ${symbol}`;
}

describe('each example runs to its end', { concurrency: 2 }, () => {
  for (const [path, example] of files) test(nameExample(example), () => runModule(path));
});
