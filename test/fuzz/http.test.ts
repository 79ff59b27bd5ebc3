import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { defaultSettings } from './engine.ts';
import { superviseFuzzing } from './supervise.ts';

test('the web server stands up to a quarter of a minute of damaged requests', async () => {
  await superviseFuzzing(import.meta.resolve('./targets.ts'), 'http', {
    ...defaultSettings,
    seeds: [randomBytes(4).readUInt32BE()],
    seconds: 15,
  });
});
