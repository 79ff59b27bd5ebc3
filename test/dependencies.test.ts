import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { debianPackages } from '../tools/debian.ts';

const root = join(import.meta.dirname, '..');
const fields = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

type PackageJson = Readonly<Record<(typeof fields)[number], Readonly<Record<string, string>>>>;

const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson;
const page = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');

/** The packages of the page's table under a heading, each with its reason, in the page's order. */
function readTable(heading: string): readonly (readonly [name: string, reason: string])[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const rows = section.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm);
  return Array.from(rows, ([, name = '', reason = '']) => [name, reason] as const);
}

const expected = new Map<string, readonly string[]>([
  ...fields.map((field) => [field, Object.keys(description[field])] as const),
  ['Debian packages', debianPackages.map(({ name }) => name)],
]);

describe('docs/dependencies.md', () => {
  for (const [heading, names] of expected) {
    test(`has exactly the ${heading} there are, each with a reason of one sentence or more`, () => {
      const rows = readTable(heading);
      assert.deepEqual(
        rows.map(([name]) => name),
        names.toSorted((one, other) => (one < other ? -1 : 1)),
      );
      for (const [name, reason] of rows) assert.match(reason, /^[A-Z`].{10,}[.]$/, name);
    });
  }
});

test('every dependency has an exact version', () => {
  for (const field of fields) {
    for (const [name, version] of Object.entries(description[field])) {
      assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
    }
  }
});
