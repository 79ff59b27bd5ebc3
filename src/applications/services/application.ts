import type { Dispatcher } from '../../service/index.ts';
import type { Application, ApplicationContext } from '../application.ts';

interface Shared {
  readonly dispatcher: Dispatcher;
  /** Endpoints that use it. */
  users: number;
  release(): Promise<void>;
}

/** All endpoints served together share one dispatcher, and so its limits and its threads. */
const sharedByScope = new WeakMap<object, Promise<Shared>>();

async function makeShared({ options }: ApplicationContext): Promise<Shared> {
  const { Dispatcher: Made } = await import('../../service/index.ts');
  const { Evaluator } = await import('../calculator/evaluator.ts');
  const { implementCalculator } = await import('../calculator/service.ts');
  const { precision, 'max-calls': maxCalls } = options;
  const evaluator = new Evaluator(precision === undefined ? {} : { precision });
  const dispatcher = new Made(
    [implementCalculator(evaluator)],
    maxCalls === undefined ? {} : { maxCalls },
  );
  return { dispatcher, users: 0, release: () => evaluator[Symbol.asyncDispose]() };
}

/** Every service, at each endpoint named: JSON-RPC over whatever the endpoint says. */
export const servicesApplication: Application = {
  name: 'services',
  endpoints: [
    'json+tcp://127.0.0.1:7000',
    'cbor+tcp://127.0.0.1:7001',
    'json+udp://127.0.0.1:7000',
  ],
  options: {
    precision: { default: 34, min: 1, max: 100 },
    'max-calls': { default: 16_384, min: 1, max: 1_000_000 },
  },
  async serve(endpoint, context) {
    const { serveServices } = await import('../../service/index.ts');
    let promise = sharedByScope.get(context.scope);
    if (promise === undefined) {
      promise = makeShared(context);
      sharedByScope.set(context.scope, promise);
    }
    const shared = await promise;
    const listener = await serveServices(endpoint, shared.dispatcher, context.transport);
    shared.users++;
    return {
      endpoint: listener.endpoint.transport,
      async close(drainTimeout) {
        await listener.close(drainTimeout);
        if (--shared.users === 0) await shared.release();
      },
    };
  },
};
