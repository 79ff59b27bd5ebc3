import { parentPort } from 'node:worker_threads';
import type { TaskAnswer } from './worker-pool.ts';

/**
 * What a thread of a `WorkerPool` calls once: it does every task it is given with the function, one at a
 * time. What the function throws crosses as its message, and `data` where `describe` gives some.
 */
export function serveTasks<Input, Result>(
  work: (input: Input) => Result | Promise<Result>,
  describe: (thrown: unknown) => unknown = () => undefined,
): void {
  const port = parentPort;
  if (port === null) throw new TypeError('serveTasks is for worker threads');
  const answer = (message: TaskAnswer): void => port.postMessage(message);
  port.on('message', (input: Input) => {
    const fail = (thrown: unknown): void => {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      answer({ error: { message, data: describe(thrown) } });
    };
    try {
      const result = work(input);
      if (result instanceof Promise) result.then((value) => answer({ result: value }), fail);
      else answer({ result });
    } catch (error) {
      fail(error);
    }
  });
  answer({ isReady: true });
}
