import { shareServices } from '../../services/shared.ts';
import type { SharedServices } from '../../services/shared.ts';
import { servicesMaxMessageBytes } from '../../services/limits.ts';
import type { HttpHandler } from '../handler.ts';
import type { HttpMount } from '../mount.ts';
import { rpcHandler } from './index.ts';

/**
 * Every service at `/rpc` of the `http` application: the same ones, with the same limits, as `services`
 * answers with. They are opened with the server where those are served beside it, else by the first call.
 */
export const rpcMount: HttpMount = {
  path: '/rpc',
  async start(context) {
    let sharing: Promise<SharedServices> | undefined;
    const share = (): Promise<SharedServices> => (sharing ??= shareServices(context));
    let handler: HttpHandler | undefined;
    const isBeside = context.served.some(({ application }) => application === 'services');
    if (isBeside) await share();
    return {
      async handler(request) {
        handler ??= rpcHandler((await share()).dispatcher, {
          maxMessageBytes: servicesMaxMessageBytes,
        });
        return handler(request);
      },
      async [Symbol.asyncDispose]() {
        await (await sharing)?.release();
      },
    };
  },
};
