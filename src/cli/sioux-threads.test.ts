import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { siouxTexts } from '../language/sioux.ts';
import { noConfiguration } from './sioux-configuration.ts';
import { planSioux } from './sioux-plan.ts';
import { SiouxThreads } from './sioux-threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'sioux-threads-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'index.html'), 'x');

/** A thread like ours, that dies when told: the request for one path throws where nobody catches it. */
const mortal = join(folder, 'mortal.mjs');
writeFileSync(
  mortal,
  `import { parentPort } from 'node:worker_threads';
  parentPort.on('message', (order) => {
    if (order.kind === 'metrics') setImmediate(() => { throw new Error('out of luck'); });
  });
  await import(${JSON.stringify(new URL('sioux-thread.ts', import.meta.url).href)});`,
);

const settings = new Map<string, string | number>([
  ['root', folder],
  ['port', 0],
  ['threads', 2],
]);

describe('threads that share a port', () => {
  test('are replaced when they die, and the others serve on', async () => {
    const plan = await planSioux(settings, noConfiguration, new Map(), siouxTexts.en);
    const reasons: string[] = [];
    const dead = Promise.withResolvers<void>();
    const threads = await SiouxThreads.start(
      plan,
      {
        report: (error) => assert.fail(String(error)),
        died: (number, reason) => {
          reasons.push(`${number}: ${reason}`);
          if (reasons.length === 2) dead.resolve();
        },
      },
      pathToFileURL(mortal),
    );
    const ask = async (): Promise<number> => {
      const { status } = await fetch(threads.url, { headers: { Connection: 'close' } });
      return status;
    };
    assert.equal(await ask(), 200);
    await threads.metrics();
    await dead.promise;
    assert.deepEqual(reasons.sort(), ['1: out of luck', '2: out of luck']);
    const deadline = performance.now() + 10_000;
    let status = 0;
    while (status !== 200 && performance.now() < deadline) {
      status = await ask().catch(() => 0);
    }
    assert.equal(status, 200);
    await threads.close(0);
  });

  test('start all or none', async () => {
    const plan = await planSioux(
      new Map([...settings, ['metrics', '/metrics'], ['metrics-allow', 'nowhere']]),
      noConfiguration,
      new Map(),
      siouxTexts.en,
    );
    const reports = { report: () => undefined, died: () => undefined };
    await assert.rejects(SiouxThreads.start(plan, reports), /neither an address nor a network/);
  });
});
