import { readdirSync } from 'node:fs';

/**
 * `npm run bench NAME…` runs the benchmarks of those names, each a file of this folder that exports
 * `run`; without a name it lists them.
 */

interface Benchmark {
  run(): Promise<void>;
}

function findBenchmarks(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && file !== 'run.ts' && file !== 'measure.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

const known = findBenchmarks();
const names = process.argv.slice(2);
const unknown = names.find((name) => !known.includes(name));

if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}: choose from ${known.join(', ')}`);
  process.exitCode = 2;
} else if (names.length === 0) {
  console.log(`npm run bench NAME…, where NAME is one of: ${known.join(', ')}`);
} else {
  for (const name of names) {
    const benchmark = (await import(`./${name}.ts`)) as Benchmark;
    await benchmark.run();
  }
}
