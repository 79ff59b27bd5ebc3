import type { FuzzTarget } from './target.ts';

/** Targets with a bug each, to show that the fuzzer finds it. */

const held: Uint8Array[] = [];
const seeds = [Buffer.from('abcdefgh')];

export const targets: readonly FuzzTarget[] = [
  { name: 'sound', seeds, run() {} },
  {
    name: 'throwing',
    seeds,
    run(bytes) {
      if (bytes.includes(0x7f)) throw new RangeError('127 found');
    },
  },
  {
    name: 'greedy',
    seeds,
    run(bytes) {
      if (bytes.length > 10) Buffer.allocUnsafeSlow(100 * 1_048_576);
    },
  },
  {
    name: 'leaking',
    seeds,
    run() {
      held.push(new Uint8Array(4096));
    },
  },
  {
    name: 'slow',
    seeds,
    run(bytes) {
      const end = performance.now() + (bytes.length > 10 ? 20 : 0);
      while (performance.now() < end);
    },
  },
  {
    name: 'hanging',
    seeds,
    run(bytes) {
      while (bytes.length > 10);
    },
  },
  {
    name: 'exploding',
    seeds,
    run(bytes) {
      const grown: number[][] = [];
      while (bytes.length > 10) grown.push(Array.from({ length: 100_000 }, Math.random));
    },
  },
];
