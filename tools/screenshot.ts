import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { readAnsi } from './ansi.ts';
import type { Run } from './ansi.ts';
import { drawTerminals } from './terminal-picture.ts';

/**
 * `tools/run-node tools/screenshot.ts` draws the picture of the README anew: two terminals, made of
 * what the real commands print to a real (pseudo-)terminal, in colour.
 */

const root = join(import.meta.dirname, '..');
const picture = join(root, 'docs', 'watch.svg');
const server = 'guichet serve';
const client = `guichet echo tcp://127.0.0.1:6668 'été' --watch`;

/** In milliseconds. */
const deadline = 10_000;

/** A command in a terminal of its own, by script(1), which is part of every Debian. */
function startInTerminal(command: string, folder: string): { child: ChildProcess; output: string } {
  const child = spawn(
    'script',
    ['-qefc', `stty cols 120 rows 50 -echo; exec ${command}`, '/dev/null'],
    {
      cwd: folder,
      env: {
        PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
        HOME: folder,
        LC_ALL: 'C.UTF-8',
        TERM: 'xterm-256color',
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const terminal = { child, output: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (terminal.output += text));
  return terminal;
}

/** The prompt and the command above what it printed. */
function toLines(command: string, output: string): readonly (readonly Run[])[] {
  const prompt = { text: '$ ', style: [32] };
  return [[prompt, { text: command, style: [1] }], ...readAnsi(output)];
}

async function capture(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-screenshot-'));
  const serving = startInTerminal(server, folder);
  const gone = once(serving.child, 'exit');
  try {
    const timeout = AbortSignal.timeout(deadline);
    while (!/^ready\r?$/m.test(serving.output)) {
      if (serving.child.exitCode !== null) throw new Error(serving.output);
      await once(serving.child.stdout ?? serving.child, 'data', { signal: timeout });
    }
    const served = serving.output;
    const calling = startInTerminal(client, folder);
    const [code] = (await once(calling.child, 'close', { signal: timeout })) as [number];
    if (code !== 0) throw new Error(`${client} ended with ${code}: ${calling.output}`);
    return drawTerminals(
      [
        { title: 'terminal 1: the servers', lines: toLines(server, served) },
        {
          title: 'terminal 2: a client, every layer watched',
          lines: toLines(client, calling.output),
        },
      ],
      'guichet serve in one terminal; in another, guichet echo with --watch shows one message go down and up the layers',
    );
  } finally {
    serving.child.stdin?.write('\u0003');
    await gone;
    rmSync(folder, { recursive: true });
  }
}

const svg = await capture();
writeFileSync(picture, svg);
console.log(`${relative(root, picture)}: ${Buffer.byteLength(svg)} bytes`);
