import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { callPeers } from './calls/peers.ts';
import type { LoadReport } from './calls/side.ts';
import { findMedian, printTable } from './measure.ts';

const side = join(import.meta.dirname, 'calls', 'side.ts');
const rounds = 5;
/** Calls in flight on one connection. */
const flights = [1, 64];
const connectionCounts = [1, 10, 100, 1_000];

function startSide(core: number, args: readonly string[]): ChildProcess {
  const words = [
    '-c',
    String(core),
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    side,
  ];
  return spawn('taskset', [...words, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** The next line a process prints. */
function nextLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const { stdout } = child;
    const listen = (chunk: Buffer): void => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end === -1) return;
      stdout?.off('data', listen);
      resolve(text.slice(0, end));
    };
    stdout?.on('data', listen);
    child.once('exit', (code) => reject(new Error(`a side of the benchmark ended with ${code}`)));
  });
}

/** One measurement: the server on the first core, its clients on the second. */
async function measure(name: string, flight: number, connections: number): Promise<LoadReport> {
  const server = startSide(0, ['serve', name]);
  try {
    const place = await nextLine(server);
    const options = [`--flight=${flight}`, `--connections=${connections}`];
    const load = startSide(1, ['load', name, place, ...options]);
    return JSON.parse(await nextLine(load)) as LoadReport;
  } finally {
    server.kill('SIGKILL');
  }
}

function rateOf(report: LoadReport): number {
  return report.calls / report.seconds;
}

/** Whoever cannot be served here (no NATS server, say) is named and left out. */
async function findPresent(): Promise<string[]> {
  const present: string[] = [];
  for (const name of callPeers.keys()) {
    try {
      await measure(name, 1, 1);
      present.push(name);
    } catch {
      console.log(`${name}: cannot be served on this machine, and is left out`);
    }
  }
  return present;
}

async function compare(names: readonly string[], flight: number): Promise<void> {
  const reports = new Map<string, LoadReport[]>(names.map((name) => [name, []]));
  // In turn, so that a machine that slows down slows all of them.
  for (let round = 0; round < rounds; round++) {
    for (const name of names) reports.get(name)?.push(await measure(name, flight, 1));
  }
  const medians = names.map((name) => {
    const taken = reports.get(name) ?? [];
    return {
      name,
      rate: findMedian(taken.map(rateOf)),
      p99: findMedian(taken.map(({ p99 }) => p99)),
    };
  });
  const ours = medians[0]?.rate ?? Number.NaN;
  const rows = medians.map(({ name, rate, p99 }) => [
    name,
    Math.round(rate).toLocaleString('en'),
    p99.toFixed(3),
    (ours / rate).toFixed(2),
  ]);
  printTable(`one TCP connection, ${flight} in flight, medians of ${rounds}`, [
    ['', 'calls/s', 'p99 ms', 'ours/theirs'],
    ...rows,
  ]);
}

/**
 * Calls beside other ways to make them: a small object in and out, ours with validation on both sides
 * and deadlines. `bare lines` is the bound: newline JSON on `node:net`, writes gathered, nothing else.
 */
export async function run(): Promise<void> {
  const names = await findPresent();
  for (const flight of flights) await compare(names, flight);
  const rows: string[][] = [];
  for (const connections of connectionCounts) {
    const report = await measure('guichet', Math.max(1, Math.round(64 / connections)), connections);
    rows.push([
      connections.toLocaleString('en'),
      Math.round(rateOf(report)).toLocaleString('en'),
      report.p99.toFixed(3),
    ]);
  }
  printTable('guichet over more connections', [['connections', 'calls/s', 'p99 ms'], ...rows]);
}
