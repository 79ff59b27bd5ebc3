import { findValue } from './answers.ts';
import type { Case, Facts, Level, Step } from './case.ts';
import { get } from './case.ts';
import { exchange, findMethods } from './exchange.ts';
import type { Outcome, Target } from './exchange.ts';
import { judge } from './judge.ts';

/** A case that a server did not pass, and why. */
export interface Failure {
  readonly each: Case;
  readonly complaint: string;
}

/** How a server stands against the table. */
export interface Report {
  readonly passed: number;
  readonly all: number;
  readonly levels: readonly {
    readonly level: Level;
    readonly passed: number;
    readonly all: number;
  }[];
  readonly failures: readonly Failure[];
  readonly milliseconds: number;
}

const concurrency = 32;

/** What has to be known of the files before they can be asked for under conditions. */
async function learnFacts(target: Target): Promise<Facts> {
  const ask = async (path: string, ...fields: readonly string[]) => {
    const outcome = await exchange(target, [get(path, ...fields)], [{ answers: [{}] }]);
    const [answer] = outcome.answers;
    return {
      etag: (answer && findValue(answer, 'etag')) ?? '"no etag"',
      date: (answer && findValue(answer, 'last-modified')) ?? 'no date',
    };
  };
  const plain = await ask('/hello.txt');
  const text = await ask('/prose.txt');
  const packed = await ask('/prose.txt', 'Accept-Encoding: gzip');
  const digits = await ask('/digits.txt');
  return {
    etag: plain.etag,
    opaque: plain.etag.replace(/^W\//, ''),
    date: plain.date,
    digits: digits.etag,
    'digits date': digits.date,
    prose: text.etag,
    'prose gzip': packed.etag,
  };
}

function fill(step: Step, facts: Facts): Step {
  if (typeof step !== 'string') return step;
  return step.replaceAll(/\{([a-z ]+)\}/g, (whole, name: string) => facts[name] ?? whole);
}

async function runCase(target: Target, each: Case, facts: Facts): Promise<string | undefined> {
  const steps = each.send.map((step) => fill(step, facts));
  const methods = each.methods ?? findMethods(steps);
  const outcome: Outcome = await exchange(target, steps, each.expect, methods);
  return judge(outcome, each.expect, facts);
}

/** Runs the cases against a server that serves the fixture. */
export async function runCases(target: Target, cases: readonly Case[]): Promise<Report> {
  const start = performance.now();
  const facts = await learnFacts(target);
  const complaints = cases.map((): string | undefined => 'not run');
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < cases.length; index = next++) {
      const each = cases[index];
      if (each !== undefined) complaints[index] = await runCase(target, each, facts);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const failures = cases.flatMap((each, index) => {
    const complaint = complaints[index];
    return complaint === undefined ? [] : [{ each, complaint }];
  });
  const levels = (['MUST', 'SHOULD', 'FEATURE'] as const).map((level) => {
    const all = cases.filter((each) => each.level === level).length;
    const failed = failures.filter(({ each }) => each.level === level).length;
    return { level, passed: all - failed, all };
  });
  return {
    passed: cases.length - failures.length,
    all: cases.length,
    levels,
    failures,
    milliseconds: performance.now() - start,
  };
}
