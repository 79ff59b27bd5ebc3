import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { defaultSettings } from './engine.ts';
import { superviseFuzzing } from './supervise.ts';
import { targets } from './targets.ts';

const freshSeed = randomBytes(4).readUInt32BE();

// Each is on a thread of its own, and the machine has two cores or more.
suite('damaged inputs', { concurrency: 2 }, () => {
  for (const { name } of targets) {
    test(`${name} stands up to 20,000 of them`, async () => {
      await superviseFuzzing(import.meta.resolve('./targets.ts'), name, {
        ...defaultSettings,
        seeds: [1, freshSeed],
        iterations: 10_000,
        // Costly targets are for the long runs.
        seconds: 0.5,
      });
    });
  }
});
