import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { readAnswers } from './answers.ts';
import type { AnswerStream } from './answers.ts';
import { probe } from './case.ts';
import type { Expectation, Step } from './case.ts';

/** Where the server under test listens. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** What came of an exchange. */
export interface Outcome extends AnswerStream {
  /** How the server left the connection when we stopped waiting. */
  readonly connection: 'open' | 'closed' | 'reset';
  /** Whether our {@link probe} was sent after the rest. */
  readonly isProbed: boolean;
  readonly raw: Buffer;
}

/** For how long nothing more must come before an exchange is taken as over, in milliseconds. */
const quiet = 80;
/** How long the server may take to answer, or to close, in milliseconds. */
const patience = 6_000;

/** Raw bytes to a server and what it says, in a bounded time. */
class Exchange {
  readonly #socket;
  readonly #methods: readonly string[];
  readonly #chunks: Buffer[] = [];
  #connection: Outcome['connection'] = 'open';
  #notify: () => void = () => {};

  constructor(target: Target, methods: readonly string[]) {
    this.#methods = methods;
    this.#socket = connect({ ...target, allowHalfOpen: true, noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#notify();
    });
    this.#socket.on('end', () => this.#close('closed'));
    this.#socket.on('error', () => this.#close('reset'));
    this.#socket.on('close', () => this.#close('closed'));
  }

  #close(how: 'closed' | 'reset'): void {
    if (this.#connection === 'open') this.#connection = how;
    this.#notify();
  }

  get isOpen(): boolean {
    return this.#connection === 'open';
  }

  read(): AnswerStream {
    return readAnswers(Buffer.concat(this.#chunks), this.#methods, !this.isOpen);
  }

  /** Waits until the condition holds; gives up after so many milliseconds, or when the server closed. */
  async until(holds: () => boolean, milliseconds = patience): Promise<void> {
    const deadline = performance.now() + milliseconds;
    while (!holds() && this.isOpen) {
      const left = deadline - performance.now();
      if (left <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#notify = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  write(bytes: string | Uint8Array): void {
    if (!this.#socket.writable) return;
    if (typeof bytes === 'string') this.#socket.write(bytes, 'latin1');
    else this.#socket.write(bytes);
  }

  async take(step: Step): Promise<void> {
    if (typeof step === 'string' || step instanceof Uint8Array) this.write(step);
    else if ('pause' in step) await pause(step.pause);
    else if ('end' in step) this.#socket.end();
    else if ('answers' in step) await this.until(() => this.read().answers.length >= step.answers);
    else await this.until(() => this.text().startsWith('HTTP/1.1 1'));
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  finish(isProbed: boolean): Outcome {
    this.#socket.destroy();
    const raw = Buffer.concat(this.#chunks);
    return { ...this.read(), connection: this.#connection, isProbed, raw };
  }
}

/** The methods that the request lines among these steps show. */
export function findMethods(steps: readonly Step[]): readonly string[] {
  const text = steps
    .map((step) => (typeof step === 'string' ? step : ''))
    .join('')
    .matchAll(/^([A-Za-z]+) \S+ HTTP\/1\.\d\r?$/gm);
  return [...text].map(([, method]) => method ?? '');
}

/**
 * Sends the steps and collects the answers: as many as are expected and any that come shortly after,
 * the end of the connection where that is expected, the answer to one more request where it is kept.
 */
export async function exchange(
  target: Target,
  steps: readonly Step[],
  expect: readonly Expectation[],
  methods: readonly string[] = findMethods(steps),
): Promise<Outcome> {
  const connection = new Exchange(target, methods);
  for (const step of steps) await connection.take(step);
  const counts = expect.map(({ answers }) => answers.length);
  // Where silence is right too, an answer may still be on its way.
  const fewest = Math.min(Math.max(...counts), Math.max(1, Math.min(...counts)));
  const most = Math.max(...counts);
  const hasMore = (): boolean => connection.read().answers.length > most;
  await connection.until(() => {
    const { answers, fault } = connection.read();
    return fault !== undefined || answers.length >= fewest;
  });
  const possible = expect.filter((each) => mayBe(each, connection.read()));
  const has = (how: Expectation['connection']): boolean =>
    possible.some((each) => each.connection === how);
  if (has('kept') && connection.isOpen) {
    connection.write(probe);
    const { length } = connection.read().answers;
    await connection.until(() => connection.read().answers.length > length);
    await connection.until(() => false, 5);
    return connection.finish(true);
  }
  if (has('closed') && !has(undefined)) await connection.until(hasMore);
  else await connection.until(hasMore, quiet);
  return connection.finish(false);
}

/** Whether what has come so far is what this expectation says, by its statuses. */
function mayBe(expect: Expectation, { answers }: AnswerStream): boolean {
  return answers.every(({ status }, index) => {
    const expected = expect.answers[index];
    if (expected === undefined) return false;
    return expected.status === undefined || [expected.status].flat().includes(status);
  });
}
