import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { http2Defaults } from '../src/applications/http/index.ts';
import { siouxSettings } from '../src/cli/sioux-settings.ts';
import type { Setting } from '../src/cli/sioux-settings.ts';
import { siouxTexts } from '../src/language/sioux.ts';
import { readPage } from '../tools/transcripts.ts';

const page = readPage('docs/sioux.md');

/** The cells of the rows of the tables between two headings. */
function readRows(from: string, to: string): readonly (readonly string[])[] {
  const text = page.slice(page.indexOf(`\n${from}\n`), page.indexOf(`\n${to}\n`));
  return Array.from(text.matchAll(/^\|(.*)\|$/gm), ([, row = '']) =>
    row.split('|').map((cell) => cell.trim()),
  ).filter(([first = '']) => first.startsWith('`'));
}

/** What the page should say of a setting. */
function describeSetting(setting: Setting): readonly string[] {
  const english = siouxTexts.en.settings[setting.name] ?? '';
  const name = `\`${setting.name}\``;
  if (setting.kind === 'number') {
    const [usual, min, max] = [setting.default, setting.min, setting.max].map((number) =>
      number.toLocaleString('en'),
    );
    return [name, usual ?? '', `${min}, ${max}`, english];
  }
  if (setting.kind === 'switch') return [name, setting.default ? 'yes' : 'no', 'switch', english];
  const words = setting.words?.map((word) => `\`${word}\``).join(', ');
  const usual = setting.default === undefined ? '' : `\`${setting.default}\``;
  return [name, usual, words ?? setting.kind, english];
}

test('the page about HTTP gives the default of every limit of HTTP/2', () => {
  const http = readPage('docs/http.md');
  const section = http.slice(http.indexOf('\n## HTTP/2\n'));
  const rows = Array.from(
    section.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm),
    ([, name, usual = '']) => [name ?? '', Number(usual.replaceAll(',', ''))],
  );
  assert.deepEqual(Object.fromEntries(rows), { ...http2Defaults });
});

describe('the page about sioux', () => {
  for (const [scope, from, to] of [
    ['site', '### Of a site', '### Of the server'],
    ['server', '### Of the server', '## The configuration file'],
  ] as const) {
    test(`says of every setting of a ${scope} its default, its bounds and what it does`, () => {
      const expected = siouxSettings.filter((setting) => setting.scope === scope);
      const rows = readRows(from, to)
        .map((row) => row.join(' | '))
        .sort();
      const wanted = expected.map((setting) => describeSetting(setting).join(' | ')).sort();
      assert.deepEqual(rows, wanted);
    });
  }

  test('and the texts of the settings are there in both languages', () => {
    const names = siouxSettings.map(({ name }) => name).sort();
    for (const texts of Object.values(siouxTexts)) {
      assert.deepEqual(Object.keys(texts.settings).sort(), names);
    }
  });
});
