import { Worker } from 'node:worker_threads';
import { GuichetError } from '../errors.ts';
import { sumMetrics } from '../observe/index.ts';
import type { MetricSnapshot } from '../observe/index.ts';
import { listen } from '../transport/index.ts';
import type { ReportedError, ThreadMessage, ThreadOrder } from './sioux-messages.ts';
import type { SiouxPlan } from './sioux-plan.ts';
import type { SiouxReports } from './sioux-server.ts';

/** What {@link ThreadOrder} tells, without its number. */
type Order = ThreadOrder extends infer One
  ? One extends ThreadOrder
    ? Omit<One, 'number'>
    : never
  : never;

/** An error as a thread told of it. */
function fromReported({ code, message, details }: ReportedError): Error {
  return code === undefined ? new Error(message) : new GuichetError(code, message, { details });
}

/** Milliseconds until a thread that ended is started anew; it doubles each time, up to the last. */
const restartDelays = { first: 100, last: 5_000 } as const;

/** What becomes of a thread, besides what it reports. */
interface ThreadEvents extends SiouxReports {
  collectMetrics(): Promise<readonly MetricSnapshot[]>;
  /** It ended without having been asked to. */
  die(reason: string): void;
}

/** One worker thread, and the orders it has not answered yet. */
class Thread {
  readonly #worker: Worker;
  readonly #events: ThreadEvents;
  readonly #listening = Promise.withResolvers<{ readonly port: number; readonly url: string }>();
  readonly #pending = new Map<number, PromiseWithResolvers<readonly MetricSnapshot[]>>();
  #number = 0;
  #reason = 'exit';
  #hasListened = false;
  #isClosing = false;
  #hasEnded = false;

  constructor(plan: SiouxPlan, script: URL, events: ThreadEvents) {
    this.#events = events;
    this.#worker = new Worker(script, { workerData: plan });
    this.#worker.on('message', (message: ThreadMessage) => this.#receive(message));
    this.#worker.on('error', (error: unknown) => {
      this.#reason = error instanceof Error ? error.message : String(error);
    });
    this.#worker.on('exit', () => this.#end());
  }

  get listening(): Promise<{ readonly port: number; readonly url: string }> {
    return this.#listening.promise;
  }

  /** Tells the thread something; resolves once it is done. */
  async order(order: Order): Promise<readonly MetricSnapshot[]> {
    // Nobody is left to answer.
    if (this.#hasEnded) return [];
    const number = ++this.#number;
    const pending = Promise.withResolvers<readonly MetricSnapshot[]>();
    this.#pending.set(number, pending);
    this.#worker.postMessage({ ...order, number });
    return pending.promise;
  }

  /** Lets the thread finish what was asked of it, and end. */
  async close(drain: number): Promise<void> {
    this.#isClosing = true;
    await this.order({ kind: 'close', drain });
  }

  #receive(message: ThreadMessage): void {
    switch (message.kind) {
      case 'listening':
        this.#hasListened = true;
        this.#listening.resolve(message);
        break;
      case 'failed':
        this.#listening.reject(fromReported(message.error));
        break;
      case 'report':
        this.#events.report(fromReported(message.error), message.request);
        break;
      case 'collect':
        void this.#collect(message.asked);
        break;
      case 'metrics':
        this.#pending.get(message.number)?.resolve(message.metrics);
        break;
      case 'done': {
        const pending = this.#pending.get(message.number);
        this.#pending.delete(message.number);
        if (message.error === undefined) pending?.resolve([]);
        else pending?.reject(fromReported(message.error));
      }
    }
  }

  async #collect(asked: number): Promise<void> {
    const metrics = await this.#events.collectMetrics();
    await this.order({ kind: 'collected', asked, metrics });
  }

  #end(): void {
    this.#hasEnded = true;
    for (const pending of this.#pending.values()) pending.resolve([]);
    this.#pending.clear();
    this.#listening.reject(new Error(this.#reason));
    if (this.#hasListened && !this.#isClosing) this.#events.die(this.#reason);
  }
}

/** What looks after several threads tells beside what each of them reports. */
export interface ThreadReports extends SiouxReports {
  /** A thread ended by itself; another takes its place. */
  died(number: number, reason: string): void;
}

/** Threads that share one port, the system spreading connections over them. */
export class SiouxThreads {
  readonly #reports: ThreadReports;
  readonly #script: URL;
  readonly #threads: Thread[] = [];
  #plan: SiouxPlan;
  #url = '';
  #port = 0;
  #isClosing = false;

  private constructor(plan: SiouxPlan, reports: ThreadReports, script: URL) {
    this.#plan = plan;
    this.#reports = reports;
    this.#script = script;
  }

  /**
   * Starts all threads, or none.
   *
   * @param script what each of them runs.
   * @throws what keeps them from serving as planned.
   */
  static async start(
    plan: SiouxPlan,
    reports: ThreadReports,
    script: URL = new URL('sioux-thread.ts', import.meta.url),
  ): Promise<SiouxThreads> {
    const made = new SiouxThreads(plan, reports, script);
    await made.#claimPort();
    try {
      for (let number = 1; number <= plan.threads; number++) {
        const thread = made.#startThread(number, restartDelays.first);
        made.#threads.push(thread);
        const { port, url } = await thread.listening;
        made.#port = port;
        made.#url = url;
        made.#plan = { ...plan, port };
      }
    } catch (error) {
      await made.close(0);
      throw error;
    }
    return made;
  }

  get url(): string {
    return this.#url;
  }

  get port(): number {
    return this.#port;
  }

  /** The metrics of all threads together. */
  async metrics(): Promise<readonly MetricSnapshot[]> {
    const all = this.#threads.map((thread) => thread.order({ kind: 'metrics' }));
    return sumMetrics(await Promise.all(all));
  }

  /** As that of one server; the first thread tries the plan before the others hear of it. */
  async reload(plan: SiouxPlan): Promise<void> {
    const next = { ...plan, port: this.#port };
    const [first, ...others] = this.#threads;
    await first?.order({ kind: 'reload', plan: next });
    this.#plan = next;
    await Promise.all(others.map((thread) => thread.order({ kind: 'reload', plan: next })));
  }

  async close(drain: number = this.#plan.drain): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#threads.map((thread) => thread.close(drain)));
  }

  /**
   * Threads that share a port do not notice who else holds it and shares it too: whether it is free is tried
   * without sharing, once.
   */
  async #claimPort(): Promise<void> {
    const { host, port } = this.#plan;
    const trial = await listen({ transport: 'tcp', host, port }, { data: () => undefined });
    await trial.close(0);
  }

  #startThread(number: number, delay: number): Thread {
    const startedAt = performance.now();
    return new Thread(this.#plan, this.#script, {
      report: (error, request) => this.#reports.report(error, request),
      collectMetrics: () => this.metrics(),
      die: (reason) => {
        if (this.#isClosing) return;
        this.#reports.died(number, reason);
        // One that lasted was not to blame for the last one's end.
        const lasted = performance.now() - startedAt > 60_000;
        this.#restart(number, lasted ? restartDelays.first : delay);
      },
    });
  }

  #restart(number: number, delay: number): void {
    const start = (): void => {
      if (this.#isClosing) return;
      const next = Math.min(2 * delay, restartDelays.last);
      const thread = this.#startThread(number, next);
      this.#threads[number - 1] = thread;
      thread.listening.catch((error: unknown) => {
        this.#reports.report(error);
        this.#restart(number, next);
      });
    };
    setTimeout(start, delay);
  }
}
