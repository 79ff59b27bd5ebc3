import { spawnSync } from 'node:child_process';
import { Decimal } from 'decimal.js';
import { Calculator } from '../src/applications/calculator/index.ts';
import { measureCpu, printTable } from './measure.ts';

/**
 * What evaluating an expression from its text costs, against decimal.js given the same operations
 * as code (what lexing, parsing, limits and printing add) and against Python's `eval` with `decimal`,
 * which is written in C.
 */

const Exact = Decimal.clone({ defaults: true, precision: 34, rounding: Decimal.ROUND_HALF_EVEN });

interface Case {
  readonly expression: string;
  readonly bare: () => string;
  readonly python: string;
}

const cases: readonly Case[] = [
  {
    expression: '1+2',
    bare: () => new Exact('1').plus('2').toString(),
    python: 'D("1")+D("2")',
  },
  {
    expression: '0.1+0.2*3',
    bare: () => new Exact('0.1').plus(new Exact('0.2').times('3')).toString(),
    python: 'D("0.1")+D("0.2")*D("3")',
  },
  {
    expression: '(12.5-3)*4/7',
    bare: () => new Exact('12.5').minus('3').times('4').div('7').toString(),
    python: '(D("12.5")-D("3"))*D("4")/D("7")',
  },
  {
    expression: '1.07^30',
    bare: () => new Exact('1.07').pow('30').toString(),
    python: 'D("1.07")**D("30")',
  },
  {
    expression: 'sqrt(3^2+4^2)',
    bare: () => new Exact('3').pow('2').plus(new Exact('4').pow('2')).sqrt().toString(),
    python: '(D("3")**D("2")+D("4")**D("2")).sqrt()',
  },
  {
    expression: 'ln(2)',
    bare: () => new Exact('2').ln().toString(),
    python: 'D("2").ln()',
  },
];

/** Prints the nanoseconds of CPU time of each expression, the median of 5 runs of 0.1 s. */
const pythonProgram = `
import json, statistics, sys, time
from decimal import Context, Decimal as D, setcontext
setcontext(Context(prec=34))
def measure(text):
    operations, start = 0, time.process_time_ns()
    while time.process_time_ns() - start < 100_000_000:
        for _ in range(100): str(eval(text))
        operations += 100
    return (time.process_time_ns() - start) / operations
print(json.dumps([statistics.median(measure(text) for _ in range(5)) for text in json.load(sys.stdin)]))
`;

function measurePython(): readonly number[] {
  const { stdout } = spawnSync('/usr/bin/python3', ['-c', pythonProgram], {
    input: JSON.stringify(cases.map(({ python }) => python)),
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as number[];
}

function repeat(work: () => string): () => number {
  return () => {
    for (let count = 0; count < 100; count += 1) work();
    return 100;
  };
}

/** Prints evaluations a second, and the CPU time of one beside its peers'. */
export async function run(): Promise<void> {
  const python = measurePython();
  const calculator = new Calculator();
  const rows = cases.map(({ expression, bare }, index) => {
    const ours = measureCpu(repeat(() => calculator.evaluate(expression)));
    const decimal = measureCpu(repeat(bare));
    const theirs = python[index] ?? Number.NaN;
    return [
      expression,
      Math.round(1e9 / ours).toLocaleString('en'),
      (ours / 1000).toFixed(2),
      (decimal / 1000).toFixed(2),
      (ours / decimal).toFixed(2),
      (theirs / 1000).toFixed(2),
      (ours / theirs).toFixed(2),
    ];
  });
  printTable('Calculator, CPU time of one evaluation in µs', [
    ['expression', 'a second', 'ours', 'decimal.js', 'ratio', 'Python', 'ratio'],
    ...rows,
  ]);
}
