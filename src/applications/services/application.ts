import { isWebEndpoint } from '../../transport/index.ts';
import type { Application } from '../application.ts';
import { servicesMaxMessageBytes } from './limits.ts';

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
    const { shareServices } = await import('./shared.ts');
    const shared = await shareServices(context);
    try {
      const options = { ...context.transport, maxFrameBytes: servicesMaxMessageBytes };
      const { transport: place } = endpoint;
      if (isWebEndpoint(place)) {
        const { serveCalls } = await import('../http/calls/serve-calls.ts');
        const web = { ...options, maxMessageBytes: servicesMaxMessageBytes };
        const server = await serveCalls(place, endpoint.tls, shared.dispatcher, web);
        return {
          endpoint: server.endpoint,
          async close(drainTimeout) {
            await server.close(drainTimeout);
            await shared.release();
          },
        };
      }
      const listener = await serveServices(endpoint, shared.dispatcher, options);
      return {
        endpoint: listener.endpoint.transport,
        async close(drainTimeout) {
          await listener.close(drainTimeout);
          await shared.release();
        },
      };
    } catch (error) {
      await shared.release();
      throw error;
    }
  },
};
