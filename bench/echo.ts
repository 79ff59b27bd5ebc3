import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findMedian } from './measure.ts';

const runFile = promisify(execFile);
const sources = join(import.meta.dirname, 'echo');
const command = join(import.meta.dirname, '..', 'bin', 'guichet');
const rounds = 5;
const inFlight = 64;
const seconds = '1.5';
const idleConnections = 10_000;
const floodMebibytes = 1_024;

interface Contender {
  readonly name: string;
  /** The command line that serves at a port; it prints `ready`, or is tried until it answers. */
  readonly command: (kind: 'tcp' | 'udp', port: number) => readonly string[];
  readonly printsReady: boolean;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Starts a server pinned to the first core; resolves when it serves. */
async function start(words: readonly string[], printsReady: boolean): Promise<ChildProcess> {
  const server = spawn('taskset', ['-c', '0', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`${words.join(' ')} ended with ${code}`)));
    const listen = (text: Buffer): void => {
      if (/^ready$/m.test(text.toString())) resolve();
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    if (!printsReady) setTimeout(resolve, 500);
  });
  return server;
}

/** The server's processor time a message, in microseconds, and messages a second. */
async function measure(
  load: string,
  contender: Contender,
  kind: 'tcp' | 'udp',
): Promise<readonly [rate: number, microseconds: number]> {
  const port = await freePort();
  const server = await start(contender.command(kind, port), contender.printsReady);
  try {
    const words = [
      '-c',
      '1',
      load,
      kind,
      String(port),
      String(server.pid),
      String(inFlight),
      seconds,
    ];
    const { stdout } = await runFile('taskset', words);
    const [rate = 0, microseconds = 0] = stdout.split(' ').map(Number);
    return [rate, microseconds];
  } finally {
    server.kill('SIGKILL');
  }
}

async function compare(load: string, kind: 'tcp' | 'udp', contenders: readonly Contender[]) {
  const taken = contenders.map(() => ({ rates: [] as number[], times: [] as number[] }));
  // In turn, so that a machine that slows down slows all of them.
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const [rate, microseconds] = await measure(load, contender, kind);
      taken[index]?.rates.push(rate);
      taken[index]?.times.push(microseconds);
    }
  }
  const times = taken.map((one) => findMedian(one.times));
  const ours = times[0] ?? Number.NaN;
  console.log(
    `${kind} echo, 64 B, ${inFlight} in flight: processor time a message, medians of ${rounds}`,
  );
  for (const [index, { name }] of contenders.entries()) {
    const time = times[index] ?? Number.NaN;
    const rate = Math.round(findMedian(taken[index]?.rates ?? [])).toLocaleString('en');
    console.log(
      `  ${name.padEnd(16)} ${time.toFixed(2).padStart(6)} µs  ${rate.padStart(9)}/s  ours/theirs ${(ours / time).toFixed(2)}`,
    );
  }
}

async function measureMemory(
  what: 'idle' | 'flood',
  words: (port: number) => readonly string[],
  count: number,
) {
  const port = await freePort();
  const server = await start(words(port), true);
  try {
    const script = join(sources, 'memory.py');
    const args = [script, what, String(port), String(server.pid), String(count)];
    const { stdout } = await runFile('/usr/bin/python3', args);
    return Number(stdout);
  } finally {
    server.kill('SIGKILL');
  }
}

/**
 * Echo beside its peers: C with epoll, bare `node:net` and `node:dgram`, socat, Python with threads. The
 * server is pinned to one core and the load to another. Then what connections and a flood cost in memory.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-bench-'));
  try {
    const [inC, load] = [join(folder, 'server'), join(folder, 'load')];
    execFileSync('gcc', ['-O2', '-o', inC, join(sources, 'server.c')]);
    execFileSync('gcc', ['-O2', '-o', load, join(sources, 'load.c')]);
    const node = process.execPath;
    const script = (file: string) => (kind: string, port: number) => [
      node,
      join(sources, file),
      kind,
      String(port),
    ];
    const contenders: Contender[] = [
      { name: 'guichet', command: script('guichet-server.ts'), printsReady: true },
      { name: 'bare node', command: script('bare-server.ts'), printsReady: true },
      { name: 'C epoll', command: (kind, port) => [inC, kind, String(port)], printsReady: true },
      {
        name: 'Python threads',
        command: (kind, port) => [
          '/usr/bin/python3',
          join(sources, 'server.py'),
          kind,
          String(port),
        ],
        printsReady: true,
      },
    ];
    await compare(load, 'tcp', contenders);
    await compare(load, 'udp', contenders);
    await compareSocat(load);
    const guichet = (port: number) => [command, 'serve', `echo=bytes+tcp://127.0.0.1:${port}`];
    const bare = (port: number) => [node, join(sources, 'bare-server.ts'), 'tcp', String(port)];
    const idle = await measureMemory('idle', guichet, idleConnections);
    const bareIdle = await measureMemory('idle', bare, idleConnections);
    console.log(
      `${idleConnections} idle connections: ${idle.toFixed(2)} KiB each, bare node ${bareIdle.toFixed(2)}`,
    );
    const flood = await measureMemory('flood', guichet, floodMebibytes);
    console.log(
      `${floodMebibytes} MiB from a peer that reads slowly: ${Math.round(flood / 1024)} MiB resident at most`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** socat forks for each client, so its time is that of its children: one connection, over TCP alone. */
async function compareSocat(load: string): Promise<void> {
  const port = await freePort();
  const words = ['socat', `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr`, 'PIPE'];
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const server = await start(words, false);
    const args = ['-c', '1', load, 'tcp', String(port), String(server.pid), '1', seconds];
    const { stdout } = await runFile('taskset', args);
    times.push(Number(stdout.split(' ')[1]));
    server.kill('SIGKILL');
  }
  console.log(`  socat (one connection) ${findMedian(times).toFixed(2)} µs`);
}
