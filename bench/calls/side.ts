import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { HostileClient } from './attacks.ts';
import { loadPeer } from './peers.ts';
import type { Call, CallPeer } from './peer.ts';

/**
 * One side of a measurement, in a process of its own. `serve NAME` prints where it serves, and at the
 * end of its stdin the CPU time it used, in microseconds; `load NAME PLACE` calls, and prints a
 * {@link LoadReport}; `attack NAME PLACE` does its worst until the end of its stdin, then prints an
 * {@link AttackReport}.
 */

/** What one client process measured. */
export interface LoadReport {
  readonly calls: number;
  readonly seconds: number;
  /** Microseconds of CPU time of the client for a call. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** What a hostile client did. */
export interface AttackReport {
  readonly seconds: number;
  /** Rounds of its messages, of each attack. */
  readonly rounds: Readonly<Record<string, number>>;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    flight: { type: 'string', default: '1' },
    connections: { type: 'string', default: '1' },
    warmup: { type: 'string', default: '700' },
    time: { type: 'string', default: '1000' },
    pause: { type: 'string', default: '0' },
  },
});
const [side, name = '', place = ''] = positionals;
const peer = await loadPeer(name);
if (side === 'serve') await serve(peer);
else if (side === 'attack') attack();
else await load(peer);

function attack(): void {
  const start = performance.now();
  const hostile = new HostileClient(Number(/:(\d+)$/.exec(place)?.[1]), 100);
  console.log('attacking');
  process.stdin.resume();
  process.stdin.once('end', () => {
    hostile.stop();
    const report: AttackReport = {
      seconds: (performance.now() - start) / 1000,
      rounds: Object.fromEntries(hostile.rounds),
    };
    console.log(JSON.stringify(report));
    process.exit();
  });
}

async function serve(server: CallPeer): Promise<void> {
  console.log(await server.serve());
  process.stdin.resume();
  process.stdin.once('end', () => {
    const { user, system } = process.cpuUsage();
    console.log(user + system);
    process.exit();
  });
}

async function load(client: CallPeer): Promise<void> {
  const calls: Call[] = [];
  for (let count = 0; count < Number(values.connections); count++) {
    calls.push(await client.connect(place));
  }
  const [warmup, time] = [Number(values.warmup), Number(values.time)];
  // Made before: so much memory asked for in the midst would be answered by a collection of garbage.
  const room = new Float64Array(Math.max(warmup, time) * 1_000);
  await callFor(calls, warmup, room);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const latencies = await callFor(calls, time, room);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort();
  const report: LoadReport = {
    calls: latencies.length,
    seconds,
    cpu: (user + system) / latencies.length,
    p50: latencies[latencies.length >> 1] ?? Number.NaN,
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
  };
  console.log(JSON.stringify(report));
  process.exit();
}

/**
 * Keeps so many calls in flight on every connection; gives how long each took, in milliseconds.
 *
 * @param latencies room for them all.
 */
async function callFor(
  calls: readonly Call[],
  milliseconds: number,
  latencies: Float64Array,
): Promise<Float64Array> {
  const end = performance.now() + milliseconds;
  const pause = Number(values.pause);
  let count = 0;
  const loop = async (call: Call): Promise<void> => {
    // Clients who pause do not begin all at once either.
    if (pause > 0) await setTimeout(pause * Math.random());
    let before = performance.now();
    while (before < end) {
      await call({ x: count, y: -count, label: 'a point somewhere' });
      const after = performance.now();
      latencies[count++] = after - before;
      before = after;
      if (pause === 0) continue;
      await setTimeout(pause * (0.5 + Math.random()));
      before = performance.now();
    }
  };
  const flight = Number(values.flight);
  await Promise.all(calls.flatMap((call) => Array.from({ length: flight }, () => loop(call))));
  return latencies.subarray(0, count);
}
