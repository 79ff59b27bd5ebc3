import { relative } from 'node:path';
import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

/** Finite times, in milliseconds. */
export interface TestFileLimits {
  /** For one test that does not set its own. */
  readonly test: number;
  /** For the process of a file; one that leaves a handle open is ended then, and fails. */
  readonly file: number;
}

/** How the tests of one file went. */
export interface TestFileResult {
  readonly passed: number;
  readonly failed: number;
  /** What to tell of every failure, whole. */
  readonly failures: readonly string[];
  readonly milliseconds: number;
}

/** The end of a test, of a suite, or of a whole file, which is then named by its path. */
type Outcome = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

/** Failures that only follow from another one, which is told. */
const echoes: ReadonlySet<unknown> = new Set(['subtestsFailed', 'cancelledByParent']);

/** How node:test tells failures apart: `testCodeFailure`, `subtestsFailed`, `testAborted`… */
function readFailureType({ type, data }: Outcome): unknown {
  if (type === 'test:pass' || !('failureType' in data.details.error)) return undefined;
  return data.details.error.failureType;
}

function describeOutcome(outcome: Outcome): string {
  const { type, data } = outcome;
  if (data.skip !== undefined) return `skipped, which counts as failed: ${data.skip}`;
  if (data.todo !== undefined) return `to do, which counts as failed: ${data.todo}`;
  if (type === 'test:pass') return 'ran no test to its end';
  if (readFailureType(outcome) === 'testAborted') {
    return 'was ended for lasting too long: a test hangs, or left a handle open';
  }
  const { cause = data.details.error } = data.details.error;
  return typeof cause === 'string' ? cause : inspect(cause);
}

/** Counts the events of one file: every test, whatever its depth, and no suite that merely holds some. */
class Tally {
  passed = 0;
  failed = 0;
  readonly failures: string[] = [];
  readonly #file: string;
  readonly #output: string[] = [];
  readonly #names = new Map<number, string>();
  #isComplete = false;

  constructor(file: string) {
    this.#file = file;
  }

  add(event: TestEvent): void {
    if (event.type === 'test:start' || event.type === 'test:enqueue') {
      const { testId, parentId, name } = event.data;
      const parent = parentId === undefined ? undefined : this.#names.get(parentId);
      this.#names.set(testId, parent === undefined ? name : `${parent} › ${name}`);
    } else if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      this.#output.push(event.data.message);
    } else if (event.type === 'test:diagnostic' && event.data.file === this.#file) {
      this.#output.push(`${event.data.message}\n`);
    } else if (event.type === 'test:summary' && event.data.file === this.#file) {
      this.#isComplete = true;
    } else if (event.type === 'test:pass' || event.type === 'test:fail') {
      this.#count(event);
    }
  }

  /** To be called after the last event. */
  end(): void {
    if (this.passed + this.failed === 0) this.#fail('', 'holds no test');
    else if (!this.#isComplete && this.failed === 0)
      this.#fail('', 'exited before its tests ended');
    const output = this.#output.join('').trim();
    if (this.failed > 0 && output !== '') this.failures.push(`✖ what it printed:\n${output}`);
  }

  #count(event: Outcome): void {
    const { data } = event;
    const isWholeFile = data.name === this.#file;
    const isGood = event.type === 'test:pass' && data.skip === undefined && data.todo === undefined;
    if (isGood && !isWholeFile) {
      if (data.details.type !== 'suite') this.passed++;
    } else if (echoes.has(readFailureType(event))) {
      if (data.details.type !== 'suite') this.failed++;
    } else {
      const name = isWholeFile ? '' : (this.#names.get(data.testId) ?? data.name);
      this.#fail(name, describeOutcome(event));
    }
  }

  #fail(name: string, reason: string): void {
    this.failed++;
    const place = relative(process.cwd(), this.#file);
    this.failures.push(`✖ ${name === '' ? place : `${place} › ${name}`}\n${reason}`);
  }
}

/**
 * Runs one file of tests in a process of its own. A test that is skipped or still to do counts as
 * failed, and so do a file without tests and one that exits before its tests end.
 */
export async function runTestFile(file: string, limits: TestFileLimits): Promise<TestFileResult> {
  const tally = new Tally(file);
  const start = performance.now();
  const signal = AbortSignal.timeout(limits.file);
  for await (const event of run({ files: [file], timeout: limits.test, signal })) tally.add(event);
  tally.end();
  const { passed, failed, failures } = tally;
  return { passed, failed, failures, milliseconds: performance.now() - start };
}
