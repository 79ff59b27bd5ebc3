import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { defaultSettings } from './engine.ts';
import { superviseFuzzing } from './supervise.ts';
import { targets } from './targets.ts';

const freshSeed = randomBytes(4).readUInt32BE();

for (const { name } of targets) {
  test(`${name} stands 20,000 damaged inputs`, async () => {
    for (const seed of [1, freshSeed]) {
      await superviseFuzzing(import.meta.resolve('./targets.ts'), name, {
        ...defaultSettings,
        seed,
        iterations: 10_000,
      });
    }
  });
}
