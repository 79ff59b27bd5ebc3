import { Worker } from 'node:worker_threads';
import { recreateInput } from './engine.ts';
import type { FuzzFinding, FuzzResult, FuzzSettings } from './engine.ts';
import type { FuzzTarget } from './target.ts';

/** Thrown when a target has a bug; the message holds all that is needed to see it again. */
export class FuzzFailure extends Error {}

/** What the worker is started with. */
export interface FuzzOrder {
  /** The address of a module that exports `targets`. */
  readonly module: string;
  readonly name: string;
  readonly settings: FuzzSettings;
  /** Two 32-bit numbers, the seed and the number of the input that is being run. */
  readonly progress: SharedArrayBuffer;
}

/** A module that the worker can load. */
export interface TargetsModule {
  readonly targets: readonly FuzzTarget[];
}

/** What can be asked of {@link superviseFuzzing} besides the settings. */
export interface SupervisionOptions {
  /** Told of the inputs made of the present seed so far, several times a second. */
  readonly onProgress?: (inputs: number) => void;
  /** After so many milliseconds on one input, the target is said to hang. Default 10,000. */
  readonly hangMilliseconds?: number;
  /** The heap the thread may have, in MiB: where it would need more, that is a finding. Default 1024. */
  readonly heapMebibytes?: number;
}

/** Milliseconds in which the thread must have begun its first input. */
const startMilliseconds = 45_000;

/**
 * Fuzzes a target on a thread of its own, so that a hang or the end of all memory is a finding too.
 * Gives the number of inputs tried.
 *
 * @throws {FuzzFailure} for the first bug.
 */
export async function superviseFuzzing(
  module: string,
  name: string,
  settings: FuzzSettings,
  options: SupervisionOptions = {},
): Promise<number> {
  const { onProgress = () => {}, hangMilliseconds = 10_000, heapMebibytes = 1024 } = options;
  const { targets } = (await import(module)) as TargetsModule;
  const target = targets.find((each) => each.name === name);
  if (target === undefined) throw new RangeError(`There is no target ${name}`);

  const progress = new SharedArrayBuffer(8);
  const current = new Uint32Array(progress);
  const describe = (explanation: string, kind: FuzzFinding['kind']): FuzzFinding => {
    const seed = Atomics.load(current, 0);
    const iteration = Atomics.load(current, 1);
    const inputHex = Buffer.from(recreateInput(target, seed, iteration)).toString('hex');
    return { kind, seed, iteration, inputHex, explanation };
  };

  const order: FuzzOrder = { module, name, settings, progress };
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: heapMebibytes },
  });
  let watched = -1;
  let watchedSince = performance.now();
  let watch: NodeJS.Timeout | undefined;
  try {
    const result = await new Promise<FuzzResult>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') reject(error);
        else resolve({ inputs: 0, finding: describe(error.message, 'took too much memory') });
      });
      watch = setInterval(() => {
        const iteration = Atomics.load(current, 1);
        onProgress(iteration);
        if (iteration !== watched) {
          watched = iteration;
          watchedSince = performance.now();
          return;
        }
        // No input has been begun yet: on a busy machine a thread takes its time to start.
        const isStarting = iteration === 0 && Atomics.load(current, 0) === 0;
        const limit = isStarting ? startMilliseconds : hangMilliseconds;
        if (performance.now() - watchedSince > limit) {
          const explanation = `still running after ${limit} ms`;
          resolve({ inputs: iteration, finding: describe(explanation, 'took too long') });
        }
      }, 100);
    });
    if (result.finding !== undefined) throw fail(name, result.finding);
    return result.inputs;
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

function fail(name: string, finding: FuzzFinding): FuzzFailure {
  const { kind, seed, iteration, inputHex, explanation } = finding;
  const replay =
    inputHex === ''
      ? `npm run fuzz -- ${name} --seed ${seed} --iterations ${iteration + 1}`
      : `npm run fuzz -- ${name} --input ${inputHex}`;
  return new FuzzFailure(
    `${name} ${kind} at input ${iteration} of seed ${seed}: ${explanation}\nSee it again: ${replay}`,
  );
}
