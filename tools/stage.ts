import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const documented = '127.0.0.1';

/** How long a command may run, and a server take to print, in milliseconds. */
const deadline = 10_000;

/** What stands for itself in a shell and in an output: no need to be read anew. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Turns what differs from run to run into what stands for it: times, ports of clients, processes. */
export function normalize(output: string): string {
  return output
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, '00:00:00.000')
    .replaceAll(/[\d.]+\/[\d.]+\/[\d.]+ ms/g, '1.0/1.0/1.0 ms')
    .replaceAll(/\d+\.\d+ ms/g, '1.0 ms')
    .replaceAll(/("(?:milliseconds|min|median|p99)"):[\d.e-]+/g, '$1:1')
    .replaceAll(/(127\.0\.0\.1(?::|', ))[3-6]\d{4}/g, '$150000')
    .replaceAll(/[^\S\n]+$/gm, '');
}

interface Server {
  readonly child: ChildProcess;
  readonly gone: Promise<unknown>;
  output: string;
}

/**
 * Where the transcripts of one page are played: a folder of its own, and in place of 127.0.0.1 another
 * address of the loopback network, so that the ports of the page are free whoever else runs.
 */
export class Stage implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'guichet-stage-'));
  readonly #host = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  readonly #environment: Readonly<Record<string, string>>;
  #server: Server | undefined;

  /** @param language What the commands are to speak: `en`, `fr`. */
  constructor(language: string) {
    this.#environment = {
      PATH: `${join(root, 'bin')}:/usr/bin:/bin`,
      HOME: this.#folder,
      LC_ALL: 'C.UTF-8',
      GUICHET_LANG: language,
      PYTHONIOENCODING: 'utf-8',
      PYTHONUNBUFFERED: '1',
      GUICHET_HOST: this.#host,
      SIOUX_HOST: this.#host,
    };
  }

  /** Saves a program for the commands to run. */
  write(name: string, code: string): void {
    if (name.endsWith('.ts')) this.#resembleCheckout();
    writeFileSync(join(this.#folder, name), code.replaceAll(documented, this.#host));
  }

  /** Lets a program find what it would in a checkout: the package itself, what it depends on, the tools. */
  #resembleCheckout(): void {
    const modules = join(this.#folder, 'node_modules');
    if (existsSync(modules)) return;
    mkdirSync(modules);
    symlinkSync(root, join(modules, 'guichet'));
    symlinkSync(join(root, 'node_modules', 'zod'), join(modules, 'zod'));
    symlinkSync(join(root, 'tools'), join(this.#folder, 'tools'));
    writeFileSync(join(this.#folder, 'package.json'), '{"type":"module"}');
  }

  /** Starts a server in place of the one before it; resolves once it has said that it is there. */
  async serve(command: string): Promise<void> {
    await this.#stop();
    const child = this.#start(`exec ${command.replaceAll(documented, this.#host)}`);
    const server: Server = { child, gone: once(child, 'close'), output: '' };
    this.#server = server;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (server.output += text));
    const isGuichet = command.startsWith('guichet');
    await this.#printed(server, (text) => (isGuichet ? /^ready$/m.test(text) : text !== ''));
  }

  /** Resolves once the server has printed a text, to stdout or stderr. */
  async serverPrints(expected: string): Promise<void> {
    if (this.#server === undefined) throw new Error('no server was started on this page');
    const wanted = normalize(expected);
    await this.#printed(this.#server, (text) => this.#toPage(text).includes(wanted));
  }

  /** Runs commands in one shell; gives each after a prompt, and what it printed. */
  async run(commands: readonly string[]): Promise<string> {
    if (this.#server === undefined && commands.join().includes(documented)) {
      throw new Error('these commands want a server, and none was started on this page');
    }
    // A prompt begins a line, and must not change what `$?` is for the command behind it.
    const prompt = randomUUID();
    const lines = commands.flatMap((command) => [
      `status=$?; printf '%s%s\\n' ${prompt} ${quote(`$ ${command}`)}; (exit $status)`,
      this.#toStage(command),
    ]);
    const child = this.#start(lines.join('\n'));
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    const timer = setTimeout(() => this.#kill(child, 'SIGKILL'), deadline);
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    clearTimeout(timer);
    if (signal !== null) throw new Error(`stopped after ${deadline} ms:\n${output}`);
    if (code === 127) throw new Error(`no such command:\n${output}`);
    return Array.from(output.split(prompt).slice(1), (text) => text.replace(/\n?$/, '\n'))
      .join('')
      .replaceAll(this.#host, documented)
      .replaceAll('?servername=localhost', '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** A command of the page as it is run: the development certificate names no address but 127.0.0.1. */
  #toStage(command: string): string {
    return command
      .replaceAll(/(tls:\/\/127\.0\.0\.1:\d+)/g, '$1?servername=localhost')
      .replaceAll(documented, this.#host);
  }

  #toPage(output: string): string {
    return normalize(output.replaceAll(this.#host, documented));
  }

  #start(script: string): ChildProcess {
    return spawn('bash', ['-c', `exec 2>&1\n${script}`], {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
  }

  /** Ends a command with all that it started. */
  #kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
    if (pid !== undefined) process.kill(-pid, signal);
  }

  async #printed(server: Server, holds: (output: string) => boolean): Promise<void> {
    const signal = AbortSignal.timeout(deadline);
    while (!holds(server.output)) {
      const { child } = server;
      if (child.exitCode !== null) throw new Error(`the server ended:\n${server.output}`);
      const printed = once(child.stdout ?? child, 'data', { signal });
      try {
        await Promise.race([printed, server.gone]);
      } catch (error) {
        throw new Error(`the server printed only:\n${server.output}`, { cause: error });
      }
    }
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const { exitCode, signalCode } = server.child;
    if (exitCode === null && signalCode === null) this.#kill(server.child, 'SIGTERM');
    await server.gone;
    this.#server = undefined;
  }
}
