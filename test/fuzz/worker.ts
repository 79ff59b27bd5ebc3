import { parentPort, workerData } from 'node:worker_threads';
import { fuzz } from './engine.ts';
import type { FuzzOrder, TargetsModule } from './supervise.ts';

const { module, name, settings, progress } = workerData as FuzzOrder;
const { targets } = (await import(module)) as TargetsModule;
const target = targets.find((each) => each.name === name);
if (target === undefined) throw new RangeError(`There is no target ${name}`);

const current = new Uint32Array(progress);
parentPort?.postMessage(
  await fuzz(target, settings, (seed, iteration) => {
    Atomics.store(current, 0, seed);
    Atomics.store(current, 1, iteration);
  }),
);
