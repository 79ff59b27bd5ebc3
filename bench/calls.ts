import { measure } from './calls/measurement.ts';
import { callPeers } from './calls/peers.ts';
import type { LoadReport } from './calls/side.ts';
import { findMedian, printTable } from './measure.ts';
import { run as besiege } from './siege.ts';

const rounds = 5;
/** Calls in flight on one connection. */
const flights = [1, 64];
const connectionCounts = [1, 10, 100, 1_000];
/** Ours and the bound. */
const rivals = ['guichet', 'bare lines, gathered'];

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

/** How throughput goes with the number of connections, 64 calls or more in flight on all of them. */
async function spread(): Promise<void> {
  const rows: string[][] = [];
  for (const connections of connectionCounts) {
    const flight = Math.max(1, Math.round(64 / connections));
    const reports = new Map<string, LoadReport[]>(rivals.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const name of rivals) reports.get(name)?.push(await measure(name, flight, connections));
    }
    const [ours = Number.NaN, theirs = Number.NaN] = rivals.map((name) =>
      findMedian((reports.get(name) ?? []).map(rateOf)),
    );
    const p99 = findMedian((reports.get('guichet') ?? []).map((report) => report.p99));
    rows.push([
      connections.toLocaleString('en'),
      String(flight),
      Math.round(ours).toLocaleString('en'),
      p99.toFixed(3),
      Math.round(theirs).toLocaleString('en'),
      (ours / theirs).toFixed(2),
    ]);
  }
  printTable(`over more connections, medians of ${rounds}`, [
    ['connections', 'in flight on each', 'calls/s', 'p99 ms', 'bare lines', 'ours/bare'],
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
  await spread();
  await besiege();
}
