import type { Application } from '../application.ts';
import { ApplicationError } from '../application.ts';
import { formatEndpointNotation, listenValues } from '../../presentation/index.ts';

/** The calculator over lines of text, as `guichet serve` serves it. */
export const calculatorApplication: Application = {
  name: 'calculator',
  endpoints: ['text+tcp://127.0.0.1:6667'],
  options: {
    precision: { default: 34, min: 1, max: 100 },
    deadline: { default: 2_000, min: 1, max: 300_000 },
  },
  async serve(endpoint, context) {
    if (endpoint.codec !== 'text' || endpoint.framing === 'datagram') {
      const notation = formatEndpointNotation(endpoint);
      const example = 'text+tcp://127.0.0.1:6667';
      throw new ApplicationError(
        'ENDPOINT_UNSUITED',
        `calculator cannot be served at ${notation}: it speaks lines of text, as ${example}; for calls, serve services`,
        { details: { application: 'calculator', endpoint: notation, example } },
      );
    }
    const { Evaluator } = await import('./evaluator.ts');
    const { calculatorLines } = await import('./text-server.ts');
    const { precision, deadline } = context.options;
    const evaluator = new Evaluator(precision === undefined ? {} : { precision });
    const handler = calculatorLines(evaluator, {
      language: context.language,
      ...(deadline !== undefined && { deadline }),
    });
    const listener = await listenValues(endpoint, handler, context.transport);
    return {
      endpoint: listener.endpoint,
      async close(drainTimeout) {
        await listener.close(drainTimeout);
        await evaluator[Symbol.asyncDispose]();
      },
    };
  },
};
