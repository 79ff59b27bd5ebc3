import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { findLayerViolations } from './layers.ts';

const configuration = JSON.stringify({
  compilerOptions: {
    module: 'nodenext',
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
  },
  include: ['src'],
});

/** What is wrong with sources given as path below src/ → text. */
function judge(sources: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-layers-'));
  try {
    writeFileSync(join(folder, 'tsconfig.json'), configuration);
    for (const [path, text] of Object.entries(sources)) {
      const file = join(folder, 'src', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return findLayerViolations(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Which of the targets each file may not import, when it imports them all. */
function findRefused(files: readonly string[], targets: readonly string[]) {
  const text = targets.map((target) => `import '${target}';`).join('\n');
  const violations = judge(Object.fromEntries(files.map((file) => [file, text])));
  return Object.fromEntries(
    files.map((file) => {
      const own = violations.filter((violation) => violation.startsWith(`src/${file}:`));
      return [file, own.map((violation) => /imports (\S+):/.exec(violation)?.[1])];
    }),
  );
}

const everything = [
  '../errors.ts',
  '../observe/index.ts',
  '../language/index.ts',
  '../transport/index.ts',
  '../framing/index.ts',
  '../presentation/index.ts',
  '../session/index.ts',
  '../service/index.ts',
  '../store/index.ts',
  '../applications/index.ts',
  '../repl/index.ts',
  '../check/index.ts',
  '../cli/main.ts',
];
const foundations = everything.slice(0, 3);
const stack = everything.slice(0, 8);

test('each layer may import the foundations, itself and those below it, and nothing else', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    transport: everything.slice(0, 4),
    framing: everything.slice(0, 5),
    presentation: everything.slice(0, 6),
    session: everything.slice(0, 7),
    service: stack,
    store: [...foundations, '../store/index.ts'],
    applications: [...stack, '../store/index.ts', '../applications/index.ts'],
    repl: [...stack, '../store/index.ts', '../repl/index.ts'],
    check: [...stack, '../store/index.ts', '../check/index.ts'],
    observe: ['../errors.ts', '../observe/index.ts'],
    language: ['../errors.ts', '../language/index.ts'],
    cli: everything,
  };
  const files = Object.keys(allowed).map((layer) => `${layer}/file.ts`);
  const refused = findRefused(files, everything);
  for (const [layer, may] of Object.entries(allowed)) {
    const mayNot = everything.filter((target) => !may.includes(target));
    assert.deepEqual(refused[`${layer}/file.ts`], mayNot, layer);
  }
});

test('the errors import nothing of ours, and the index anything but the command line', () => {
  const fromTop = everything.map((target) => target.replace('../', './'));
  assert.deepEqual(findRefused(['errors.ts', 'index.ts'], fromTop), {
    'errors.ts': fromTop.slice(1),
    'index.ts': ['./cli/main.ts'],
  });
});

test('every way to import is seen, with its line, and what only looks like one is not', () => {
  const violations = judge({
    'framing/cut.ts': `import type { A } from '../session/a.ts';
import {
  type B,
} from '../session/b.ts';
export * from '../session/c.ts';
export type { D } from '../session/d.ts';
type E = import('../session/e.ts').E;
const f = await import('../session/f.ts');
import 'guichet/session';
import 'guichet';
/** import '../session/no.ts' */
const text = \`
import '../session/no.ts';
\`;
import 'node:net';
import 'zod';
import './other.ts';
import '../transport/deep/inside.ts';
`,
  });
  const lines = violations.map((violation) => Number(violation.split(/[: ]/)[1]));
  assert.deepEqual(new Set(lines), new Set([1, 4, 5, 6, 7, 8, 9, 10]));
});

test('a violation is one line that says where, what and why', () => {
  assert.deepEqual(judge({ 'framing/cut.ts': `import '../service/call.ts';\n` }), [
    'src/framing/cut.ts:1 imports ../service/call.ts: framing may import only transport, errors, observe, language',
  ]);
  assert.deepEqual(judge({ 'errors.ts': `import './observe/tap.ts';\n` }), [
    'src/errors.ts:1 imports ./observe/tap.ts: errors may import nothing of ours',
  ]);
});

test('tests may import anything, and a folder nobody declared is a violation', () => {
  assert.deepEqual(judge({ 'framing/cut.test.ts': `import '../cli/main.ts';` }), []);
  assert.match(
    judge({ 'extras/a.ts': `import '../framing/cut.ts';` })[0] ?? '',
    /tools\/layers\.ts/,
  );
});

test('the sources of this repository keep to it', () => {
  assert.deepEqual(findLayerViolations(), []);
});
