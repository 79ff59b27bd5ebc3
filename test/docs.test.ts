import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, test } from 'node:test';
import { parseEndpoint } from '../src/presentation/index.ts';
import { findAnchors, findBlocks, findInlineCode, findLinks } from '../tools/pages.ts';
import { findCommands, listPages, readPage } from '../tools/transcripts.ts';
import { readHelp } from './support/help.ts';

const root = join(import.meta.dirname, '..');

/** Every word of a command line as the shell makes it, but for what it would expand. */
function splitWords(command: string): readonly string[] {
  return Array.from(command.matchAll(/(?:'[^']*'|[^\s'])+/g), ([word]) => word.replaceAll("'", ''));
}

/** The `guichet` command lines of a page, wherever they stand in a pipeline. */
function findGuichetLines(page: string): readonly (readonly string[])[] {
  const fenced = findBlocks(page).flatMap((block) => {
    if (block.info === 'console') return findCommands(block);
    return block.info === 'sh' ? block.code.split('\n') : [];
  });
  return [...fenced, ...findInlineCode(page)]
    .flatMap((line) => line.replace(/ +# .*$/, '').split(/ \| /))
    .filter((line) => /^guichet (?!\[|COMMAND)/.test(line))
    .map((line) => splitWords(line).slice(1));
}

const optionsOf = await readHelp();

describe('every page of the documentation', () => {
  for (const file of listPages()) {
    const page = readPage(file);

    test(`${file}: links lead somewhere`, () => {
      for (const link of findLinks(page)) {
        if (/^https?:/.test(link)) continue;
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? file : normalize(join(dirname(file), path));
        assert.ok(existsSync(join(root, target)), `${link}: no ${target}`);
        if (anchor === undefined) continue;
        assert.ok(findAnchors(readPage(target)).has(anchor), `${link}: no such heading`);
      }
    });

    test(`${file}: files it names exist`, () => {
      const paths = findInlineCode(page).filter((code) =>
        /^(?:src|test|tools|bench|docs|bin|web|exercises)\/[\w./*-]*$/.test(code),
      );
      for (const path of paths) {
        assert.ok(globSync(path, { cwd: root }).length > 0, `there is no ${path}`);
      }
    });

    test(`${file}: npm scripts and benchmarks it names exist`, () => {
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
        scripts: Record<string, string>;
      };
      for (const [, script = '', name] of page.matchAll(/npm run (\w+)(?: (\w+))?/g)) {
        assert.ok(Object.hasOwn(scripts, script), `no script ${script}`);
        if (script !== 'bench' || name === undefined) continue;
        assert.ok(existsSync(join(root, 'bench', `${name}.ts`)), `no benchmark ${name}`);
      }
    });

    test(`${file}: command lines are what the commands take`, () => {
      for (const [command = '', ...words] of findGuichetLines(page)) {
        if (command.startsWith('-')) continue;
        const options = optionsOf.get(command);
        assert.ok(options !== undefined, `there is no command ${command}`);
        for (const word of words) {
          const [option = ''] = word.split('=');
          if (option.startsWith('--'))
            assert.ok(options.has(option), `${command} has no ${option}`);
          const [, text] = /^(?:\w+=)?([a-z+]+:.*)$/.exec(word) ?? [];
          if (text !== undefined && !text.includes('…')) parseEndpoint(text, { codec: 'bytes' });
        }
      }
    });
  }
});
