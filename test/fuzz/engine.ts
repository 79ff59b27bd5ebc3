import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createInput } from './mutate.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** How long and within what bounds a target is fuzzed. */
export interface FuzzSettings {
  /** A 32-bit number: the same one gives the same inputs. */
  readonly seed: number;
  readonly iterations: number;
  /** Stops after so many seconds, if that is before the iterations are done. */
  readonly seconds: number;
  /** The most one input may take, in milliseconds. */
  readonly inputMilliseconds: number;
  /** The most memory that one input may take, and that all of them together may leave behind. */
  readonly memoryBytes: number;
}

/** The settings of a full run. */
export const defaultSettings: Omit<FuzzSettings, 'seed'> = {
  iterations: 1_000_000,
  seconds: Infinity,
  inputMilliseconds: 500,
  memoryBytes: 67_108_864,
};

/** A bug, and the input that shows it. */
export interface FuzzFinding {
  readonly kind: 'threw' | 'took too long' | 'took too much memory' | 'left memory behind';
  readonly iteration: number;
  readonly inputHex: string;
  readonly explanation: string;
}

/** What came of a run: the inputs tried, and the bug at which it stopped, if any. */
export interface FuzzResult {
  readonly inputs: number;
  readonly finding: FuzzFinding | undefined;
}

/** Makes one of a run's inputs again. */
export function recreateInput(target: FuzzTarget, seed: number, iteration: number): Uint8Array {
  return createInput(target, new Random(seed, iteration), iteration);
}

/**
 * Runs the target on inputs made of its seeds until one shows a bug, or all are done. `onInput` is
 * told of each before it runs. A hang or the end of all memory is for the caller to notice.
 */
export function fuzz(
  target: FuzzTarget,
  settings: FuzzSettings,
  onInput: (iteration: number) => void = () => {},
): FuzzResult {
  const collectGarbage = exposeGarbageCollector();
  const deadline = performance.now() + settings.seconds * 1000;
  const memoryChecks = Math.max(1000, Math.ceil(settings.iterations / 10));
  let memoryBefore = Infinity;
  for (let iteration = 0; iteration < settings.iterations; iteration += 1) {
    onInput(iteration);
    const input = recreateInput(target, settings.seed, iteration);
    const found = runOnce(target, input, settings);
    if (found !== undefined) {
      const bytes = found.kind === 'threw' ? shorten(target, input) : input;
      return {
        inputs: iteration + 1,
        finding: { ...found, iteration, inputHex: Buffer.from(bytes).toString('hex') },
      };
    }
    if (iteration % memoryChecks === memoryChecks - 1) {
      collectGarbage();
      const memory = measureMemory();
      if (memory - memoryBefore > settings.memoryBytes) {
        const explanation = `${memory - memoryBefore} bytes more are held than at the start`;
        return {
          inputs: iteration + 1,
          finding: { kind: 'left memory behind', iteration, inputHex: '', explanation },
        };
      }
      memoryBefore = Math.min(memory, memoryBefore);
    }
    if (iteration % 256 === 0 && performance.now() > deadline) {
      return { inputs: iteration + 1, finding: undefined };
    }
  }
  return { inputs: settings.iterations, finding: undefined };
}

function runOnce(
  target: FuzzTarget,
  input: Uint8Array,
  settings: FuzzSettings,
): Pick<FuzzFinding, 'kind' | 'explanation'> | undefined {
  const memoryBefore = measureMemory();
  const start = performance.now();
  const thrown = runAndCatch(target, input);
  if (thrown !== undefined) return { kind: 'threw', explanation: thrown };
  const memory = measureMemory() - memoryBefore;
  if (memory > settings.memoryBytes) {
    return { kind: 'took too much memory', explanation: `${memory} bytes for one input` };
  }
  // Twice more before it counts: the machine may have been busy with something else.
  let milliseconds = performance.now() - start;
  for (let again = 0; again < 2 && milliseconds > settings.inputMilliseconds; again += 1) {
    const restart = performance.now();
    runAndCatch(target, input);
    milliseconds = Math.min(milliseconds, performance.now() - restart);
  }
  if (milliseconds > settings.inputMilliseconds) {
    return { kind: 'took too long', explanation: `${Math.round(milliseconds)} ms for one input` };
  }
  return undefined;
}

function runAndCatch(target: FuzzTarget, input: Uint8Array): string | undefined {
  try {
    target.run(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Leaves out of a throwing input what it throws without, in a bounded number of tries. */
function shorten(target: FuzzTarget, input: Uint8Array): Uint8Array {
  let shortest = input;
  let tries = 2000;
  for (let size = Math.ceil(input.length / 2); size >= 1; size >>= 1) {
    for (let start = 0; start < shortest.length && tries > 0; tries -= 1) {
      const candidate = Buffer.concat([
        shortest.subarray(0, start),
        shortest.subarray(start + size),
      ]);
      if (runAndCatch(target, candidate) === undefined) start += size;
      else shortest = candidate;
    }
  }
  return shortest;
}

function measureMemory(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function exposeGarbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    // The second waits for the buffers that the first has only marked as free.
    collect();
    collect();
  };
}
