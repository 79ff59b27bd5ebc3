import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targets } from './broken-targets.ts';
import { fuzz, recreateInput } from './engine.ts';
import { maxInputBytes } from './mutate.ts';
import { Random } from './random.ts';
import { FuzzFailure, superviseFuzzing } from './supervise.ts';
import type { FuzzTarget } from './target.ts';

const settings = {
  seeds: [7],
  iterations: 5000,
  seconds: Infinity,
  inputMilliseconds: 500,
  memoryBytes: 67_108_864,
};

function findTarget(name: string): FuzzTarget {
  const target = targets.find((each) => each.name === name);
  assert.ok(target);
  return target;
}

test('a sound target is run on as many inputs as asked', async () => {
  assert.deepEqual(await fuzz(findTarget('sound'), settings), { inputs: 5000, finding: undefined });
});

test('each seed in turn is made as many inputs of, and a finding names its own', async () => {
  const sound = await fuzz(findTarget('sound'), { ...settings, seeds: [1, 2] });
  assert.equal(sound.inputs, 10_000);
  const { finding } = await fuzz(findTarget('throwing'), {
    ...settings,
    seeds: [1, 2],
    iterations: 300,
  });
  assert.ok(finding);
  const target = findTarget('throwing');
  assert.throws(() => target.run(recreateInput(target, finding.seed, finding.iteration)));
});

test('fuzzing stops when its seconds are over', async () => {
  const { inputs } = await fuzz(findTarget('sound'), {
    ...settings,
    iterations: 2 ** 31 - 1,
    seconds: 0,
  });
  assert.ok(inputs < 1000, `${inputs} inputs`);
});

test('an error is found, with the shortest input that throws it', async () => {
  const { finding } = await fuzz(findTarget('throwing'), settings);
  assert.equal(finding?.kind, 'threw');
  assert.equal(finding.inputHex, '7f');
  assert.match(finding.explanation, /^RangeError: 127 found/);
});

test('the same seed gives the same inputs, another seed others', () => {
  const target = findTarget('sound');
  const collect = (seed: number) =>
    Array.from({ length: 200 }, (_, iteration) =>
      Buffer.from(recreateInput(target, seed, iteration)).toString('hex'),
    );
  const inputs = collect(1);
  assert.deepEqual(collect(1), inputs);
  assert.notDeepEqual(collect(2), inputs);
  assert.equal(inputs[0], Buffer.from('abcdefgh').toString('hex'));
  assert.ok(new Set(inputs).size > 150);
  assert.ok(inputs.every((input) => input.length <= 2 * maxInputBytes));
});

test('an empty seed gives inputs as any other, none over the longest', () => {
  const target: FuzzTarget = { name: 'empty', seeds: [new Uint8Array(0)], run() {} };
  let longest = 0;
  for (let iteration = 0; iteration < 20_000; iteration += 1) {
    longest = Math.max(longest, recreateInput(target, 1, iteration).length);
  }
  assert.ok(longest > 8 && longest <= maxInputBytes, `${longest} bytes`);
});

test('the numbers of the generator are spread over all their range', () => {
  const random = new Random(1);
  const counts = new Map<number, number>();
  for (let turn = 0; turn < 16_000; turn += 1) {
    const number = random.below(16);
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  assert.equal(counts.size, 16);
  assert.ok([...counts.values()].every((count) => count > 850 && count < 1150));
});

for (const [name, kind, bounds] of [
  ['greedy', 'took too much memory', {}],
  ['leaking', 'left memory behind', { memoryBytes: 1_048_576 }],
  ['slow', 'took too long', { inputMilliseconds: 10 }],
  ['hanging', 'took too long', {}],
  ['exploding', 'took too much memory', {}],
] as const) {
  test(`a ${name} target is found out, and the message says how to see it again`, async () => {
    await assert.rejects(
      superviseFuzzing(
        import.meta.resolve('./broken-targets.ts'),
        name,
        { ...settings, ...bounds },
        { hangMilliseconds: name === 'hanging' ? 300 : 60_000, heapMebibytes: 64 },
      ),
      (error) =>
        error instanceof FuzzFailure &&
        error.message.startsWith(`${name} ${kind} at input `) &&
        error.message.includes(`npm run fuzz -- ${name} --`),
    );
  });
}
