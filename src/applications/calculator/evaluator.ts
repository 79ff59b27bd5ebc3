import { extname } from 'node:path';
import type { CalculatorErrorCode, CalculatorErrorDetails } from '../../language/index.ts';
import { TaskError, WorkerPool } from '../../service/index.ts';
import type { TaskOptions, WorkerPoolOptions } from '../../service/index.ts';
import type { CalculatorMemory } from './calculator.ts';
import { CalculatorError } from './errors.ts';
import type { CalculatorLimits } from './limits.ts';

/** What a thread is given: an expression, and what the calculator remembered so far. */
export interface EvaluationTask {
  readonly expression: string;
  readonly memory: CalculatorMemory;
  readonly limits: Partial<CalculatorLimits>;
}

/** What a thread gives back. */
export interface Evaluated {
  readonly text: string;
  readonly ans?: string;
  /** Variables with a new value. */
  readonly assigned: CalculatorMemory['variables'];
}

/** What one connection's calculations remember. */
export class CalculatorSession {
  ans: string | undefined;
  readonly variables: Map<string, string> = new Map();

  get memory(): CalculatorMemory {
    return {
      variables: [...this.variables],
      ...(this.ans !== undefined && { ans: this.ans }),
    };
  }
}

// The extension is that of this module: TypeScript here, JavaScript in the published package.
const script = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Evaluates expressions on worker threads, so that the costliest of them holds nobody else up, and one
 * that never ended would be stopped at its deadline.
 *
 * @example
 * ```ts
 * import { CalculatorSession, Evaluator } from 'guichet/calculator';
 * await using evaluator = new Evaluator();
 * const session = new CalculatorSession();
 * await evaluator.evaluate('x = 0.1', session);
 * const sum = await evaluator.evaluate('x + 0.2', session);
 * if (sum !== '0.3') throw new Error(sum);
 * ```
 */
export class Evaluator implements AsyncDisposable {
  readonly #pool: WorkerPool<EvaluationTask, Evaluated>;
  readonly #limits: Partial<CalculatorLimits>;

  constructor(limits: Partial<CalculatorLimits> = {}, options: WorkerPoolOptions = {}) {
    this.#limits = limits;
    this.#pool = new WorkerPool(script, options);
  }

  /** Starts a thread, so that the first expression need not wait for it. */
  warmUp(): void {
    this.#pool.warmUp();
  }

  /**
   * Evaluates one expression in a session, after those that came before it, whose results it knows.
   * Sessions take turns, or the owners that the options tell, whose expressions then keep their order.
   *
   * @throws {CalculatorError} {@link CallError} `DEADLINE_EXCEEDED`, `OVERLOADED`, `CANCELLED`.
   */
  async evaluate(
    expression: string,
    session: CalculatorSession,
    options: TaskOptions = {},
  ): Promise<string> {
    const limits = this.#limits;
    const task = {
      makeInput: (): EvaluationTask => ({ expression, memory: session.memory, limits }),
      onResult({ ans, assigned }: Evaluated): void {
        if (ans !== undefined) session.ans = ans;
        for (const [name, value] of assigned) session.variables.set(name, value);
      },
    };
    const evaluated = await this.#pool
      .runInOrder(task, { ...options, owner: options.owner ?? session })
      .catch(toCalculatorError);
    return evaluated.text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close();
  }
}

/** A calculator's error has crossed from its thread as data: made anew, it speaks every language. */
function toCalculatorError(thrown: unknown): never {
  if (!(thrown instanceof TaskError) || typeof thrown.data !== 'object' || thrown.data === null) {
    throw thrown;
  }
  const { code, details } = thrown.data as {
    code: CalculatorErrorCode;
    details: CalculatorErrorDetails[CalculatorErrorCode];
  };
  throw CalculatorError.of(code, details);
}
