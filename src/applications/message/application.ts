import { listen } from '../../transport/index.ts';
import { formatEndpointNotation, readTlsOptions } from '../../presentation/index.ts';
import type { Application } from '../application.ts';
import { ApplicationError } from '../application.ts';
import { waiting } from './report.ts';
import { messageDefaults, messageServer } from './server.ts';

/** The message server as `guichet serve` serves it; `quit` stops it only where it is served alone. */
export const messageApplication: Application = {
  name: 'message',
  endpoints: ['text+tcp://127.0.0.1:6666'],
  options: {
    silence: { default: messageDefaults.silence, min: 1, max: 60_000 },
    deadline: { default: messageDefaults.deadline, min: 1, max: 3_600_000 },
    'max-bytes': { default: messageDefaults.maxBytes, min: 1, max: 16_777_216 },
  },
  async serve(endpoint, context) {
    const suits = endpoint.codec === 'text' || endpoint.codec === 'bytes';
    if (!suits || endpoint.framing === 'datagram' || endpoint.framing === 'length') {
      const notation = formatEndpointNotation(endpoint);
      throw new ApplicationError(
        'ENDPOINT_UNSUITED',
        `message cannot be served at ${notation}: it reads text from a stream, as text+tcp://127.0.0.1:6666`,
        {
          details: {
            application: 'message',
            endpoint: notation,
            example: 'text+tcp://127.0.0.1:6666',
          },
        },
      );
    }
    const handler = messageServer({
      print: (text) => context.print(text),
      report: (error, from) => context.report(error, from),
      ...(context.isAlone && { quit: () => context.stop() }),
      silence: context.options['silence'] ?? messageDefaults.silence,
      deadline: context.options['deadline'] ?? messageDefaults.deadline,
      maxBytes: context.options['max-bytes'] ?? messageDefaults.maxBytes,
    });
    const tls = await readTlsOptions(endpoint.tls);
    const listener = await listen(endpoint.transport, handler, { ...context.transport, tls });
    void context.print(waiting);
    return listener;
  },
};
