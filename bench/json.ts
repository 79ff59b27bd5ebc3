import { createJson, json } from 'guichet/presentation';
import { measureCpu, printTable } from './measure.ts';

const call = {
  jsonrpc: '2.0',
  id: 12,
  method: 'calculator.evaluate',
  params: { expression: '1 + 2 * 3' },
  meta: { deadline: 5000 },
};

const promotion = {
  name: 'L3 informatique',
  students: Array.from({ length: 200 }, (_, index) => ({
    name: `Étudiante ${index}`,
    marks: [12.5, 17, null, 9],
    present: index % 3 > 0,
  })),
};

/** CPU nanoseconds of one call. */
function measure(operations: number, work: () => unknown): number {
  return measureCpu(() => {
    for (let index = 0; index < operations; index++) work();
    return operations;
  });
}

function compete(title: string, value: unknown, operations: number): string[][] {
  const frame = Buffer.from(JSON.stringify(value));
  const unlimited = createJson({ maxDepth: 10_000 });
  return [
    {
      name: 'encode',
      ours: () => json.encode(value),
      bare: () => Buffer.from(JSON.stringify(value)),
    },
    { name: 'decode', ours: () => json.decode(frame), bare: () => JSON.parse(frame.toString()) },
    {
      name: 'decode without the depth check',
      ours: () => unlimited.decode(frame),
      bare: () => JSON.parse(frame.toString()),
    },
  ].map(({ name, ours, bare }) => {
    const [our, their] = [measure(operations, ours), measure(operations, bare)];
    return [`${name}, ${title}`, our.toFixed(0), their.toFixed(0), (our / their).toFixed(2)];
  });
}

/** Prints what the strictness of the json codec costs over the native functions alone. */
export async function run(): Promise<void> {
  printTable('CPU nanoseconds an operation: the json codec, and JSON with Buffer bare', [
    ['message', 'codec', 'bare', 'codec/bare'],
    ...compete('a call', call, 1000),
    ...compete('200 students', promotion, 20),
  ]);
}
