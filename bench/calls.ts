import { measure } from './calls/measurement.ts';
import { rivals } from './calls/peers.ts';
import type { Setup } from './calls/peers.ts';
import type { LoadReport } from './calls/side.ts';
import { findMedian, printTable } from './measure.ts';
import { run as besiege } from './siege.ts';

const rounds = 3;
/** Calls in flight on one connection. */
const flights = [1, 64];
const connectionCounts = [1, 10, 100, 1_000];
const ours = 'guichet';
const bound = 'bare lines, gathered';
/** Milliseconds: enough for all of them to be compiled, and for many collections of garbage. */
const times = ['--warmup=500', '--time=800'];

function rateOf(report: LoadReport): number {
  return report.calls / report.seconds;
}

interface Row {
  readonly name: string;
  readonly setup: Setup;
  readonly rate: number;
  readonly p99: number;
  readonly cpu: number;
}

/** All rivals in turn, so that a machine that slows down slows all of them. */
async function compare(flight: number): Promise<void> {
  const reports = new Map<string, LoadReport[]>(rivals.keys().map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, taken] of reports) {
      try {
        taken.push(await measure(name, flight, 1, times));
      } catch {
        // No NATS server, say.
        reports.delete(name);
        console.log(`${name}: cannot be measured on this machine, and is left out`);
      }
    }
  }
  const rows = [...rivals].flatMap(([name, { setup }]): Row[] => {
    const taken = reports.get(name);
    if (taken === undefined) return [];
    const medianOf = (read: (report: LoadReport) => number): number => findMedian(taken.map(read));
    const [rate, p99, cpu] = [
      medianOf(rateOf),
      medianOf((one) => one.p99),
      medianOf((one) => one.cpu),
    ];
    return [{ name, setup, rate, p99, cpu }];
  });
  const rate = rows.find(({ name }) => name === ours)?.rate ?? Number.NaN;
  printTable(`one connection, ${flight} in flight, medians of ${rounds}`, [
    ['', 'calls/s', 'p99 ms', "client's CPU, µs/call", 'ours/this'],
    ...rows.map((row) => [
      row.name,
      Math.round(row.rate).toLocaleString('en'),
      row.p99.toFixed(3),
      row.cpu.toFixed(2),
      (rate / row.rate).toFixed(2),
    ]),
  ]);
  for (const [setup, words] of Object.entries(setups)) {
    const peers = rows.filter((row) => row.setup === setup);
    const best = peers.toSorted((first, second) => second.rate - first.rate)[0];
    if (best === undefined) continue;
    console.log(`best library ${words}: ${best.name}; ours/this ${(rate / best.rate).toFixed(2)}`);
  }
}

const setups = {
  documented: 'as documented',
  bare: 'over bare lines',
  gathered: 'over lines gathered as ours are',
} satisfies Partial<Record<Setup, string>>;

/** How throughput goes with the number of connections, 64 calls or more in flight on all of them. */
async function spread(): Promise<void> {
  const rows: string[][] = [];
  for (const connections of connectionCounts) {
    const flight = Math.max(1, Math.round(64 / connections));
    const own: LoadReport[] = [];
    const bare: LoadReport[] = [];
    for (let round = 0; round < rounds; round++) {
      own.push(await measure(ours, flight, connections, times));
      bare.push(await measure(bound, flight, connections, times));
    }
    const rate = findMedian(own.map(rateOf));
    const bareRate = findMedian(bare.map(rateOf));
    rows.push([
      connections.toLocaleString('en'),
      String(flight),
      Math.round(rate).toLocaleString('en'),
      findMedian(own.map(({ p99 }) => p99)).toFixed(3),
      Math.round(bareRate).toLocaleString('en'),
      (rate / bareRate).toFixed(2),
    ]);
  }
  printTable(`over more connections, medians of ${rounds}`, [
    ['connections', 'in flight on each', 'calls/s', 'p99 ms', bound, 'ours/this'],
    ...rows,
  ]);
}

/**
 * Calls beside other ways to make them: a small object in and out, ours with validation on both sides
 * and deadlines. `bare lines` is the bound: newline JSON on `node:net`, writes gathered, nothing else.
 * Libraries are measured as they document themselves, and over lines of ours.
 */
export async function run(): Promise<void> {
  for (const flight of flights) await compare(flight);
  await spread();
  await besiege();
}
