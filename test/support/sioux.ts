import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const command = join(import.meta.dirname, '..', '..', 'bin', 'sioux');

/** Milliseconds that a server may take to say something. */
const deadline = 20_000;

const environment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  LC_ALL: 'C.UTF-8',
};

/** A folder with files, removed when disposed of. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'sioux-'));

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** `bin/sioux`, running. */
export class Sioux implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  said = '';
  printed = '';
  #url = '';

  private constructor(child: ChildProcess) {
    this.child = child;
    this.exited = once(child, 'close');
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
  }

  /** Starts it in a folder, on a port of the system's choice unless told otherwise. */
  static async start(folder: string, ...args: readonly string[]): Promise<Sioux> {
    const port = args.includes('--port') ? [] : ['--port', '0'];
    const child = spawn(command, [...port, ...args], { cwd: folder, env: environment });
    const sioux = new Sioux(child);
    const [, url = ''] = await sioux.says(/ at (https?:\S+)\n/);
    sioux.#url = url;
    return sioux;
  }

  /** Where it serves, with a slash at the end. */
  get url(): string {
    return this.#url;
  }

  get port(): number {
    return Number(new URL(this.#url).port);
  }

  /** Resolves once it has said something, on stderr, from a place on. */
  async says(wanted: RegExp, from: number = 0): Promise<RegExpExecArray> {
    const signal = AbortSignal.timeout(deadline);
    for (;;) {
      const found = wanted.exec(this.said.slice(from));
      if (found !== null) return found;
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.said}`);
      const heard = once(this.child.stderr ?? this.child, 'data', { signal });
      await Promise.race([heard, this.exited]);
    }
  }

  /** Has it read its configuration anew; resolves to what it says of that. */
  async reload(): Promise<string> {
    const from = this.said.length;
    this.child.kill('SIGHUP');
    const [text] = await this.says(/.*reloaded.*\n/, from);
    return text;
  }

  /** Stops it in order; resolves to its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    const [code] = (await this.exited) as [number | null];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await this.exited;
    }
  }
}

/** Runs `bin/sioux` to its end. */
export async function runSioux(
  folder: string,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly said: string; readonly printed: string }> {
  const child = spawn(command, args, { cwd: folder, env: environment });
  let [said, printed] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said, printed };
}

/** What curl prints. */
export async function curl(...args: readonly string[]): Promise<string> {
  const all = ['--silent', '--show-error', '--max-time', '10', ...args];
  const { stdout } = await promisify(execFile)('curl', all);
  return stdout;
}
