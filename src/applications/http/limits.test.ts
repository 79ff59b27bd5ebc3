import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { http2Defaults } from './http2-limits.ts';
import { httpDefaults } from './limits.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/http.md'), 'utf8');

test('docs/http.md tells every limit with its default, and none that is not', () => {
  const rows = Array.from(page.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm), ([, name, value]) => [
    name,
    Number(value?.replaceAll(',', '')),
  ]);
  assert.deepEqual(Object.fromEntries(rows), { ...httpDefaults, ...http2Defaults });
});
