import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const guichet = join(import.meta.dirname, '..', '..', 'bin', 'guichet');
const run = promisify(execFile);

async function printHelp(...parameters: readonly string[]): Promise<string> {
  const { stdout } = await run(guichet, [...parameters, '--help', '--lang', 'en']);
  return stdout;
}

/** Every command that `guichet --help` lists, in its order, with its options by their long names. */
export async function readHelp(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const [, listed = ''] = /^Commands:\n((?:.+\n)*)/m.exec(await printHelp()) ?? [];
  const names = Array.from(listed.matchAll(/^ {2}([\w-]+)/gm), ([, name = '']) => name);
  const commands = names
    .filter((name) => name !== 'help')
    .map(async (name) => {
      const help = await printHelp(name);
      const options = help.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm);
      return [name, new Set(Array.from(options, ([, option = '']) => option))] as const;
    });
  return new Map(await Promise.all(commands));
}
