import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBlocks, replaceBlock } from './pages.ts';
import type { Block } from './pages.ts';
import { Stage, normalize } from './stage.ts';

/**
 * The pages tell what happens in two terminals, and this plays it. In order of the page:
 *
 * - `sh` blocks are the first terminal: `guichet serve …`, `sioux …`, `npm start` and `python3 …` start a
 *   server, which ends the one before it; other lines are only to be read;
 * - `python` blocks that begin with `# name.py`, and `typescript` blocks that begin with `// name.ts`, are
 *   saved under that name;
 * - `console` blocks are the second terminal: `$ command`, and what it printed, stderr too;
 * - `text server` blocks are a part of what the server in the first terminal has printed.
 *
 * `tools/run-node tools/transcripts.ts` writes into the `console` blocks what is printed now, wherever
 * that differs by more than times and ports.
 */

const root = join(import.meta.dirname, '..');

/** A `console` block, with what its commands printed just now. */
export interface Transcript {
  readonly block: Block;
  readonly printed: string;
}

/** All pages of the documentation. */
export function listPages(): readonly string[] {
  return globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md'], { cwd: root }).sort();
}

/** The text of a page, by its path in the repository. */
export function readPage(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The commands of a `console` block. */
export function findCommands({ code }: Block): readonly string[] {
  return Array.from(code.matchAll(/^\$ (.*)$/gm), ([, command = '']) => command);
}

/** The server that a line of an `sh` block starts, if it does. */
function findServer(line: string): string | undefined {
  if (/(?:^|&& )npm start$/.test(line)) return 'guichet serve';
  return /^(guichet serve\b|sioux\b|python3 |tools\/run-node )/.test(line) ? line : undefined;
}

async function act(block: Block, stage: Stage): Promise<void> {
  switch (block.info) {
    case 'sh':
      for (const line of block.code.split('\n')) {
        const server = findServer(line.replace(/ +#.*$/, ''));
        if (server !== undefined) await stage.serve(server);
      }
      break;
    case 'python': {
      const name = /^# (\w+\.py)$/m.exec(block.code)?.[1];
      if (name !== undefined && block.code.startsWith('#')) stage.write(name, block.code);
      break;
    }
    case 'typescript': {
      const name = /^\/\/ (\w+\.ts)\n/.exec(block.code)?.[1];
      if (name !== undefined) stage.write(name, block.code);
      break;
    }
    case 'text server':
      await stage.serverPrints(block.code);
      break;
  }
}

/** Plays a page, and gives each transcript once it has been played. */
export async function* playPage(file: string): AsyncGenerator<Transcript> {
  const language = file.endsWith('.fr.md') ? 'fr' : 'en';
  await using stage = new Stage(language);
  for (const block of findBlocks(readPage(file))) {
    try {
      if (block.info === 'console') {
        yield { block, printed: await stage.run(findCommands(block)) };
      } else {
        await act(block, stage);
      }
    } catch (error) {
      throw new Error(`${file}:${block.line}: ${String(error)}`, { cause: error });
    }
  }
}

async function updatePage(file: string): Promise<boolean> {
  const changed: Transcript[] = [];
  for await (const transcript of playPage(file)) {
    const { block, printed } = transcript;
    if (normalize(block.code) !== normalize(printed)) changed.push(transcript);
  }
  // From the last to the first: the lines of those before stay where they are.
  const page = changed
    .toReversed()
    .reduce((text, { block, printed }) => replaceBlock(text, block, printed), readPage(file));
  if (changed.length > 0) writeFileSync(join(root, file), page);
  return changed.length > 0;
}

if (import.meta.main) {
  const asked = process.argv.slice(2);
  for (const file of asked.length > 0 ? asked : listPages()) {
    if (await updatePage(file)) console.log(`${file}: written anew`);
  }
}
