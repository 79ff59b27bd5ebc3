import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createInput } from './mutate.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** How long and within what bounds a target is fuzzed. */
export interface FuzzSettings {
  /** 32-bit numbers: the same one gives the same inputs. */
  readonly seeds: readonly number[];
  /** How many inputs to make of each seed. */
  readonly iterations: number;
  /** Leaves a seed after so many seconds, if that is before its iterations are done. */
  readonly seconds: number;
  /** The most one input may take, in milliseconds. */
  readonly inputMilliseconds: number;
  /** The most memory that one input may take, and that all of them together may leave behind. */
  readonly memoryBytes: number;
}

/** The settings of a full run. */
export const defaultSettings: Omit<FuzzSettings, 'seeds'> = {
  iterations: 1_000_000,
  seconds: Infinity,
  inputMilliseconds: 500,
  memoryBytes: 67_108_864,
};

/** A bug, and the input that shows it. */
export interface FuzzFinding {
  readonly kind: 'threw' | 'took too long' | 'took too much memory' | 'left memory behind';
  readonly seed: number;
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
export async function fuzz(
  target: FuzzTarget,
  settings: FuzzSettings,
  onInput: (seed: number, iteration: number) => void = () => {},
): Promise<FuzzResult> {
  let inputs = 0;
  for (const seed of settings.seeds) {
    const result = await fuzzSeed(target, seed, settings, (iteration) => onInput(seed, iteration));
    inputs += result.inputs;
    if (result.finding !== undefined) return { inputs, finding: result.finding };
  }
  return { inputs, finding: undefined };
}

async function fuzzSeed(
  target: FuzzTarget,
  seed: number,
  settings: FuzzSettings,
  onInput: (iteration: number) => void,
): Promise<FuzzResult> {
  const { iterations, seconds, memoryBytes } = settings;
  const collectGarbage = exposeGarbageCollector();
  const deadline = performance.now() + seconds * 1000;
  const memoryChecks = Math.max(1000, Math.ceil(iterations / 10));
  let memoryBefore = Infinity;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    onInput(iteration);
    const inputs = iteration + 1;
    const input = recreateInput(target, seed, iteration);
    const running = runOnce(target, input, settings);
    // Waiting for what is there already would cost the fast targets much of their speed.
    const found = running instanceof Promise ? await running : running;
    if (found !== undefined) {
      const bytes = found.kind === 'threw' ? await shorten(target, input) : input;
      const inputHex = Buffer.from(bytes).toString('hex');
      return { inputs, finding: { ...found, seed, iteration, inputHex } };
    }
    if (inputs % memoryChecks === 0) {
      collectGarbage();
      const memory = measureMemory();
      if (memory - memoryBefore > memoryBytes) {
        const explanation = `${memory - memoryBefore} bytes more are held than at the start`;
        const kind = 'left memory behind';
        return { inputs, finding: { kind, seed, iteration, inputHex: '', explanation } };
      }
      memoryBefore = Math.min(memory, memoryBefore);
    }
    if (iteration % 256 === 0 && performance.now() > deadline) {
      return { inputs, finding: undefined };
    }
  }
  return { inputs: iterations, finding: undefined };
}

type Found = Pick<FuzzFinding, 'kind' | 'explanation'> | undefined;

/** Runs the target once, at once or over several turns of the event loop as the target does. */
function runOnce(
  target: FuzzTarget,
  input: Uint8Array,
  settings: FuzzSettings,
): Found | Promise<Found> {
  const memoryBefore = measureMemory();
  const start = performance.now();
  const judge = (thrown: string | undefined): Found | Promise<Found> => {
    if (thrown !== undefined) return { kind: 'threw', explanation: thrown };
    const memory = measureMemory() - memoryBefore;
    if (memory > settings.memoryBytes) {
      return { kind: 'took too much memory', explanation: `${memory} bytes for one input` };
    }
    const milliseconds = performance.now() - start;
    const most = Math.max(settings.inputMilliseconds, target.inputMilliseconds ?? 0);
    return milliseconds <= most ? undefined : judgeSlowness(target, input, milliseconds, most);
  };
  const thrown = runAndCatch(target, input);
  return thrown instanceof Promise ? thrown.then(judge) : judge(thrown);
}

/** Twice more before it counts: the machine may have been busy with something else. */
async function judgeSlowness(
  target: FuzzTarget,
  input: Uint8Array,
  first: number,
  most: number,
): Promise<Found> {
  let milliseconds = first;
  for (let again = 0; again < 2 && milliseconds > most; again += 1) {
    const restart = performance.now();
    await runAndCatch(target, input);
    milliseconds = Math.min(milliseconds, performance.now() - restart);
  }
  if (milliseconds <= most) return undefined;
  return { kind: 'took too long', explanation: `${Math.round(milliseconds)} ms for one input` };
}

function runAndCatch(
  target: FuzzTarget,
  input: Uint8Array,
): string | undefined | Promise<string | undefined> {
  try {
    return target.run(input)?.then(() => undefined, explain);
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Leaves out of a throwing input what it throws without, in a bounded number of tries. */
async function shorten(target: FuzzTarget, input: Uint8Array): Promise<Uint8Array> {
  let shortest = input;
  let tries = 2000;
  for (let size = Math.ceil(input.length / 2); size >= 1; size >>= 1) {
    for (let start = 0; start < shortest.length && tries > 0; tries -= 1) {
      const candidate = Buffer.concat([
        shortest.subarray(0, start),
        shortest.subarray(start + size),
      ]);
      if ((await runAndCatch(target, candidate)) === undefined) start += size;
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
