import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { defaultSettings } from './engine.ts';
import type { FuzzSettings } from './engine.ts';
import { FuzzFailure, superviseFuzzing } from './supervise.ts';
import { targets } from './targets.ts';

/**
 * `npm run fuzz -- [TARGET…] [--iterations N] [--seconds S] [--seed N]`: a million inputs to each
 * target, or so many, or so many seconds each. `--input HEX` runs one input again.
 * Exits with 1 when there is a bug, 2 when the command line is wrong.
 */

class UsageError extends Error {}

interface Command {
  readonly names: readonly string[];
  readonly settings: FuzzSettings;
  readonly input: Uint8Array | undefined;
}

function readNumber(
  option: string,
  text: string | undefined,
  greatest: number,
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < 0 || number > greatest) {
    throw new UsageError(`--${option} ${text}: give a whole number from 0 to ${greatest}`);
  }
  return number;
}

function readCommand(): Command {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      iterations: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      input: { type: 'string' },
    },
  });
  const known = targets.map((target) => target.name);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `There is no target ${unknown}: choose from ${known.join(', ')}; npm wants -- before options`,
    );
  }
  const greatestCount = 2 ** 31 - 1;
  const seconds = readNumber('seconds', values.seconds, greatestCount);
  const iterations = readNumber('iterations', values.iterations, greatestCount);
  if (values.input !== undefined && !/^(?:[0-9a-f]{2})*$/i.test(values.input)) {
    throw new UsageError('--input: give the bytes as pairs of hexadecimal digits');
  }
  return {
    names: positionals.length === 0 ? known : positionals,
    settings: {
      ...defaultSettings,
      seeds: [readNumber('seed', values.seed, 2 ** 32 - 1) ?? randomBytes(4).readUInt32BE()],
      iterations:
        iterations ?? (seconds === undefined ? defaultSettings.iterations : greatestCount),
      seconds: seconds ?? Infinity,
    },
    input: values.input === undefined ? undefined : Buffer.from(values.input, 'hex'),
  };
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}

async function fuzzTarget(name: string, settings: FuzzSettings): Promise<boolean> {
  const start = performance.now();
  const tell = (inputs: number) => {
    const seconds = (performance.now() - start) / 1000;
    const rate = Math.round(inputs / seconds).toLocaleString('en');
    return `${name}: ${inputs.toLocaleString('en')} inputs in ${seconds.toFixed(1)} s, ${rate} a second`;
  };
  try {
    const inputs = await superviseFuzzing(import.meta.resolve('./targets.ts'), name, settings, {
      onProgress: (done) => showProgress(tell(done)),
    });
    showProgress('');
    console.log(tell(inputs));
    return true;
  } catch (error) {
    if (!(error instanceof FuzzFailure)) throw error;
    showProgress('');
    console.log(error.message);
    return false;
  }
}

async function run(): Promise<void> {
  const { names, settings, input } = readCommand();
  if (input !== undefined) {
    for (const target of targets) if (names.includes(target.name)) await target.run(input);
    console.log(`${names.join(', ')}: nothing wrong with this input`);
    return;
  }
  console.log(`seed ${settings.seeds.join()}`);
  for (const name of names) {
    if (!(await fuzzTarget(name, settings))) process.exitCode = 1;
  }
}

try {
  await run();
} catch (error) {
  const isUsage =
    error instanceof UsageError ||
    (error instanceof TypeError && 'code' in error && `${error.code}`.startsWith('ERR_PARSE_ARGS'));
  if (!isUsage) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
