import { measure } from './calls/measurement.ts';
import type { AttackReport } from './calls/side.ts';
import { findMedian, printTable } from './measure.ts';

const rounds = 5;

/** What one hostile client costs the others: the 99th percentile of what their calls take. */
export async function run(): Promise<void> {
  const calm: number[] = [];
  const hostile: number[] = [];
  const attacks: AttackReport[] = [];
  const options = ['--pause=500', '--warmup=2000', '--time=3000'];
  for (let round = 0; round < rounds; round++) {
    calm.push((await measure('calculator', 1, 1_000, options)).p99);
    const note = (report: AttackReport): void => void attacks.push(report);
    hostile.push((await measure('calculator', 1, 1_000, options, note)).p99);
  }
  const [before, during] = [findMedian(calm), findMedian(hostile)];
  printTable(`1,000 clients of the calculator, one of them hostile, medians of ${rounds}`, [
    ['', 'calm', 'hostile', 'hostile/calm'],
    ['p99 of the others, ms', before.toFixed(2), during.toFixed(2), (during / before).toFixed(2)],
  ]);
  const names = Object.keys(attacks[0]?.rounds ?? {});
  printTable('what the hostile client did, yielding its core to the others', [
    ['', 'rounds/s'],
    ...names.map((name) => [
      name,
      findMedian(attacks.map(({ rounds: done, seconds }) => (done[name] ?? 0) / seconds)).toFixed(
        1,
      ),
    ]),
  ]);
}
