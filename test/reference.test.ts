import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { applications, echoClientDefaults, messageDefaults } from '../src/applications/index.ts';
import {
  applicationSettings,
  applicationTexts,
  generalSettings,
  textSettings,
} from '../src/cli/settings.ts';
import { defaultMaxFrameBytes } from '../src/framing/index.ts';
import { errorText } from '../src/language/index.ts';
import { defaultMaxJsonDepth, defaultMaxJsonItems } from '../src/presentation/index.ts';
import {
  datagramMemoryDefaults,
  dispatcherDefaults,
  errorTable,
  workerPoolDefaults,
} from '../src/service/index.ts';
import { retentionDefaults } from '../src/applications/accounts/index.ts';
import { passwordHasherDefaults, sessionDefaults } from '../src/session/index.ts';
import { storeDefaults } from '../src/store/index.ts';
import { datagramDefaults, transportDefaults } from '../src/transport/index.ts';
import { findInlineCode } from '../tools/pages.ts';
import { readPage } from '../tools/transcripts.ts';
import { readHelp } from './support/help.ts';

const root = join(import.meta.dirname, '..');
const optionsOf = await readHelp();
const reference = readPage('docs/reference.md');

/** What stands under a heading of the reference, up to the next one as high or higher. */
function readSection(heading: string): string {
  const start = reference.indexOf(`\n${heading}\n`);
  assert.notEqual(start, -1, `no heading "${heading}"`);
  const level = heading.indexOf(' ');
  const rest = reference.slice(start + 1 + heading.length);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end === -1 ? rest : rest.slice(0, end);
}

/** The cells of every row of the tables in a text, headings and rules left out. */
function readRows(text: string): readonly (readonly string[])[] {
  return Array.from(text.matchAll(/^\|(.*)\|$/gm), ([, row = '']) =>
    row.split('|').map((cell) => cell.trim()),
  ).filter(([first = '']) => first.includes('`'));
}

function unquote(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '');
}

