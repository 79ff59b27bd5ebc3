import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const command = join(import.meta.dirname, '..', '..', 'bin', 'guichet');

/** What commands keep between them: the store, sessions. Gone when the tests are. */
const home = mkdtempSync(join(tmpdir(), 'guichet-home-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
const homes = {
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_DATA_HOME: join(home, 'data'),
  XDG_STATE_HOME: join(home, 'state'),
};

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `guichet` that runs beside the test, and what it has written so far. */
export class Running implements AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #waiting = new Set<() => void>();

  constructor(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    folder?: string,
  ) {
    // The tests speak English unless they ask for another language.
    const speech = { LANG: 'C', LC_ALL: '', LC_MESSAGES: '' };
    const env = { ...process.env, ...speech, ...homes, ...environment };
    this.child = spawn(command, [...args], { env, ...(folder !== undefined && { cwd: folder }) });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#wake();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#wake();
    });
    // A command that ends without reading its input is no failure of the test.
    this.child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
        this.#wake();
      });
    });
  }

  /** Waits until what was written satisfies the condition; fails when the command ends before it does. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`ended too early: ${JSON.stringify(await this.ended)}`);
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null) this.child.kill('SIGKILL');
    await this.ended;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

/** Runs `guichet` to its end. */
export async function run(
  args: readonly string[],
  options: {
    readonly input?: string;
    readonly environment?: Readonly<Record<string, string>>;
    /** Where it runs; by default where the tests do. */
    readonly folder?: string;
  } = {},
): Promise<Ended> {
  const running = new Running(args, options.environment, options.folder);
  running.child.stdin.end(options.input ?? '');
  return running.ended;
}

/** Starts `guichet serve` and waits until it is ready. */
export async function serve(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Running & { readonly endpoints: readonly string[] }> {
  const running = new Running(['serve', ...args], environment);
  await running.until(() => /^ready$/m.test(running.stderr));
  const endpoints = running.stderr
    .split('\n')
    .map((line) => line.split(/\s+/)[1] ?? '')
    .filter((word) => /^\w+\+\w+:/.test(word));
  return Object.assign(running, { endpoints });
}

/** The port in an endpoint's notation. */
export function portOf(endpoint: string | undefined): number {
  return Number(/:(\d+)(?:\?|$)/.exec(endpoint ?? '')?.[1]);
}

/** Runs a program of Debian's Python and gives what it printed. */
export function runPython(program: string, args: readonly string[] = []): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/python3', ['-c', program, ...args]);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`python3 ended with ${code}: ${stderr}`));
    });
  });
}
