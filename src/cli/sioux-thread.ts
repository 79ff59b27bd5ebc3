import { parentPort, workerData } from 'node:worker_threads';
import type { MetricSnapshot } from '../observe/index.ts';
import { toReported } from './sioux-messages.ts';
import type { ThreadMessage, ThreadOrder } from './sioux-messages.ts';
import type { SiouxPlan } from './sioux-plan.ts';
import { SiouxServer } from './sioux-server.ts';

/** One of the threads that share a port: does what it is told, and says what happens. */
async function serve(port: NonNullable<typeof parentPort>): Promise<void> {
  const say = (message: ThreadMessage): void => port.postMessage(message);
  const waiting = new Map<number, (metrics: readonly MetricSnapshot[]) => void>();
  let asked = 0;
  let server: SiouxServer;
  try {
    server = await SiouxServer.start(
      workerData as SiouxPlan,
      {
        report: (error, request) =>
          say({
            kind: 'report',
            error: toReported(error),
            request: request && { method: request.method, path: request.path },
          }),
        collectMetrics: () =>
          new Promise((resolve) => {
            waiting.set(++asked, resolve);
            say({ kind: 'collect', asked });
          }),
      },
      true,
    );
  } catch (error) {
    say({ kind: 'failed', error: toReported(error) });
    port.close();
    return;
  }
  const carryOut = async (order: ThreadOrder): Promise<void> => {
    switch (order.kind) {
      case 'reload':
        return server.reload(order.plan);
      case 'close':
        return server.close(order.drain);
      case 'metrics':
        say({ kind: 'metrics', number: order.number, metrics: server.metrics() });
        return undefined;
      case 'collected':
        waiting.get(order.asked)?.(order.metrics);
        waiting.delete(order.asked);
        return undefined;
    }
  };
  port.on('message', (order: ThreadOrder) => {
    const { number } = order;
    carryOut(order).then(
      () => {
        say({ kind: 'done', number });
        if (order.kind === 'close') port.close();
      },
      (error: unknown) => say({ kind: 'done', number, error: toReported(error) }),
    );
  });
  say({ kind: 'listening', port: server.port, url: server.url });
}

if (parentPort === null) throw new TypeError('this is for worker threads');
await serve(parentPort);