/** The text of all sources but the tests. */
const sources = globSync(['src/**/*.ts', 'bin/guichet'], { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

describe('the reference', () => {
  const common = ['--lang', '--watch', '--help'];
  const settings = [...generalSettings, ...applications.flatMap(applicationSettings)];
  const texts = [...textSettings, ...applications.flatMap(applicationTexts)];

  test('has a section for every command, and no other', () => {
    const headings = Array.from(reference.matchAll(/^### guichet ([\w-]+)$/gm), ([, name]) => name);
    assert.deepEqual(headings, [...optionsOf.keys()]);
  });

  for (const [command, options] of optionsOf) {
    test(`names every option of ${command}, and no other`, () => {
      const named = readRows(readSection(`### guichet ${command}`))
        .map(([cell]) => unquote(cell))
        .filter((cell) => cell.startsWith('--'));
      const ofSettings =
        command === 'serve' ? [...settings, ...texts].map(({ name }) => `--${name}`) : [];
      const expected = new Set([...named, ...common, ...ofSettings]);
      // No message passes that could be watched: it works on the store itself.
      if (command === 'reset-password') expected.delete('--watch');
      assert.deepEqual(expected, options);
    });
  }

  test('says of every setting its key, its variable, its default and its bounds', () => {
    const expected = settings.map((setting) => {
      const table = applications.find(({ name }) => setting.name.startsWith(`${name}-`))?.name;
      const [usual, min, max] = [setting.default, setting.min, setting.max].map((number) =>
        number.toLocaleString('en'),
      );
      return [
        `--${setting.name}`,
        table === undefined ? setting.name : `${table}.${setting.name.slice(table.length + 1)}`,
        `GUICHET_${setting.name.toUpperCase().replaceAll('-', '_')}`,
        usual,
        `${min}, ${max}`,
      ];
    });
    const [text = ''] = readSection('## Settings').split('What is served where:');
    const rows = readRows(text).map((row) => row.slice(0, 5).map(unquote));
    assert.deepEqual(rows, expected);
  });

  test('names every application with its endpoints', () => {
    const rows = readRows(readSection('### guichet serve')).filter(([name]) =>
      /^`\w+`$/.test(name ?? ''),
    );
    assert.deepEqual(
      rows.map(([name, endpoints]) => [unquote(name), unquote(endpoints).split(', ')]),
      applications.map(({ name, endpoints }) => [name, endpoints]),
    );
  });

  test('names every environment variable, and no other', () => {
    const read = Array.from(
      sources.matchAll(/environment\['(\w+)'\]|process\.env\['(\w+)'\]|(?:words\(')(\w+)'/g),
      ([, first, second, third]) => first ?? second ?? third ?? '',
    );
    const ofApplications = applications.map(
      ({ name }) => `GUICHET_${name.toUpperCase()}_ENDPOINTS`,
    );
    const ofSettings = [...settings, ...texts].map(
      ({ name }) => `GUICHET_${name.toUpperCase().replaceAll('-', '_')}`,
    );
    const named = findInlineCode(reference).flatMap((code) =>
      Array.from(
        code.matchAll(/\b(?:GUICHET|SIOUX|XDG|NODE|NO|LC)_[A-Z_]+\b|\b(?:LANG|TERM)\b/g),
        ([name]) => name,
      ),
    );
    assert.deepEqual(
      [...new Set(named)].sort(),
      [...new Set([...read, ...ofApplications, ...ofSettings])].sort(),
    );
  });

  test('names every error code but those of expressions, and no other', () => {
    const named = [
      'Endpoints and commands',
      'Transport',
      'Framing',
      'Presentation',
      'Sessions',
      'Store',
    ].flatMap((heading) => readRows(readSection(`### ${heading}`)).map(([code]) => unquote(code)));
    const declared = Array.from(
      sources.matchAll(/^export type \w+ErrorCode =\s((?:\s*(?:\/\*\*.*\*\/|\| '\w+'|'\w+'))+);/gm),
      ([, union = '']) => Array.from(union.matchAll(/'(\w+)'/g), ([, code = '']) => code),
    ).flat();
    assert.deepEqual(named.sort(), [...new Set(declared)].sort());
  });

  test('gives the French text of every error', () => {
    // Every detail is the same sign, as the page writes it.
    const details = new Proxy({}, { get: () => '…' });
    for (const [code = '', ...cells] of readRows(readSection('## Errors'))) {
      if (cells.length !== 2) continue;
      assert.equal(cells[1], errorText('fr', { code: unquote(code), message: '', details }), code);
    }
  });

  test('says of every failure of a call its numbers and what it means', () => {
    const rows = readRows(readSection('### Calls')).map((row) => row.map(unquote));
    const expected = Object.entries(errorTable).map(([code, { rpc, http, text }]) => [
      code,
      `${rpc}`,
      `${http}`,
      text,
    ]);
    assert.deepEqual(rows, expected);
  });

  const { maxQueue, maxTime } = workerPoolDefaults;
  const limits = {
    'Of connections and datagrams': { ...transportDefaults, ...datagramDefaults },
    'Of frames and values': {
      maxFrameBytes: defaultMaxFrameBytes,
      maxDepth: defaultMaxJsonDepth,
      maxItems: defaultMaxJsonItems,
    },
    'Of the message server': messageDefaults,
    'Of the echo client': echoClientDefaults,
    'Of sessions': { ...sessionDefaults, ...passwordHasherDefaults, ...retentionDefaults },
    'Of the store': storeDefaults,
    'Of calls, on the server': {
      ...dispatcherDefaults,
      ...datagramMemoryDefaults,
      maxQueue,
      maxTime,
    },
  };

  for (const [heading, defaults] of Object.entries(limits)) {
    test(`gives the default of every limit ${heading.toLowerCase()}`, () => {
      const rows = readRows(readSection(`### ${heading}`)).map(([name, usual]) => [
        unquote(name),
        Number(usual?.replaceAll(',', '')),
      ]);
      assert.deepEqual(Object.fromEntries(rows), { ...defaults });
    });
  }
});
